// <stage-view>: one job, from its place in the right shape to its assets; or an asset that is already there.

import { api, post } from "../api.js";
import { Feed } from "../feed.js";
import { h, icon, vars } from "../dom.js";
import { say, time, number } from "../words.js";
import { actionsFor, drawAsset, loadAsset } from "./show-asset.js";
import { askNotice, tellEnd } from "./notice.js";
import { asked, page, remember } from "./page.js";

const FINAL = new Set(["succeeded", "failed", "cancelled"]);
const LONG = 10_000; // ms; who waits longer may want to look elsewhere
const LOOK_AGAIN = 3000; // while a job waits, its reason may change without an event

/** What the tool has to say of what it made: words that it did not know, a cut that is unsure. */
function notesOf(asset) {
  const notes = (asset.facts?.notes ?? []).filter((note) => typeof note === "string");
  return notes.length ? [h("ul", { class: "told", "aria-label": say("told") }, notes.map((note) => h("li", {}, icon("info", "small"), h("span", {}, note))))] : [];
}

class StageView extends HTMLElement {
  connectedCallback() {
    this.work = this.querySelector(".stage-work");
    this.status = this.querySelector(".status");
    this.heard = h("p", { class: "vh", role: "status" });
    this.append(this.heard);
    this.idle = this.querySelector("[data-idle]");
    document.addEventListener("submitted", ({ detail }) => { if (detail.job) this.showJob(detail.job); });
    document.addEventListener("show-job", ({ detail }) => this.openJob(detail.id, detail));
    document.addEventListener("show-asset", ({ detail }) => this.openAsset(detail));
    for (const button of this.querySelectorAll("[data-try]")) {
      button.addEventListener("click", () => document.dispatchEvent(new CustomEvent("create-try", { detail: page.tries[Number(button.dataset.try)].inputs })));
    }
    if (asked("job")) this.openJob(asked("job"));
    else if (asked("asset")) this.openAsset(asked("asset"));
    else if (page.sources.length || page.parent) this.openAsset(page.sources[0]?.id ?? page.parent, { quiet: true });
    else if (page.latest && !asked("batch")) this.openAsset(page.latest.id, { quiet: true });
  }

  disconnectedCallback() {
    this.leave();
  }

  leave() {
    this.feed?.close();
    this.feed = null;
    clearInterval(this.clock);
    clearTimeout(this.again);
    if (this.frame) URL.revokeObjectURL(this.frame);
    this.frame = null;
    this.job = null;
    this.text = "";
    this.attempt = 0;
    this.assets = [];
    this.progress = null;
    this.node = "";
    this.stopping = false;
  }

  head(title, about = "") {
    this.querySelector("[data-title]").textContent = title;
    this.querySelector("[data-about]").textContent = about;
  }

  /** Tell a screen reader, but only at the turns of a job: not every second. */
  tell(words) {
    if (this.heard.textContent !== words) this.heard.textContent = words;
  }

  // ------------------------------------------------------------ jobs

  async openJob(id, { quiet = false } = {}) {
    try {
      const job = await api(`jobs/${id}`);
      this.showJob(job, { quiet });
    } catch (problem) {
      this.leave();
      remember("job", null);
      this.head("");
      this.work.replaceChildren(h("div", { class: "say-so" }, h("p", {}, problem.status === 404 ? say("gone") : problem.message)));
      this.status.replaceChildren();
    }
  }

  showJob(job, { quiet = false } = {}) {
    this.leave();
    this.job = job;
    this.node = job.node ?? "";
    this.eta = job.eta_s;
    this.assets = [...(job.assets ?? [])].sort((a, b) => a.index - b.index).map((asset) => asset.id);
    if (!quiet) remember(job.batch ? "batch" : "job", job.batch ?? job.id);
    this.head(job.title || job.inputs?.prompt || page.tool?.title || job.tool, job.inputs?.seed !== undefined && job.inputs.seed !== null ? say("seed", { n: job.inputs.seed }) : "");
    document.dispatchEvent(new CustomEvent("job-shown", { detail: job }));
    if (FINAL.has(job.state)) {
      this.end();
      return;
    }
    this.since = Date.now();
    this.place();
    this.tick();
    this.feed = new Feed("jobs", job.id, {
      onevent: (event) => this.take(event),
      onpreview: (header, blob) => this.preview(header, blob),
      onreset: () => this.openJob(job.id, { quiet: true }),
    });
    this.clock = setInterval(() => this.tick(1), 1000);
    this.lookAgain();
  }

