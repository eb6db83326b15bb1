// One place and one scale for all pictures that are compared: whoever zooms or moves one, zooms and moves all.
//
// scale 1 fits the picture into its frame; x and y say in frames where the picture's frame begins.

import { vars } from "../dom.js";

const MOST = 40;
const WHEEL = 0.0016;
const PINCH = 0.01;
const LINE = 16;
const STEP = 0.1; // of a frame, for an arrow key

export class Viewport {
  scale = 1;
  x = 0;
  y = 0;
  #fingers = new Map();
  #pinch = null;

  /**
   * panes: the element around all frames; onchange is told of each change. alone: whether the event's pointer moves the
   * picture by itself; where it does not, two fingers do. twice: whether a double click zooms.
   */
  constructor(panes, onchange, { alone = () => true, twice = true } = {}) {
    Object.assign(this, { panes, onchange, alone, twice });
    for (const kind of ["pointerdown", "pointermove", "pointerup", "pointercancel", "wheel", "dblclick"]) {
      panes.addEventListener(kind, (event) => this[kind]?.(event), { passive: false });
    }
    panes.addEventListener("lostpointercapture", (event) => this.pointerup(event));
  }

  /** Place and frame of a pointer, in frames from its upper left corner. */
  #place(event, frame = event.target.closest(".frame")) {
    const box = frame.getBoundingClientRect();
    return { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height };
  }

  #set(scale, x, y) {
    this.scale = Math.min(MOST, Math.max(1, scale));
    this.x = Math.min(0, Math.max(1 - this.scale, x));
    this.y = Math.min(0, Math.max(1 - this.scale, y));
    vars(this.panes, { s: this.scale, x: this.x, y: this.y });
    this.onchange(this);
  }

  /** Zoom so that what is at (x, y) of the frame stays there. */
  zoom(scale, x = 0.5, y = 0.5) {
    const to = Math.min(MOST, Math.max(1, scale));
    this.#set(to, x - ((x - this.x) * to) / this.scale, y - ((y - this.y) * to) / this.scale);
  }

  /** Move so that what is at (x, y) of the picture can be seen. */
  reveal(x, y) {
    const beyond = (at) => Math.min(0, 1 - at) || Math.max(0, -at);
    this.pan(beyond(this.x + x * this.scale), beyond(this.y + y * this.scale));
  }

  pan(dx, dy) { this.#set(this.scale, this.x + dx, this.y + dy); }
  fit() { this.#set(1, 0, 0); }

  /** An arrow key moves by a tenth of a frame. True where it did. */
  key(name) {
    const [dx, dy] = { ArrowLeft: [STEP, 0], ArrowRight: [-STEP, 0], ArrowUp: [0, STEP], ArrowDown: [0, -STEP] }[name] ?? [0, 0];
    if ((!dx && !dy) || this.scale === 1) return false;
    this.pan(dx, dy);
    return true;
  }

  pointerdown(event) {
    const frame = event.target.closest(".frame");
    if (!frame || event.button > (this.alone(event) ? 1 : 0)) return;
    frame.setPointerCapture(event.pointerId);
    this.#fingers.set(event.pointerId, { frame, ...this.#place(event, frame) });
    this.panes.toggleAttribute("data-grabbed", true);
    this.#pinch = null;
  }

  pointermove(event) {
    const before = this.#fingers.get(event.pointerId);
    if (!before) return;
    const now = { frame: before.frame, ...this.#place(event, before.frame) };
    this.#fingers.set(event.pointerId, now);
    if (this.#fingers.size === 1) {
      if (this.alone(event)) this.pan(now.x - before.x, now.y - before.y);
      return;
    }
    const [one, two] = [...this.#fingers.values()];
    const span = { x: (one.x + two.x) / 2, y: (one.y + two.y) / 2, far: Math.hypot(one.x - two.x, one.y - two.y) };
    if (this.#pinch?.far > 0) {
      this.pan(span.x - this.#pinch.x, span.y - this.#pinch.y);
      this.zoom(this.scale * (span.far / this.#pinch.far), span.x, span.y);
    }
    this.#pinch = span;
  }

  pointerup(event) {
    this.#fingers.delete(event.pointerId);
    this.#pinch = null;
    if (!this.#fingers.size) this.panes.removeAttribute("data-grabbed");
  }

  pointercancel(event) { this.pointerup(event); }

  wheel(event) {
    if (!event.target.closest(".frame")) return;
    event.preventDefault();
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? 1 : LINE;
    const { x, y } = this.#place(event);
    this.zoom(this.scale * Math.exp(-event.deltaY * unit * (event.ctrlKey ? PINCH : WHEEL)), x, y);
  }

  dblclick(event) {
    if (!this.twice || !event.target.closest(".frame")) return;
    const { x, y } = this.#place(event);
    if (this.scale > 1) this.fit();
    else this.zoom(3, x, y);
  }
}
