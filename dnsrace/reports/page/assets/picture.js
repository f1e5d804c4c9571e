// The picture of a state: boxes in columns, and arrows between them.

const BOX_HEIGHT = 40;
const ROW = 60;
const EDGE = 6;

// Whether two parts of two pictures would be drawn alike.
const alike = (a, b) => JSON.stringify(a) === JSON.stringify(b);

// The parts that are new or different, compared with the moment before.
function changedParts(parts, before) {
  if (!before) return new Set();
  return new Set(parts.filter((part) => !before.some((other) => alike(part, other))));
}

function drawPicture(parts, before, actor, colour, room) {
  const boxes = parts.filter((part) => part.box !== undefined);
  const arrows = parts.filter((part) => part.from !== undefined);
  const columns = Math.max(...boxes.map((box) => box.at[0])) + 1;
  const rows = Math.max(...boxes.map((box) => box.at[1])) + 1;
  const gap = Math.min(46, Math.max(18, room * 0.06));
  const width = Math.min(140, Math.max(70, (room - 2 * EDGE - gap * (columns - 1)) / columns));
  const full = 2 * EDGE + columns * width + (columns - 1) * gap;
  const height = 2 * EDGE + (rows - 1) * ROW + BOX_HEIGHT;
  const place = (box) => ({ x: EDGE + box.at[0] * (width + gap), y: EDGE + box.at[1] * ROW });
  const changed = changedParts(parts, before);
  const named = new Map(boxes.map((box) => [box.box, place(box)]));
  const told = boxes.map((box) => (box.note ? `${box.text}: ${box.note}` : box.text)).join("; ");
  const svg = make("svg", {
    width: Math.ceil(full), height: Math.ceil(height), viewBox: `0 0 ${full} ${height}`,
    role: "img", "aria-label": told, class: width < 90 ? "small" : "",
  });
  for (const arrow of arrows) {
    svg.append(...drawArrow(arrow, named, width, changed.has(arrow)));
  }
  for (const box of boxes) {
    svg.append(drawBox(box, place(box), width, changed.has(box), box.box === actor && colour));
  }
  return svg;
}

function drawBox(box, { x, y }, width, changed, colour) {
  const group = make("g", { class: `box ${box.mark}${changed ? " changed" : ""}` });
  const rect = make("rect", { x, y, width, height: BOX_HEIGHT, rx: 7 });
  if (colour) rect.style.stroke = colour;
  group.append(make("title", {}, box.note ? `${box.text}: ${box.note}` : box.text), rect);
  const middle = x + width / 2;
  const name = make("text", { x: middle, y: y + (box.note ? 17 : 24), "text-anchor": "middle" });
  name.append(clipped(box.text, width - 4, width < 90 ? 6.3 : 7));
  group.append(name);
  if (box.note) {
    const note = make("text", { class: "note", x: middle, y: y + 32, "text-anchor": "middle" });
    note.append(clipped(box.note, width - 4, 5.6));
    group.append(note);
  }
  return group;
}

function drawArrow(arrow, named, width, changed) {
  const [from, to] = [named.get(arrow.from), named.get(arrow.to)];
  const level = BOX_HEIGHT / 2;
  const classes = `${arrow.mark}${changed ? " changed" : ""}`;
  let path, tip;
  if (from.x === to.x) {
    const down = to.y > from.y;
    const x = from.x + width / 2;
    const end = down ? to.y : to.y + BOX_HEIGHT;
    path = `M ${x} ${down ? from.y + BOX_HEIGHT : from.y} V ${down ? end - 6 : end + 6}`;
    tip = `M ${x} ${end} l -4.5 ${down ? -8 : 8} h 9 z`;
  } else {
    const right = to.x > from.x;
    const start = { x: right ? from.x + width : from.x, y: from.y + level };
    // arrows into one box from both sides do not cover one another
    const end = { x: right ? to.x : to.x + width, y: to.y + level + (to.y < from.y ? 5 : 0) };
    const side = right ? 1 : -1;
    const bend = Math.max(14, Math.abs(end.x - start.x) / 2) * side;
    const stop = end.x - 7 * side;
    path = `M ${start.x} ${start.y} C ${start.x + bend} ${start.y} ${stop - bend} ${end.y} ${stop} ${end.y}`;
    tip = `M ${end.x} ${end.y} l ${-8 * side} -4.5 v 9 z`;
  }
  return [
    make("path", { class: `arrow ${classes}`, d: path }),
    make("path", { class: `head ${classes}`, d: tip }),
  ];
}

// As much of a text as fits, at so many pixels for a letter.
function clipped(text, width, letter) {
  const most = Math.max(1, Math.floor(width / letter));
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
