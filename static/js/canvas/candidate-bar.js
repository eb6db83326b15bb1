// <candidate-bar>: the run below the picture: how far it is, what it has made, take, try again or leave.

import { h, icon, vars } from "../dom.js";
import { beginsWords } from "../jobs/when-choice.js";
import { number, say, time } from "../words.js";
import { meet, padded } from "./geometry.js";

const THUMB = 96; // pixels of a small picture's longer side
const AROUND = 0.2; // of what is masked: so much more is shown around it

/** What of a run's picture tells it from the others, in the picture's own pixels: what was masked, with some around it. */
function partOf(picture, { stencil, place }) {
  const all = { x: 0, y: 0, w: picture.width, h: picture.height };
  if (!stencil) return all;
  const share = picture.width / place.w; // a preview is smaller
  const box = padded(stencil, Math.max(stencil.w, stencil.h) * AROUND);
  return meet({ x: (box.x - place.x) * share, y: (box.y - place.y) * share, w: box.w * share, h: box.h * share }, all) ?? all;
}

class CandidateBar extends HTMLElement {
  /** page: the <canvas-page> with its jobs. */
  wire(page) {
    this.page = page;
    this.jobs = page.jobs;
    this.row = this.querySelector("[data-row]");
    this.lines = this.querySelector("[data-lines]");
    this.heard = this.querySelector("[data-heard]");
    this.buttons = Object.fromEntries([...this.querySelectorAll("[data-run]")].map((button) => [button.dataset.run, button]));
    this.buttons.accept.addEventListener("click", () => this.accept());
    this.buttons.all.addEventListener("click", () => this.accept({ all: true }));
    this.buttons.again.addEventListener("click", () => page.again());
    this.buttons.discard.addEventListener("click", () => this.jobs.discard());
    this.buttons.stop.addEventListener("click", () => this.jobs.stop());
    this.jobs.addEventListener("run", () => this.draw());
    this.addEventListener("keydown", (event) => {
      const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!by || !event.target.closest("[data-row]")) return;
      event.preventDefault();
      this.step(by);
      this.row.children[this.jobs.run.shown]?.focus();
    });
    this.draw();
  }

  /** Look at one of the results, without the mask over it. */
  look(at) {
    this.page.paintedOver = null;
    this.jobs.show(at);
  }

  step(by) {
    if (this.jobs.run) this.look(this.jobs.run.shown + by);
  }

  /** What a key does that stands for one of the buttons, where that can be pressed. */
  press(name) {
    if (!this.hidden && !this.buttons[name].hidden) this.buttons[name].click();
  }

  /** Take what is looked at; with `all`, every result, each as a layer of its own. */
  async accept({ all = false } = {}) {
    const was = this.jobs.job;
    if (await this.jobs.accept({ all })) {
      this.page.say("taken");
      this.page.view.focus();
    } else this.page.tooLarge(was.asset);
  }

  draw() {
    const { run, job, running } = this.jobs;
    this.hidden = !run;
    this.page.showRun();
    if (!run) {
      this.row.replaceChildren();
      return;
    }
    while (this.row.children.length > run.jobs.length) this.row.lastChild.remove();
    run.jobs.forEach((each, at) => this.#thumb(each, at));
    const done = job?.asset && this.jobs.of(job);
    this.buttons.accept.hidden = !done;
    this.buttons.all.hidden = !done || run.replaces || running.length > 0 || this.jobs.made.length < 2;
    this.buttons.again.hidden = this.page.form === null || run.replaces || running.length > 0;
    this.buttons.discard.hidden = running.length > 0;
    this.buttons.stop.hidden = running.length === 0;
    this.lines.replaceChildren(...this.#words(job, running));
    this.#tell(job, running);
  }

  #thumb(job, at) {
    const { run } = this.jobs;
    const name = say("candidate", { n: at + 1, total: run.jobs.length });
    let button = this.row.children[at];
    if (!button) {
      button = h("button", { type: "button", class: "pic" }, h("canvas", {}), h("span", { class: "line" }));
      button.addEventListener("click", () => this.look(at));
      this.row.append(button);
    }
    const over = ["failed", "cancelled"].includes(job.state);
    button.setAttribute("aria-label", `${name}, ${say(`state_${job.state}`)}`);
    button.setAttribute("aria-pressed", String(run.shown === at));
    button.classList.toggle("over", over);
    const [canvas, line] = button.children;
    line.hidden = over || job.state === "succeeded";
    vars(line, { p: job.total ? Math.round((100 * job.step) / job.total) : 0 });
    const picture = this.jobs.of(job);
    if (button.shown === picture) return;
    button.shown = picture;
    const { x, y, w, h: high } = partOf(picture, run);
    const share = THUMB / Math.max(w, high);
    [canvas.width, canvas.height] = [Math.max(1, w * share), Math.max(1, high * share)];
    canvas.getContext("2d").drawImage(picture, x, y, w, high, 0, 0, canvas.width, canvas.height);
    vars(button, { ar: w / high });
  }

  #words(job, running) {
    if (job?.state === "failed") return [h("span", { class: "bad" }, icon("warn", "small"), job.message || say("went_wrong"))];
    if (job?.state === "cancelled") return [h("span", {}, say("stopped"))];
    const now = running.find((each) => each.id === job?.id) ?? running[0];
    if (!now) return [h("span", { class: "faint" }, say(this.jobs.run.replaces ? "replace_or_not" : "keep_or_not"))];
    if (now.state === "queued") return [h("span", {}, [say("state_queued"), beginsWords(now)].filter(Boolean).join(", "))];
    if (!now.total) return [h("span", {}, say("starting"))];
    return [
      h("span", { class: "step-of" }, h("span", { class: "num-big" }, number(now.step)), say("of_steps", { n: now.total })),
      now.eta && h("span", {}, h("b", {}, time(now.eta)), ` ${say("left")}`),
    ].filter(Boolean);
  }

  /** For a screen reader: the turns only. */
  #tell(job, running) {
    const now = running[0] ?? job;
    let words = [say(`state_${now.state}`), now.state === "queued" && beginsWords(now)].filter(Boolean).join(", ");
    if (now.state === "running" && now.total) words = say("heard_progress", { percent: Math.floor((4 * now.step) / now.total) * 25 });
    if (now.state === "failed") words = `${words}: ${now.message ?? ""}`;
    if (this.heard.textContent !== words) this.heard.textContent = words;
  }
}

customElements.define("candidate-bar", CandidateBar);