  lookAgain() {
    this.again = setTimeout(async () => {
      if (!this.job || this.job.state !== "queued") return;
      try {
        const fresh = await api(`jobs/${this.job.id}`);
        if (this.job?.id === fresh.id && this.job.state === "queued") {
          this.job.waiting_for = fresh.waiting_for;
          this.tick();
        }
      } catch {
        // the frame says that the connection is gone
      }
      if (this.job?.state === "queued") this.lookAgain();
    }, LOOK_AGAIN);
  }

  get makes() {
    return this.job?.medium ?? page.tool?.makes ?? "image";
  }

  /** The place of what is to come, in its shape. */
  place() {
    const { width, height } = this.job.inputs ?? {};
    this.line = h("span", { class: "line", role: "progressbar", "aria-label": this.querySelector("[data-title]").textContent || say("state_running"), "aria-valuemin": "0", "aria-valuemax": "100", "data-wait": "" });
    if (this.makes === "text") {
      this.words = h("div", { class: "prose written", role: "log", "aria-live": "polite" });
      this.box = h("article", { class: "page-of-text", "aria-busy": "true", tabindex: "0" }, this.words);
      this.work.replaceChildren(this.box, this.line);
      this.draw();
      return;
    }
    this.box = vars(h("div", { class: "pic", "data-run": "" }, this.line), { ar: width && height ? width / height : 1 });
    this.work.replaceChildren(this.box);
    if (!width) this.placeSource(this.box);
  }

  /** A tool that works on a picture begins with it: its shape, and the picture itself until there is a preview. */
  async placeSource(box) {
    const id = [...document.querySelectorAll("asset-field")].map((field) => field.value).find(Boolean);
    if (!id || !Object.values(this.job.inputs ?? {}).includes(id)) return;
    const source = await loadAsset(id).catch(() => null);
    if (!source?.urls?.thumbnail || this.box !== box) return;
    if (source.width && source.height) vars(box, { ar: source.width / source.height });
    if (!box.querySelector("img")) box.prepend(h("img", { src: source.urls.preview ?? source.urls.thumbnail, alt: "", class: "before" }));
  }

  take(event) {
    const { job } = this;
    if (!job) return;
    if (event.kind === "state") {
      Object.assign(job, event);
      job.id = this.job.id;
      if (event.node) this.node = event.node;
      if (event.state === "running" && event.attempt !== this.attempt) {
        if (this.attempt) this.note = say("second_try");
        this.attempt = event.attempt;
        this.text = "";
        this.progress = null;
        this.started = Date.parse(event.at) || Date.now();
        if (this.makes === "text") this.draw();
      }
      if (FINAL.has(event.state)) {
        this.feed?.close();
        this.finish();
        return;
      }
    } else if (event.attempt && event.attempt < this.attempt) {
      return; // of an attempt that was lost
    } else if (event.kind === "progress") {
      this.progress = event;
      this.eta = event.eta_s ?? null;
      this.note = event.note ?? "";
    } else if (event.kind === "token") {
      this.text += event.text;
      this.draw();
    } else if (event.kind === "asset") {
      const id = event.asset?.id ?? event.asset;
      if (id && !this.assets.includes(id)) this.assets.push(id);
      this.arrived(id);
    }
    this.tick();
  }

  async arrived(id) {
    try {
      document.dispatchEvent(new CustomEvent("asset-made", { detail: { ...(await loadAsset(id)), words: this.text.slice(0, 160) } }));
    } catch {
      // it shows with the next load of the page
    }
  }

  /** The streamed words, at most once a frame. */
  draw() {
    if (this.drawing) return;
    this.drawing = true;
    requestAnimationFrame(async () => {
      const { showMarkdown } = await import("../markdown.js");
      this.drawing = false;
      if (!this.words) return;
      const low = this.box.scrollHeight - this.box.scrollTop - this.box.clientHeight < 60;
      showMarkdown(this.words, this.text);
      if (low) this.box.scrollTop = this.box.scrollHeight;
    });
  }

