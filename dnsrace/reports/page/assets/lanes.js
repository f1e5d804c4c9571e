// Lanes over time: who takes each step, what the model's columns show, and what is violated.

const LANE = 30;
const TOP = 20;

const colourOf = (model, actor) => `var(--a${model.actors.indexOf(actor) % 6})`;

class Lanes {
  constructor(model, jump) {
    this.model = model;
    this.jump = jump;
  }

  // `beside`: the same schedule in another variant, or null; `whole`: whoever does not act yet has
  // a lane too.
  draw(story, now, late, beside, whole) {
    const acting = new Set(story.moments.slice(1).map((moment) => moment.step.actor));
    const actors = this.model.actors.filter((actor) => whole || acting.has(actor));
    const titles = this.model.columns;
    const broken = [...new Set(story.moments.flatMap((_, n) => story.violated(n)))];
    const lines = titles.map((name, column) => ({
      name, texts: story.moments.map((moment) => story.scenes.columns(moment.at)[column]), mark: "",
    }));
    if (beside) {
      const texts = ["", ...beside.rows.map(([kind]) => (kind === "same" ? "" : "differs"))];
      lines.push({ name: beside.other, texts, mark: "good" });
    }
    for (const name of broken) {
      const texts = story.moments.map((_, n) => (story.violated(n).includes(name) ? "violated" : ""));
      lines.push({ name, texts, mark: "bad" });
    }
    const names = [...actors, ...lines.map((line) => line.name)];
    const room = Math.max(200, byId("lanes-box").clientWidth - 22);
    const side = Math.min(room * 0.28, 12 + 7.2 * Math.max(4, ...names.map((name) => name.length)));
    const count = story.moments.length;
    const cell = Math.min(84, Math.max(26, (room - side) / count));
    const width = Math.max(room - side, cell * count);
    const height = TOP + LANE * names.length + 6;
    const y = (lane) => TOP + LANE * lane;
    this.title(names, side, height, y);
    const svg = make("svg", {
      width, height, viewBox: `0 0 ${width} ${height}`, role: "img",
      "aria-label": `Lanes for ${names.join(", ")}; the same in words stands elsewhere on the page`,
    });
    this.rules(svg, names, width, y);
    story.moments.forEach((_, n) => {
      svg.append(make("text", { class: "tick", x: cell * (n + 0.5), y: 13 }, String(n)));
    });
    if (late !== null && late < count) {
      const long = { width: cell * (count - late), height: height - TOP };
      svg.append(make("rect", { class: "toolate", x: cell * late, y: TOP, ...long }));
    }
    story.moments.slice(1).forEach(({ step }, n) => {
      const lane = y(actors.indexOf(step.actor)) + 4;
      const spot = { x: cell * (n + 1) + 1.5, y: lane, width: cell - 3 };
      svg.append(this.bar(story, n + 1, now, spot));
    });
    lines.forEach(({ texts, mark }, row) => {
      for (const [from, to, text] of this.runs(texts)) {
        const spot = [cell * from + 1.5, y(actors.length + row), cell * (to - from) - 3];
        if (text) svg.append(this.part(text, ...spot, mark));
      }
    });
    const middle = cell * (now + 0.5);
    svg.append(make("line", { class: "cursor", x1: middle, x2: middle, y1: 16, y2: TOP + 3 }));
    byId("time").replaceChildren(svg);
    this.reveal(middle);
  }

  // The names of the lanes, which do not move when time does.
  title(names, width, height, y) {
    const svg = make("svg", { width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" });
    this.rules(svg, names, width, y);
    names.forEach((name, lane) => {
      const text = make("text", { x: 2, y: y(lane) + 20 }, clipped(name, width - 6, 7.1));
      text.append(make("title", {}, name));
      svg.append(text);
    });
    byId("names").replaceChildren(svg);
  }

  rules(svg, names, width, y) {
    names.forEach((_, lane) => {
      const level = y(lane) + LANE;
      svg.append(make("line", { class: "lane", x1: 0, x2: width, y1: level, y2: level }));
    });
  }

  reveal(x) {
    const box = byId("time");
    const hidden = x - 20 < box.scrollLeft || x + 20 > box.scrollLeft + box.clientWidth;
    if (hidden) box.scrollLeft = x - box.clientWidth / 2;
  }

  bar(story, number, now, spot) {
    const moment = story.moments[number];
    const tense = number === now ? " now" : number > now ? " ahead" : "";
    const group = make("g", { class: `bar${tense}` });
    const rect = make("rect", { ...spot, height: LANE - 8, rx: 5 });
    rect.style.fill = colourOf(this.model, moment.step.actor);
    const words = `${number}: ${moment.step.actor} ${story.words(moment, number)}`;
    group.append(make("title", {}, words), rect);
    const name = clipped(moment.step.name, spot.width - 4, 6.2);
    if (spot.width > 40) {
      const middle = { x: spot.x + spot.width / 2, y: spot.y + 15 };
      group.append(make("text", middle, name));
    }
    group.addEventListener("click", () => this.jump(number));
    return group;
  }

  part(text, x, y, width, mark) {
    const group = make("g", { class: `part ${mark}` });
    group.append(make("title", {}, text));
    group.append(make("rect", { x, y: y + 5, width, height: LANE - 10, rx: 3 }));
    if (width > 24) group.append(make("text", { x: x + 5, y: y + 19 }, clipped(text, width - 8, 6)));
    return group;
  }

  // Equal neighbours together: [from, to, text].
  runs(texts) {
    const found = [];
    texts.forEach((text, n) => {
      if (found.length && found.at(-1)[2] === text) found.at(-1)[1] = n + 1;
      else found.push([n, n + 1, text]);
    });
    return found;
  }
}
