// The page as a whole: two modes, one moment that is shown, and its address.

class Page {
  constructor(model, space) {
    this.model = model;
    this.space = space;
    this.traceStory = model.trace ? storyOfTrace(model) : null;
    this.walk = space ? new Walk(space) : null;
    this.mode = this.traceStory ? "watch" : "drive";
    this.places = { watch: 0, drive: 0 };
    this.timer = null;
    this.lanes = new Lanes(model, (n) => this.go(n));
    this.watched = this.traceStory && space ? this.whereInSpace() : [];
  }

  get driving() {
    return this.mode === "drive";
  }

  // Watching, and side by side, are at the same step.
  get now() {
    return this.driving ? this.places.drive : this.places.watch;
  }

  set now(number) {
    this.places[this.driving ? "drive" : "watch"] = Math.min(Math.max(number, 0), this.story.length);
  }

  get story() {
    return this.driving ? this.walk.story() : this.traceStory;
  }

  get late() {
    return this.driving ? null : this.model.trace.late;
  }

  whereInSpace() {
    const { scenes, moments } = this.traceStory;
    const texts = moments.slice(1).map((moment) => moment.step.text);
    return this.space.followed(this.space.startLike(scenes.values(0)), texts);
  }

  go(number) {
    this.now = number;
    this.show();
  }

  enter(mode) {
    this.stop();
    this.mode = mode;
    this.show();
  }

  take(step) {
    this.walk.take(step, this.now);
    this.go(this.now + 1);
  }

  undo() {
    this.walk.undo(this.now);
    this.go(this.now - 1);
  }

  restart(start) {
    this.walk.follow(start, []);
    this.go(0);
  }

  takeOver() {
    const texts = this.traceStory.moments.slice(1, this.now + 1).map((m) => m.step.text);
    this.places.drive = this.walk.follow(this.watched[0], texts);
    this.enter("drive");
    byId("challenge").scrollIntoView({ block: "nearest" });
  }

  // -- showing

  show(address = true) {
    const { model, story, now, driving } = this;
    const pair = this.mode === "beside";
    for (const mode of ["watch", "beside", "drive"]) {
      byId(`mode-${mode}`).setAttribute("aria-pressed", String(mode === this.mode));
    }
    byId("stage").hidden = pair;
    byId("pair").hidden = !pair;
    byId("drive").hidden = byId("choices").hidden = !driving;
    byId("take-over").hidden = driving || !this.space || this.watched.length <= now;
    showPicture(model, story, now);
    showMoment(model, story, now);
    const state = driving ? story.moments[now].at : this.watched[now];
    const late = this.late !== null && now >= this.late;
    showFate(model, this.space, state, story.moments[now], late);
    if (pair) showPair(model, story, now);
    if (driving) {
      showOptions(model, this.walk, story, now, (step) => this.take(step));
      showScore(model, this.walk, story, now);
      byId("start").value = String(this.walk.start);
    }
    this.lanes.draw(story, now, this.late, driving ? null : model.beside, driving);
    byId("late").textContent = driving ? "" : (model.trace.lateWords || "");
    byId("slider").max = String(story.length);
    byId("slider").value = String(now);
    byId("slider").setAttribute("aria-valuetext", `step ${now} of ${story.length}`);
    byId("first").disabled = byId("back").disabled = now === 0;
    byId("last").disabled = byId("on").disabled = now === story.length;
    byId("play").disabled = story.length === 0;
    byId("command").textContent = this.command();
    for (const row of document.querySelectorAll(".story tbody tr")) {
      const current = !driving && row.dataset.step === String(now);
      row.classList.toggle("current", current);
      if (current) row.setAttribute("aria-current", "step");
      else row.removeAttribute("aria-current");
    }
    const said = [byId("when"), byId("words"), ...byId("fate").children];
    if (pair) said.splice(2, 9, byId("other"));
    byId("live").textContent = said.map((element) => element.textContent).join(". ");
    if (address) history.replaceState(null, "", this.address());
  }

  command() {
    const { model, story, now } = this;
    if (!this.driving) return model.command;
    const start = this.space.raw.starts[this.walk.start];
    const texts = this.walk.texts(now).join(" ");
    const trace = `${model.variant}${start ? `[${start}]` : ""}: ${texts}`.trim();
    return `dnsrace replay '${trace.replaceAll("'", `'"'"'`)}'`;
  }

  // -- addresses: #/watch/12, #/beside/12, #/drive/publish/pick_up(0), #/drive/start=1/..

  address() {
    if (!this.driving) return `#/${this.mode}/${this.now}`;
    const start = this.walk.start ? [`start=${this.walk.start}`] : [];
    return ["#/drive", ...start, ...this.walk.texts(this.now).map(encodeURIComponent)].join("/");
  }