  preview(header, blob) {
    if (!this.box || header.attempt < this.attempt) return;
    const old = this.frame;
    this.frame = URL.createObjectURL(blob);
    let picture = this.box.querySelector("img:not(.before)");
    if (!picture) {
      picture = h("img", { alt: say("preview_of", { title: this.querySelector("[data-title]").textContent }) });
      this.box.querySelector(".before")?.remove();
      this.box.prepend(picture);
    }
    picture.src = this.frame;
    this.dataset.previews = String(Number(this.dataset.previews ?? 0) + 1);
    if (old) URL.revokeObjectURL(old);
  }

  /** The line under the work: number, time left, node, Stop. */
  tick(passed = 0) {
    const { job, progress } = this;
    if (!job || FINAL.has(job.state)) return;
    if (passed && this.eta) this.eta = Math.max(1, this.eta - passed);
    if (passed && this.since && Date.now() - this.since > LONG) askNotice();
    const parts = [];
    if (job.state === "queued") {
      const words = job.waiting_for ? say("waits_for", { reason: job.waiting_for }) : say("state_queued");
      parts.push(h("span", {}, words));
      this.tell(words);
    } else if (progress?.total) {
      const written = this.makes === "text";
      if (written) parts.push(h("span", { class: "step-of" }, h("span", { class: "num-big" }, number(this.text.split(/\s+/).filter(Boolean).length)), say("words_unit")));
      else parts.push(h("span", { class: "step-of" }, h("span", { class: "num-big" }, number(progress.step)), say("of_steps", { n: progress.total })));
      if (this.eta) parts.push(h("span", {}, h("b", {}, time(this.eta)), ` ${say("left")}`));
      delete this.line.dataset.wait;
      const p = Math.round(100 * (progress.progress ?? progress.step / progress.total));
      vars(this.line, { p });
      this.line.setAttribute("aria-valuenow", String(p));
      if (p < 100) this.tell(say("heard_progress", { percent: Math.floor(p / 25) * 25 }));
    } else {
      parts.push(h("span", {}, this.note || say("starting")));
    }
    if (this.node) parts.push(h("span", { class: "where" }, say("on_node", { node: this.node })));
    this.lines ??= h("span", { class: "lines" });
    if (!this.stopper || this.stopper.dataset.job !== job.id) {
      this.stopper = h("button", { type: "button", class: "btn", "data-job": job.id, onclick: () => this.stop() });
      this.status.replaceChildren(this.lines, h("span", { class: "end" }, this.stopper));
    }
    this.lines.replaceChildren(...parts);
    const word = this.stopping ? "stopping" : job.state === "queued" ? "cancel" : "stop";
    if (this.stopper.dataset.word !== word) {
      this.stopper.dataset.word = word;
      this.stopper.disabled = this.stopping;
      this.stopper.replaceChildren(icon(word === "cancel" ? "x" : "stop"), say(word));
    }
  }

  async stop() {
    this.stopping = true;
    this.tick();
    try {
      await post(`jobs/${this.job.id}/cancel`, {});
    } catch (problem) {
      this.stopping = false;
      this.tick();
      throw problem;
    }
  }

  async finish() {
    const ran = this.started ? Date.now() - this.started : 0;
    const id = this.job.id;
    const title = this.querySelector("[data-title]").textContent;
    const state = this.job.state;
    try {
      const fresh = await api(`jobs/${id}`);
      if (this.job?.id !== id) return;
      this.job = fresh;
      this.assets = [...(fresh.assets ?? [])].sort((a, b) => a.index - b.index).map((asset) => asset.id);
    } catch {
      // what the events said is enough
    }
    tellEnd(say(state === "failed" ? "job_failed" : "job_done", { title }), state === "cancelled" ? 0 : ran);
    this.end();
    document.dispatchEvent(new CustomEvent("job-ended", { detail: this.job }));
  }

