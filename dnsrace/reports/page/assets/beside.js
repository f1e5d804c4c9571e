// The trace and the same schedule in another variant, side by side.

function showPair(model, story, now) {
  const { beside } = model;
  const here = story.moments.map((moment) => moment.at);
  const there = story.moments.map((_, number) => number);
  const { step } = story.moments[now];
  const told = step ? story.words(story.moments[now], now) : "";
  const [kind, words] = now > 0 ? beside.rows[now - 1] : ["same", ""];
  const differs = { same: "", other: ": something else happens", blocked: ": cannot do this" }[kind];
  const title = `${beside.other}${differs}`;
  const [mine, other] = [story.scenes, new Scenes(model, beside)];
  const titles = [model.columns, beside.columns];
  showVariant(model, byId("mine"), beside.mine, mine, titles[0], here, now, step, told);
  showVariant(model, byId("other"), title, other, titles[1], there, now, step, words);
  byId("other").classList.toggle("differs", kind !== "same");
}

// One of the two: its words, its picture, and its columns.
function showVariant(model, card, name, scenes, titles, states, now, step, words) {
  const sentence = make("p");
  if (step) {
    const who = make("b", {}, step.actor);
    who.style.color = colourOf(model, step.actor);
    sentence.append(who, ` ${words}`);
  } else {
    sentence.append("This is how it begins.");
  }
  const drawing = make("div");
  const columns = make("dl");
  scenes.columns(states[now]).forEach((text, n) => {
    columns.append(make("dt", {}, titles[n]), make("dd", {}, text));
  });
  const broken = scenes.broken(states[now]).map(([property]) => property);
  const verdict = broken.length ? `violates ${broken.join(", ")}` : "violates nothing here";
  columns.append(make("dt", {}, "verdict"), make("dd", {}, verdict));
  card.replaceChildren(make("h2", {}, name), sentence, drawing, columns);
  const parts = scenes.parts(states[now]);
  if (!parts.length) return;
  const before = now > 0 ? scenes.parts(states[now - 1]) : null;
  const colour = step && colourOf(model, step.actor);
  drawing.append(drawPicture(parts, before, step && step.actor, colour, drawing.clientWidth));
}
