// The trace and the same schedule in another variant, side by side.

function showPair(model, story, now) {
  const { beside } = model;
  const { step } = story.moments[now];
  const [kind, words] = now > 0 ? beside.rows[now - 1] : ["same", ""];
  const differs = { same: "", other: ": something else happens", blocked: ": cannot do this" }[kind];
  const mine = {
    name: beside.mine, scenes: story.scenes, titles: model.columns, at: story.moments[now].at,
    before: now > 0 ? story.moments[now - 1].at : null,
    words: step ? story.words(story.moments[now], now) : "",
  };
  // the states of the other variant are numbered like the steps
  const other = {
    name: `${beside.other}${differs}`, scenes: new Scenes(model, beside), titles: beside.columns,
    at: now, before: now > 0 ? now - 1 : null, words,
  };
  showVariant(model, byId("mine"), mine, step);
  showVariant(model, byId("other"), other, step);
  byId("other").classList.toggle("differs", kind !== "same");
}

// One of the two: its words, its picture, and its columns.
function showVariant(model, card, { name, scenes, titles, at, before, words }, step) {
  const colour = step && colourOf(model, step.actor);
  const sentence = make("p");
  if (step) {
    const who = make("b", {}, step.actor);
    who.style.color = colour;
    sentence.append(who, ` ${words}`);
  } else {
    sentence.append("This is how it begins.");
  }
  const drawing = make("div");
  const columns = make("dl");
  scenes.columns(at).forEach((text, n) => {
    columns.append(make("dt", {}, titles[n]), make("dd", {}, text));
  });
  const broken = scenes.broken(at).map(([property]) => property);
  const verdict = broken.length ? `violates ${broken.join(", ")}` : "violates nothing here";
  columns.append(make("dt", {}, "verdict"), make("dd", {}, verdict));
  card.replaceChildren(make("h2", {}, name), sentence, drawing, columns);
  const parts = scenes.parts(at);
  if (!parts.length) return;
  const past = before === null ? null : scenes.parts(before);
  drawing.append(drawPicture(parts, past, step && step.actor, colour, drawing.clientWidth));
}