  /** A job that has ended: its assets, or why there are none and what to do. */
  end() {
    clearInterval(this.clock);
    clearTimeout(this.again);
    this.stopper = null;
    const { job } = this;
    this.tell(say(`state_${job.state}`));
    if (this.assets.length) {
      this.showAssets(this.assets, job);
      return;
    }
    const stopped = job.state === "cancelled";
    const error = job.error ?? {};
    const ways = h("div", { class: "btns" });
    ways.append(h("button", { type: "button", class: "btn", onclick: () => this.retry() }, icon("retry"), say("retry")));
    if (job.tool === page.tool?.name && "seed" in job.inputs) ways.append(h("button", { type: "button", class: "btn bare", onclick: () => document.dispatchEvent(new CustomEvent("create-again", { detail: { fill: job.inputs, otherSeed: true } })) }, icon("dice"), say("other_seed")));
    if (/model|memory|node/.test(error.kind ?? "")) ways.append(h("a", { class: "btn bare", href: "/models/" }, icon("models"), say("install_model")));
    const sentence = stopped
      ? [h("h2", {}, say("stopped")), h("p", {}, say("stopped_text"))]
      : [h("p", { class: "bad" }, icon("warn"), say("failed_after", { time: time(job.run_s ?? 1) })), h("h2", {}, say("failed_title")), h("p", {}, error.message ?? say("went_wrong")), h("p", { class: "faint" }, say("inputs_kept"))];
    const words = this.makes === "text" && this.text ? this.box : null;
    words?.removeAttribute("aria-busy");
    const last = this.frame && this.box ? this.box : words;
    last?.querySelector(".line")?.remove();
    this.line?.remove();
    this.work.replaceChildren(h("div", { class: last ? "broke" : "broke lone" }, last, h("div", { class: "say-so" }, ...sentence, ways)));
    this.status.replaceChildren();
  }

  async retry() {
    const made = await post(`jobs/${this.job.id}/retry`, {});
    document.dispatchEvent(new CustomEvent("submitted", { detail: { job: made } }));
  }

  // ------------------------------------------------------------ assets

  async openAsset(id, { quiet = false } = {}) {
    this.leave();
    if (!quiet) remember("asset", id);
    await this.showAssets([id], null);
  }

  async showAssets(ids, job, at = 0) {
    const wanted = ids[at];
    let asset;
    try {
      asset = await loadAsset(wanted);
    } catch (problem) {
      this.work.replaceChildren(h("div", { class: "say-so" }, h("p", {}, problem.status === 404 ? say("gone") : problem.message)));
      this.status.replaceChildren();
      return;
    }
    if ((job && this.job?.id !== job.id) || (!job && this.job)) return;
    const seed = asset.facts?.seed ?? asset.facts?.inputs?.seed;
    this.head(asset.title || asset.prompt || "", seed === undefined || seed === null ? "" : say("seed", { n: seed }));
    const drawn = await drawAsset(asset);
    if ((job && this.job?.id !== job.id) || (!job && this.job)) return;
    // The last preview stays until the picture is there, so that nothing flickers.
    const picture = drawn.querySelector?.(".pic > img, img");
    if (picture && this.frame) await picture.decode().catch(() => {});
    this.work.replaceChildren(drawn);
    if (this.frame) URL.revokeObjectURL(this.frame);
    this.frame = null;
    this.dataset.asset = asset.id;
    this.status.replaceChildren(...notesOf(asset), actionsFor(asset));
    if (job?.state === "failed") this.status.prepend(h("span", { class: "bad" }, job.error?.message ?? say("failed_title")));
    if (job?.state === "cancelled") this.status.prepend(h("span", {}, say("stopped")));
    this.pager(ids, job, at);
    document.dispatchEvent(new CustomEvent("asset-shown", { detail: asset.id }));
  }

  pager(ids, job, at) {
    const pager = this.querySelector("[data-pager]");
    pager.hidden = ids.length < 2;
    if (pager.hidden) return;
    this.querySelector("[data-place]").textContent = say("batch_of", { at: at + 1, total: ids.length });
    const step = (by) => () => this.showAssets(ids, job, (at + by + ids.length) % ids.length);
    this.querySelector("[data-previous]").onclick = step(-1);
    this.querySelector("[data-next]").onclick = step(1);
  }
}

customElements.define("stage-view", StageView);
