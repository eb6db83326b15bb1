// Draws the view: the picture on one canvas, the mask on another above it. While one paints, only the part of the mask
// that was painted is drawn again, once a frame.

import { expanded, meet, padded, union, whole } from "./geometry.js";
import { stencilCanvas } from "./mask.js";

const PIXELS_SHOW = 6; // from this zoom on, pixels are drawn as squares
const MOST_DENSE = 2; // device pixels for one of the page; more costs time and shows nothing
const SQUARE = 10; // pixels of the page, a side of the squares below what is transparent
const REST = 180; // ms without movement until the picture is drawn finely

export class Painter {
  #asked = 0;
  #picture = false;
  #mask = null; // null: nothing to draw; "all"; or a box of the picture
  #fine = true;
  #rest = 0;
  dense = 1; // device pixels for one of the page
  extra = null; // {picture, stencil, box}: what lies above the layers and is none yet
  compare = null; // {picture, at}: the picture as it was, left of `at` (0 to 1 of the view's width)

  constructor(work, viewport, below, above) {
    this.work = work;
    this.viewport = viewport;
    this.below = below;
    this.above = above;
    this.picture = below.getContext("2d");
    this.mask = above.getContext("2d", { willReadFrequently: true });
  }

  /** The view has this size now, in pixels of the page. */
  resize(width, height) {
    this.dense = Math.min(MOST_DENSE, devicePixelRatio || 1);
    for (const canvas of [this.below, this.above]) {
      canvas.width = Math.round(width * this.dense);
      canvas.height = Math.round(height * this.dense);
    }
    this.all();
  }

  /** Everything, at the next frame. `moving`: coarsely now, finely when it rests. */
  all({ moving = false } = {}) {
    this.#picture = true;
    this.#mask = "all";
    this.#fine = !moving;
    clearTimeout(this.#rest);
    if (moving) this.#rest = setTimeout(() => this.onlyPicture(), REST);
    this.#ask();
  }

  onlyPicture() {
    this.#picture = true;
    this.#fine = true;
    this.#ask();
  }

  /** The mask within `box`, at the next frame; null: all of it. */
  maskIn(box) {
    if (box && this.#mask !== "all") this.#mask = union(this.#mask, box);
    else if (!box) this.#mask = "all";
    this.#ask();
  }

  #ask() {
    if (!this.#asked) this.#asked = requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    this.#asked = 0;
    if (this.#picture) this.#drawPicture();
    if (this.#mask) this.#drawMask(this.#mask === "all" ? null : this.#mask);
    this.#picture = false;
    this.#mask = null;
  }

  #place(context) {
    const { scale, x, y } = this.viewport;
    context.setTransform(scale * this.dense, 0, 0, scale * this.dense, x * this.dense, y * this.dense);
    context.imageSmoothingEnabled = scale < PIXELS_SHOW;
  }

  #drawPicture() {
    const { picture: context, work, below } = this;
    const { state } = work;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, below.width, below.height);
    this.#place(context);
    context.imageSmoothingQuality = this.#fine ? "high" : "low";
    this.#checks(context, expanded(state.rect, state.expand));
    context.drawImage(work.flat, state.rect.x, state.rect.y);
    if (this.extra) this.#drawExtra(context);
    if (this.compare) this.#drawBefore(context);
  }

  /** Squares below what is transparent, and where the next job will paint. */
  #checks(context, box) {
    const { x, y, w, h } = this.viewport.toView(box);
    const { dense } = this;
    const style = getComputedStyle(this.below); // its two colours are there for this
    const side = Math.round(SQUARE * dense);
    const two = document.createElement("canvas");
    two.width = two.height = 2 * side;
    const tile = two.getContext("2d");
    tile.fillStyle = style.color;
    tile.fillRect(0, 0, 2 * side, 2 * side);
    tile.fillStyle = style.outlineColor;
    tile.fillRect(0, 0, side, side);
    tile.fillRect(side, side, side, side);
    context.save();
    context.setTransform(1, 0, 0, 1, Math.round(x * dense), Math.round(y * dense));
    context.fillStyle = context.createPattern(two, "repeat");
    context.fillRect(0, 0, Math.round(w * dense), Math.round(h * dense));
    context.restore();
  }

  #drawExtra(context) {
    const { picture, stencil, box } = this.extra;
    if (!stencil) context.drawImage(picture, box.x, box.y, box.w, box.h);
    else {
      if (this.cut?.of !== picture) this.cut = { of: picture, canvas: cutOut(picture, stencil, box) };
      context.drawImage(this.cut.canvas, stencil.x, stencil.y);
    }
  }

  #drawBefore(context) {
    const { picture, at } = this.compare;
    const { dense, below: canvas } = this;
    context.save();
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.beginPath();
    context.rect(0, 0, Math.round(canvas.width * at), canvas.height);
    context.clip();
    context.clearRect(0, 0, canvas.width, canvas.height);
    const { scale, x, y } = this.viewport;
    context.setTransform(scale * dense, 0, 0, scale * dense, x * dense, y * dense);
    context.drawImage(picture, 0, 0);
    context.restore();
  }

  #drawMask(box) {
    const { mask: context, work, above, dense } = this;
    const { mask } = work;
    context.setTransform(1, 0, 0, 1, 0, 0);
    let dirty = { x: 0, y: 0, w: above.width, h: above.height };
    if (box) {
      const view = this.viewport.toView(box);
      dirty = meet(dirty, whole(padded({ x: view.x * dense, y: view.y * dense, w: view.w * dense, h: view.h * dense }, 2)));
      if (!dirty) return;
    }
    context.clearRect(dirty.x, dirty.y, dirty.w, dirty.h);
    if (mask.empty && !mask.acting) return;
    context.save();
    context.beginPath();
    context.rect(dirty.x, dirty.y, dirty.w, dirty.h);
    context.clip();
    this.#place(context);
    context.drawImage(mask.canvas, mask.rect.x, mask.rect.y);
    context.restore();
  }
}

/** The part of a picture, which fills `box`, that a stencil leaves; of the stencil's size. */
export function cutOut(picture, stencil, box) {
  const canvas = stencilCanvas(stencil);
  const context = canvas.getContext("2d");
  context.globalCompositeOperation = "source-in";
  context.drawImage(picture, box.x - stencil.x, box.y - stencil.y, box.w, box.h);
  return canvas;
}
