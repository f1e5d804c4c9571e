// All states of a small model, and a walk through them.

class Space {
  constructor(model, raw) {
    this.scenes = new Scenes(model, raw);
    this.raw = raw;
    this.first = [0];
    for (const number of raw.steps) this.first.push(this.first.at(-1) + number);
  }

  // What can happen in a state: the numbers of its steps.
  enabled(state) {
    const steps = [];
    for (let n = this.first[state]; n < this.first[state + 1]; n++) steps.push(n);
    return steps;
  }

  moment(step) {
    return {
      at: this.raw.target[step],
      step: this.scenes.label(this.raw.label[step]),
      sentence: this.raw.sentences[this.raw.sentence[step]],
      breaks: this.raw.broken[this.raw.breaks[step]],
    };
  }

  // The number of a state's step by its text, or undefined where it is not enabled.
  find(state, text) {
    return this.enabled(state).find((n) => this.raw.labels[this.raw.label[n]][0] === text);
  }

  // Steps to the nearest violation of the goal; -1 where there is none.
  distance(state) {
    return this.raw.distance[state];
  }

  // How far it is if this step is taken.
  behind(step, goal) {
    if (this.raw.broken[this.raw.breaks[step]].includes(goal)) return 0;
    return this.distance(this.raw.target[step]);
  }

  doomed(state) {
    return this.raw.doomed[state] === 1;
  }

  // Whether there is a way back, or null for a model that does not ask.
  recoverable(state) {
    return this.raw.back && this.raw.back.states[state] === 1;
  }

  // The state in which each moment of a story is, as far as it can be followed from here.
  followed(start, texts) {
    const states = [start];
    for (const text of texts) {
      const step = this.find(states.at(-1), text);
      if (step === undefined) break;
      states.push(this.raw.target[step]);
    }
    return states;
  }

  // The initial state that is like that of another story, or 0.
  startLike(values) {
    const wanted = JSON.stringify(values);
    const at = this.raw.starts.findIndex((_, n) => JSON.stringify(this.scenes.values(n)) === wanted);
    return Math.max(at, 0);
  }
}

// A reader's walk: where it begins, and the steps taken.
class Walk {
  constructor(space) {
    this.space = space;
    this.start = 0;
    this.steps = [];
  }

  get state() {
    return this.steps.length ? this.space.raw.target[this.steps.at(-1)] : this.start;
  }

  // Go to a beginning and take steps by their texts; gives how many could be taken.
  follow(start, texts) {
    this.start = start;
    this.steps = [];
    for (const text of texts) {
      const step = this.space.find(this.state, text);
      if (step === undefined) break;
      this.steps.push(step);
    }
    return this.steps.length;
  }

  // Take a step behind the first `kept` ones.
  take(step, kept) {
    this.steps = [...this.steps.slice(0, kept), step];
  }

  undo(kept) {
    this.steps = this.steps.slice(0, Math.max(0, kept - 1));
  }

  story() {
    const moments = this.steps.map((step) => this.space.moment(step));
    return new Story(this.space.scenes, [{ at: this.start, step: null, breaks: [] }, ...moments]);
  }

  texts(length) {
    return this.steps.slice(0, length).map((step) => this.space.moment(step).step.text);
  }
}
