// <canvas-page>: puts the parts together, and carries between them: viewport, painter, tools, layers, jobs, form.

import { handed, calm, vars } from "../dom.js";
import { say } from "../words.js";
import { toast } from "../frame/toast-list.js";
import { openDialog } from "../frame/dialogs.js";
import { post, freshKey } from "../api.js";
import { NONE, Viewport, expanded, expands, same } from "./geometry.js";
import { changed, withLayers } from "./layers.js";
import { Gestures } from "./gestures.js";
import { Jobs } from "./jobs.js";
import { Keeper } from "./keeper.js";
import { Painter } from "./painter.js";
import { Work } from "./work.js";
import { fetchPicture } from "./pictures.js";
import { exportAs } from "./export.js";
import { copy, lift, paste, takesPictures } from "./outside.js";
import { toolsOf } from "./tools.js";
import { wireKeys } from "./keys.js";
import { wireOptions } from "./options.js";

const ZOOM = 1.25;
const LARGEST_BRUSH = 512;

class CanvasPage extends HTMLElement {
  async connectedCallback() {
    this.given = handed("canvas-page");
    this.stage = this.querySelector(".canvas-stage");
    this.view = this.querySelector(".view");
    this.heard = this.querySelector("[data-heard-here]");
    this.form = this.querySelector("canvas-form");
    const { asset, name, team, limit } = this.given;
    this.options = { size: Math.max(8, Math.round(Math.max(asset.width, asset.height) / 12)), hardness: 0.9, pressure: true, takesAway: false, tolerance: 24, together: true };
    this.viewport = new Viewport();
    const colour = getComputedStyle(this).getPropertyValue("--work-mask").match(/[\da-f]{2}/gi).map((part) => parseInt(part, 16));
    this.work = new Work(await Keeper.open(asset.id), asset, name, colour);
    this.jobs = new Jobs(this.work, { team, limit });
    try {
      await this.work.open();
    } catch (problem) {
      this.querySelector("[data-opening]").textContent = problem.status === 404 ? say("picture_gone") : problem.message;
      return;
    }
    this.painter = new Painter(this.work, this.viewport, ...this.view.querySelectorAll("canvas"));
    this.tools = toolsOf(this);
    this.gestures = new Gestures(this.view, this);
    this.settleSoon = calm(() => this.work.settle(), 600);
    this.saySoon = calm((key, values) => this.say(key, values), 250);
    this.#wire();
    this.querySelector("[data-opening]").remove();
    this.dataset.ready = "";
    if (this.work.keeper.elsewhere) toast(say("open_elsewhere"), { stays: 12_000 });
    this.jobs.resume();
  }

  #wire() {
    const { work } = this;
    this.layers = this.querySelector("layer-list");
    this.layers.wire(this);
    this.results = this.querySelector("candidate-bar");
    this.results.wire(this);
    this.form?.wire(this);
    wireOptions(this);
    wireKeys(this);
    let { rect } = work.state;
    work.addEventListener("state", () => {
      if (!same(rect, work.state.rect)) this.fit(); // another picture, or more of it
      ({ rect } = work.state);
      this.painter.all();
      this.#placed();
    });
    work.addEventListener("mask", ({ detail }) => this.painter.maskIn(detail.box));
    work.addEventListener("acts", () => this.#acts());
    addEventListener("pagehide", () => {
      work.settle();
      work.keep();
    });
    for (const button of this.querySelectorAll("[data-tool]")) {
      button.addEventListener("click", (event) => {
        this.choose(button.dataset.tool);
        if (event.detail) this.view.focus({ preventScroll: true }); // by a pointer: space, arrows and Enter are the picture's now
      });
    }
    for (const button of this.querySelectorAll("[data-act]")) {
      button.addEventListener("click", () => {
        button.closest("details")?.removeAttribute("open");
        this.act(button.dataset.act);
      });
    }
    takesPictures(this);
    new ResizeObserver(() => this.#resized()).observe(this.view);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.painter.all());
    new MutationObserver(() => this.painter.all()).observe(document.documentElement, { attributeFilter: ["data-theme"] });
    this.choose("brush");
    this.#acts();
  }

  // ------------------------------------------------------------ the view

  #resized() {
    const { clientWidth, clientHeight } = this.view;
    if (!clientWidth || !clientHeight) return;
    Object.assign(this.viewport, { width: clientWidth, height: clientHeight });
    this.painter.resize(clientWidth, clientHeight);
    if (this.viewport.fitted) this.fit();
    else this.viewChanged();
  }

