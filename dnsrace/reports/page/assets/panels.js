// What is said of the moment that is shown, and what a reader can do there.

const steps = (number) => `${number.toLocaleString("en")} step${number === 1 ? "" : "s"}`;

// Of a state in the space: what it is near to, and whether there is a way back.
function fate(model, space, state) {
  const { called, name } = model.goal || {};
  const found = [];
  const far = model.goal ? space.distance(state) : -1;
  if (model.goal && far < 0) found.push(["good", `no ${called} can be reached from here`]);
  if (far === 0) found.push(["bad", `${called}: here`]);
  if (far > 0) found.push([far === 1 ? "bad" : "", `nearest ${called}: ${steps(far)}`]);
  if (far > 0) {
    const lost = space.doomed(state);
    found.push(lost ? ["bad", "it can no longer be avoided"] : ["good", "it can still be avoided"]);
  }
  const back = space.recoverable(state);
  if (back === true) found.push(["good", "a way back exists"]);
  if (back === false) found.push(["bad", "no way back"]);
  return found;
}

function showMoment(model, story, now) {
  const moment = story.moments[now];
  const scenes = story.scenes;
  byId("when").textContent = `Step ${now} of ${story.length}`;
  const words = byId("words");
  if (moment.step) {
    const who = make("b", {}, moment.step.actor);
    who.style.color = colourOf(model, moment.step.actor);
    words.replaceChildren(who, ` ${story.words(moment, now)}`);
  } else {
    words.replaceChildren("This is how it begins.");
  }
  const stop = scenes.stops(moment.at);
  if (stop === "end") words.append(" Here it may end: nothing more happens.");
  if (stop === "deadlock") words.append(" Nothing can happen any more: a deadlock.");

  const outcomes = scenes.broken(moment.at).map(([name, text]) => text || `${name} is violated.`);
  byId("world").hidden = outcomes.length === 0;
  byId("seen").textContent = outcomes.join("\n\n");

  const before = now > 0 ? scenes.values(story.moments[now - 1].at) : null;
  const cells = scenes.values(moment.at).map(([name, value], slot) => {
    const changed = before && before[slot][1] !== value;
    const cell = make("div", { class: changed ? "changed" : "" }, make("span", {}, name), value);
    if (changed) cell.title = `was ${before[slot][1]}`;
    return cell;
  });
  byId("values").replaceChildren(...cells);
}

function showPicture(model, story, now) {
  const moment = story.moments[now];
  const parts = story.scenes.parts(moment.at);
  byId("picture").hidden = parts.length === 0;
  byId("stage").classList.toggle("bare", parts.length === 0);
  if (parts.length === 0) return;
  const before = now > 0 ? story.scenes.parts(story.moments[now - 1].at) : null;
  const actor = moment.step ? moment.step.actor : null;
  const room = byId("drawing").clientWidth;
  const colour = actor && colourOf(model, actor);
  byId("drawing").replaceChildren(drawPicture(parts, before, actor, colour, room));
}

// The same in short: also whether it is too late, and what the step itself violates.
function showFate(model, space, state, moment, late) {
  const items = space && state !== undefined ? fate(model, space, state) : [];
  if (late) items.unshift(["bad", "from here on it is too late"]);
  items.push(...moment.breaks.map((name) => ["", `this step violates ${name}`]));
  byId("fate").replaceChildren(...items.map(([kind, text]) => make("li", { class: kind }, text)));
  const lost = space && state !== undefined && space.recoverable(state) === false;
  byId("lost").hidden = !lost;
  if (lost) byId("lost").textContent = `From here on it is not true any more: ${space.raw.back.says}`;
}

// The steps that are possible, each with a button; `take` is called with a step's number.
function showOptions(model, walk, story, now, take) {
  const { space } = walk;
  const state = story.moments[now].at;
  const hints = byId("hints").checked && model.goal;
  const items = space.enabled(state).map((step, position) => {
    const moment = space.moment(step);
    const actor = make("b", {}, moment.step.actor);
    actor.style.color = colourOf(model, moment.step.actor);
    const button = make(
      "button", { type: "button", "data-step": moment.step.text },
      make("kbd", {}, position < 9 ? String(position + 1) : "·"),
      make("span", { class: "what" }, actor, ` ${story.words(moment, now + 1)}`),
    );
    if (hints) {
      const far = space.behind(step, model.goal.name);
      const text = far < 0 ? "never" : far === 0 ? model.goal.called : `then ${steps(far)}`;
      button.append(make("span", { class: "far" }, text));
    }
    button.addEventListener("click", () => take(step));
    return make("li", {}, button);
  });
  if (!items.length) items.push(make("li", {}, "Nothing can happen here."));
  const focused = byId("options").contains(document.activeElement);
  byId("options").replaceChildren(...items);
  if (focused) (byId("options").querySelector("button") || byId("restart")).focus();
  byId("undo").disabled = now === 0;
}

function showScore(model, walk, story, now) {
  const goal = model.goal;
  byId("challenge").textContent = challenge(model, walk);
  const hit = story.moments.findIndex((_, n) => goal && story.violated(n).includes(goal.name));
  const fewest = walk.space.distance(walk.start);
  const done = hit >= 0 && hit <= now;
  byId("score").classList.toggle("done", done);
  byId("score").textContent = !done
    ? `${steps(now)} taken${fewest > 0 ? `; ${fewest} are enough` : ""}.`
    : hit === fewest
      ? `You caused ${goal.cause} in ${steps(hit)}: fewer is impossible.`
      : `You caused ${goal.cause} in ${steps(hit)}; ${fewest} are enough.`;
}

function challenge(model, walk) {
  const states = model.states.toLocaleString("en");
  if (!model.goal) return `Take any step: all ${states} states are here.`;
  const far = walk.space.distance(walk.start);
  if (far >= 0) return `Can you cause ${model.goal.cause} in ${steps(far)}?`;
  return `Nothing that you do here causes ${model.goal.cause}: all ${states} states are here to try.`;
}
