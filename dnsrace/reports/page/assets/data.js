// The data of the page: states and steps by number, and stories made of them.

const byId = (id) => document.getElementById(id);

function make(tag, attributes = {}, ...children) {
  const svg = ["svg", "g", "rect", "path", "line", "text", "title", "tspan"].includes(tag);
  const made = svg
    ? document.createElementNS("http://www.w3.org/2000/svg", tag)
    : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== "" && value !== null && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

async function inflated(text) {
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return JSON.parse(await new Response(stream).text());
}

// Some states, and what there is to show of each.
class Scenes {
  constructor(model, raw) {
    this.model = model;
    this.raw = raw;
    this.count = raw.scenes.broken.length;
  }

  values(at) {
    return this.model.slots.map(([name, number], slot) => {
      const domain = this.model.domains[number];
      const value = this.raw.scenes.values[slot][at];
      return [name, domain.texts ? domain.texts[value - domain.low] : String(value)];
    });
  }

  parts(at) {
    return this.raw.scenes.pictures[at].map((number) => this.raw.parts[number]);
  }

  columns(at) {
    return this.raw.scenes.columns.map((texts) => this.raw.texts[texts[at]]);
  }

  broken(at) {
    return this.raw.violations[this.raw.scenes.broken[at]];
  }

  stops(at) {
    return ["", "end", "deadlock"][this.raw.scenes.stops[at]];
  }

  label(number) {
    const [text, actor, name, choices] = this.raw.labels[number];
    return { text, actor, name, choices };
  }
}

// What happened so far, moment by moment. Each moment is a state with the step that led there:
// {at, step, sentence, breaks}; that of the start has no step.
class Story {
  constructor(scenes, moments) {
    this.scenes = scenes;
    this.moments = moments;
  }

  get length() {
    return this.moments.length - 1;
  }

  // What a step does, in words; `moment` may be one that could follow the story.
  words(moment, number) {
    return moment.sentence
      .map((part) => (typeof part === "string" ? part : this.ago(part, number)))
      .join("");
  }

  // How many steps before step `number` another one was last taken with these choices.
  ago([name, choices], number) {
    for (let n = number - 1; n > 0; n--) {
      const step = this.moments[n].step;
      if (step.name === name && choices.every((raw, i) => raw === step.choices[i])) {
        return String(number - n);
      }
    }
    return "never taken, 0";
  }

  // The properties that are violated at a moment: by its state, or by the step to it.
  violated(number) {
    const { at, breaks } = this.moments[number];
    return [...this.scenes.broken(at).map(([name]) => name), ...breaks];
  }
}

function storyOfTrace(model) {
  const trace = model.trace;
  const scenes = new Scenes(model, trace);
  const moments = trace.steps.map(([label, sentence], n) => ({
    at: n + 1,
    step: scenes.label(label),
    sentence: trace.sentences[sentence],
    breaks: trace.breaks[n],
  }));
  return new Story(scenes, [{ at: 0, step: null, breaks: [] }, ...moments]);
}