  get #frame() {
    return expanded(this.work.state.rect, this.work.state.expand);
  }

  viewChanged(how) {
    const { scale, x, y } = this.viewport;
    vars(this.view, { vs: scale, vx: x, vy: y });
    this.querySelector("[data-zoom]").textContent = `${Math.round(scale * 100)} %`;
    this.painter.all(how);
    this.hover(this.pointer);
  }

  /** Elements that lie on the picture, in its pixels. */
  #placed() {
    const { x, y, w, h } = this.#frame;
    vars(this.view.querySelector(".frame"), { x, y, w, h });
    const { layer } = this;
    if (layer) vars(this.view.querySelector(".chosen"), { x: layer.x, y: layer.y, w: layer.w, h: layer.h });
    const { rect, expand } = this.work.state;
    this.toggleAttribute("data-expands", expands(expand));
    document.getElementById("canvas-size").textContent = `${rect.w} × ${rect.h}`;
  }

  fit() {
    this.viewport.fit(this.#frame);
    this.#placed();
    this.viewChanged();
  }

  zoomTo(scale) {
    this.viewport.zoomTo(scale);
    this.viewChanged();
  }

  zoomBy(steps) {
    this.zoomTo(this.viewport.scale * ZOOM ** steps);
  }

  /** The pointer is here in the view, or (null) nowhere. */
  hover(at) {
    this.pointer = at;
    const ring = this.view.querySelector(".ring-of-brush");
    const paints = this.tool?.cursor === "paints";
    ring.hidden = !at || !(paints || (this.tool?.presses && at.byKeys));
    if (at) vars(ring, { px: at.x, py: at.y, d: paints ? this.options.size * this.viewport.scale : 8 });
  }

  /** Show an outline through these points of the picture; null takes it away. */
  outline(points) {
    const path = (points ?? []).map(({ x, y }) => this.viewport.toView({ x, y, w: 0, h: 0 })).map(({ x, y }) => `${x.toFixed(1)} ${y.toFixed(1)}`);
    for (const each of this.view.querySelectorAll("svg.outline path")) each.setAttribute("d", path.length ? `M${path.join("L")}Z` : "");
  }

  // ------------------------------------------------------------ tools and acts

  choose(name) {
    this.liftPen?.();
    this.gestures.cancel();
    if (this.painter.compare) this.compare(); // its slider lies over the picture
    this.tool = this.tools[name];
    this.dataset.tool = name;
    this.view.dataset.cursor = this.tool.cursor;
    for (const button of this.querySelectorAll("[data-tool]")) button.setAttribute("aria-pressed", String(button.dataset.tool === name));
    this.hover(this.pointer);
    this.dispatchEvent(new CustomEvent("tool"));
  }

  resizeBrush(by) {
    const step = Math.max(1, Math.round(this.options.size * 0.12));
    this.options.size = Math.min(LARGEST_BRUSH, Math.max(1, this.options.size + by * step));
    this.dispatchEvent(new CustomEvent("tool"));
    this.hover(this.pointer);
  }

  /** What a button or key does that is no tool. */
  async act(name) {
    const { work } = this;
    const acts = {
      undo: () => work.undo(), redo: () => work.redo(),
      invert: () => work.do(() => work.invertMask()), clear: () => work.do(() => work.clearMask()),
      hide: () => this.showMask(this.hasAttribute("data-mask-hidden")),
      in: () => this.zoomBy(1), out: () => this.zoomBy(-1), fit: () => this.fit(), full: () => this.zoomTo(1),
      compare: () => this.compare(), layers: () => this.showLayers(), help: () => openDialog("canvas-help"), numbers: () => openDialog("canvas-rectangle"),
      lift: () => lift(this), copy: () => copy(this), picture: () => exportAs(this, "picture"), mask: () => exportAs(this, "mask"), cutout: () => exportAs(this, "cutout"),
      save: async () => this.#saved(await this.jobs.save(this.given.name)),
    };
    this.liftPen?.();
    if (!this.gestures.busy) await acts[name]();
  }

  #saved(asset) {
    toast(say("saved_there"), { action: say("open"), href: `/assets/${asset.id}/` });
  }

  #acts() {
    this.querySelector('[data-act="undo"]').disabled = !this.work.history.canUndo;
    this.querySelector('[data-act="redo"]').disabled = !this.work.history.canRedo;
    this.toggleAttribute("data-masked", !this.work.mask.empty);
  }

  /** Let the next job add {left, top, right, bottom} pixels, as many as it can. */
  expand(by, { settle = false } = {}) {
    const { work } = this;
    const { limit, widest } = this.given;
    const { rect } = work.state;
    const wanted = Object.fromEntries(Object.keys(NONE).map((side) => [side, Math.max(0, Math.min(widest, Math.round(by[side]) || 0))]));
    for (const [one, other, size] of [["left", "right", rect.w], ["top", "bottom", rect.h]]) {
      wanted[one] = Math.max(0, Math.min(wanted[one], limit - size));
      wanted[other] = Math.max(0, Math.min(wanted[other], limit - size - wanted[one]));
    }
    work.try({ ...work.state, expand: wanted });
    if (settle) this.expanded();
    this.dispatchEvent(new CustomEvent("tool"));
  }

  /** The frame is where it was to be: whoever sees all of the picture sees all of the new ground. */
  expanded() {
    this.work.settle();
    if (this.viewport.fitted) this.fit();
  }

  get layer() {
    return this.layers.chosen;
  }

  /** Another layer was chosen. */
  layerChosen() {
    this.#placed();
    this.dispatchEvent(new CustomEvent("tool"));
  }

  /** So wide may a layer become: its longer side, in pixels. */
  widestLayer({ w, h }) {
    return (2 * this.given.limit * w) / Math.max(w, h);
  }

  /** Steps that follow one another soon are undone as one. */
  nudge(dx, dy) {
    const { layer, work } = this;
    work.try(withLayers(work.state, (layers) => changed(layers, layer.id, { x: layer.x + dx, y: layer.y + dy })));
    this.settleSoon();
  }

  /** Show the mask or hide it: it counts all the same. Whoever paints sees it, and goes on seeing it whatever a job shows. */
  showMask(on = true) {
    if (on) {
      this.paintedOver = this.jobs.run;
      this.view.removeAttribute("data-result");
    }
    this.toggleAttribute("data-mask-hidden", !on);
    this.querySelector('[data-act="hide"]').setAttribute("aria-pressed", String(!on));
  }

  showLayers(on = !this.hasAttribute("data-layers")) {
    this.toggleAttribute("data-layers", on);
    this.querySelector('[data-act="layers"]').setAttribute("aria-pressed", String(on));
  }

  /** A picture file as a layer. */
  async paste(file) {
    await paste(this, file);
  }

  // ------------------------------------------------------------ jobs

  /** A run has changed: show what it has over the picture, or where it works. */
  showRun() {
    const { run, job, busy } = this.jobs;
    const picture = job && this.jobs.of(job);
    this.view.toggleAttribute("data-result", Boolean(run && run !== this.paintedOver)); // the mask steps back
    this.painter.extra = picture ? { picture, stencil: run.stencil, box: run.place } : null;
    this.painter.onlyPicture();
    const line = this.view.querySelector(".working");
    line.hidden = !busy;
    if (!line.hidden) {
      const { x, y, w, h } = run.stencil ?? run.place;
      const p = job?.total ? Math.round((100 * job.step) / job.total) : 0;
      vars(line, { x, y, w, h, p });
      line.querySelector(".line").toggleAttribute("data-wait", !job?.total);
    }
    if (this.work.state.layers.length > 1 && !this.layersSeen) this.showLayers(this.clientWidth > 1000);
    this.layersSeen ||= this.work.state.layers.length > 1;
  }

  again() {
    document.dispatchEvent(new CustomEvent("create-again", { detail: { otherSeed: true } }));
  }

  /** A tool that takes nothing but a picture, on this one: {tool, field}. */
  async run({ tool, field }) {
    const about = this.jobs.about({ replaces: true });
    const order = { tool, inputs: { [field]: await this.jobs.picture() }, team: this.given.team, parent: this.work.asset.id };
    this.jobs.begin(about, [await post("jobs", order, { key: freshKey() })]);
  }

  tooLarge(asset) {
    toast(say("too_large_here", { most: this.given.limit }), { wrong: true, action: say("open"), href: `/assets/${asset}/` });
  }

  // ------------------------------------------------------------ before and after

  async compare() {
    const slider = this.view.querySelector(".compare");
    const on = slider.hidden;
    slider.hidden = !on;
    this.querySelector('[data-act="compare"]').setAttribute("aria-pressed", String(on));
    this.first ??= on ? await fetchPicture(this.work.asset.id) : null;
    const range = slider.querySelector("input");
    const draw = () => {
      this.painter.compare = slider.hidden ? null : { picture: this.first, at: range.value / 100 };
      vars(slider, { at: range.value });
      this.painter.onlyPicture();
    };
    range.oninput = draw;
    draw();
    if (on) range.focus();
  }

  /** Say it to whoever cannot see it. */
  say(key, values) {
    this.heard.textContent = say(key, values);
  }
}

customElements.define("canvas-page", CanvasPage);