  // Go where an address says. One that leads nowhere is followed as far as it goes.
  open(address) {
    const [, mode, ...rest] = address.split("/").map(decoded);
    const shown = mode === "watch" || (mode === "beside" && this.model.beside);
    if (shown && this.traceStory) {
      this.mode = mode;
      if (this.space) trouble("");
      this.go(Number.parseInt(rest[0], 10) || 0);
    } else if (mode === "drive" && this.walk) {
      const given = (rest[0] || "").match(/^start=(\d+)$/);
      const start = given ? Number(given[1]) : 0;
      const texts = rest.slice(given ? 1 : 0).filter((text) => text);
      const known = start < this.space.raw.starts.length;
      this.mode = "drive";
      const taken = this.walk.follow(known ? start : 0, texts);
      this.go(taken);
      const whole = known && taken === texts.length;
      const at = `${texts[taken]} is not possible after ${steps(taken)}`;
      trouble(whole ? "" : known ? `The address leads nowhere: ${at}.` : "No such beginning.");
    } else {
      this.show(false);
    }
  }

  // -- playing

  play() {
    if (this.timer) return this.stop();
    if (this.now === this.story.length) this.go(0);
    byId("play").textContent = "Pause";
    this.timer = setInterval(() => {
      this.go(this.now + 1);
      if (this.now === this.story.length) this.stop();
    }, 1300);
  }

  stop() {
    clearInterval(this.timer);
    this.timer = null;
    byId("play").textContent = "Play";
  }

  key(event) {
    const tag = event.target.tagName;
    if (event.ctrlKey || event.altKey || event.metaKey || tag === "SELECT") return;
    const moves = {
      ArrowRight: () => this.go(this.now + 1),
      ArrowLeft: () => this.go(this.now - 1),
      Home: () => this.go(0),
      End: () => this.go(this.story.length),
    };
    if (tag !== "BUTTON" && tag !== "SUMMARY" && event.target.type !== "checkbox") {
      moves[" "] = () => this.play();
    }
    if (this.driving) {
      moves.u = moves.Backspace = () => this.undo();
      const options = [...document.querySelectorAll("#options button")].slice(0, 9);
      options.forEach((button, n) => (moves[String(n + 1)] = () => button.click()));
    }
    if (!moves[event.key]) return;
    event.preventDefault();
    if (event.key !== " ") this.stop();
    moves[event.key]();
  }

  listen() {
    const on = (id, act, kind = "click") => byId(id).addEventListener(kind, act);
    on("mode-watch", () => this.enter("watch"));
    on("mode-beside", () => this.enter("beside"));
    on("mode-drive", () => this.enter("drive"));
    on("first", () => this.go(0));
    on("back", () => this.go(this.now - 1));
    on("on", () => this.go(this.now + 1));
    on("last", () => this.go(this.story.length));
    on("play", () => this.play());
    on("slider", () => this.go(Number(byId("slider").value)), "input");
    on("undo", () => this.undo());
    on("restart", () => this.restart(this.walk.start));
    on("hints", () => this.show(), "change");
    on("start", () => this.restart(Number(byId("start").value)), "change");
    on("take", () => this.takeOver());
    document.addEventListener("keydown", (event) => this.key(event));
    window.addEventListener("hashchange", () => this.open(location.hash));
    let width = window.innerWidth;
    window.addEventListener("resize", () => {
      if (window.innerWidth !== width) this.show(false);
      width = window.innerWidth;
    });
  }
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function trouble(text) {
  byId("trouble").hidden = !text;
  byId("trouble").textContent = text;
}

async function begin() {
  const model = JSON.parse(byId("data").textContent);
  const packed = byId("space").textContent.trim();
  let space = null;
  if (packed && "DecompressionStream" in window) {
    space = new Space(model, await inflated(packed));
  } else if (packed) {
    trouble("This browser is too old to unpack the states: steps can be watched, not taken.");
  }
  byId("no-space").hidden = Boolean(packed);
  if (!model.trace && !space) return;
  const page = new Page(model, space);
  document.querySelector(".modes").hidden = !(model.trace && (space || model.beside));
  byId("mode-drive").hidden = !space;
  byId("mode-beside").hidden = !model.beside;
  if (model.beside) {
    byId("mode-beside").textContent = `Side by side: ${model.beside.mine}, ${model.beside.other}`;
  }
  byId("app").hidden = false;
  if (space && space.raw.starts.length > 1) {
    byId("start-label").hidden = false;
    byId("start").append(
      ...space.raw.starts.map((text, n) => make("option", { value: String(n) }, text)),
    );
  }
  page.listen();
  page.open(location.hash);
}

begin();
