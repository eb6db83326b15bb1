// What is being worked on: state (see layers.js), mask, undo. Every change goes through here and can be undone.
//
// Events: "state" (layers, rectangle, expansion), "mask" with detail {box} (null: all of it), "acts" (undo and redo
// can do more or less than before).

import { calm } from "../dom.js";
import { union, same } from "./geometry.js";
import { History } from "./history.js";
import { Mask, TILE } from "./mask.js";
import { begin, flatten, keyOf } from "./layers.js";
import { Pictures } from "./pictures.js";

const WORKER = new URL("./reshape-worker.js", import.meta.url);

const idle = () => new Promise((resolve) => (globalThis.requestIdleCallback ? requestIdleCallback(resolve, { timeout: 500 }) : setTimeout(resolve, 16)));

const boxOfTiles = (tiles) => tiles.reduce((box, { x, y }) => union(box, { x, y, w: TILE, h: TILE }), null);

export class Work extends EventTarget {
  #turn = Promise.resolve();
  #flat = { key: "", canvas: null };
  run = null; // the jobs that are under way or looked at: see jobs.js
  maskAsset = null; // the asset that holds the mask as it is, where it has been sent

  constructor(keeper, asset, name, colour) {
    super();
    this.keeper = keeper;
    this.asset = asset;
    this.pictures = new Pictures(keeper);
    this.state = begin(asset, name);
    this.known = { [keyOf(this.state)]: asset.id }; // which asset holds which picture
    this.mask = new Mask(this.state.rect, colour);
    this.history = new History(keeper);
    this.keepSoon = calm(() => this.keep(), 400);
  }

  /** Take up what was left here, else begin with the asset. */
  async open() {
    const left = await this.keeper.work();
    if (left) {
      try {
        await this.pictures.load(left.state.layers);
        this.state = left.state;
        this.known = left.known;
        this.run = left.run;
        this.mask.resize(this.state.rect);
        this.mask.swap(left.mask);
        this.history = new History(this.keeper, left.history);
        return;
      } catch {
        await this.keeper.forget(); // a layer is gone: what is left would be another picture
      }
    }
    await this.pictures.load(this.state.layers);
  }

  keep() {
    const { state, known, run } = this;
    return this.keeper.keepWork({ state, known, run, mask: this.mask.tiles(), history: { at: this.history.at, length: this.history.length } });
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  #push(step) {
    if (step.tiles) this.maskAsset = null;
    this.history.push(step, this.#settled(step.tiles ?? []));
    this.#tell("acts");
    this.keepSoon();
  }

  /** Pack tiles while nothing else is to be done. */
  async #settled(tiles) {
    for (const tile of tiles) {
      await idle();
      this.mask.settle(tile);
    }
    if (tiles.length) this.#tell("acts");
  }

  /** One after the other: an act begins when the one before it is done. */
  do(act) {
    const mine = this.#turn.then(act);
    this.#turn = mine.catch(() => {});
    return mine;
  }

  // ------------------------------------------------------------ changes

  /** Another state, as one step; with `clear` the mask is emptied in the same step. */
  change(state, { clear = false } = {}) {
    this.settle();
    const step = { state: this.state };
    if (clear) step.tiles = this.#emptied();
    this.#set(state);
    this.#push(step);
  }

  /** Show a state without a step: while something is dragged. `settle` makes it one. */
  try(state) {
    this.before ??= this.state;
    this.#set(state);
  }

  settle() {
    if (this.before && this.before !== this.state) this.#push({ state: this.before });
    this.before = null;
  }

  #set(state) {
    const resized = !same(state.rect, this.state.rect);
    this.state = state;
    if (resized) this.mask.resize(state.rect);
    this.#tell("state");
    if (resized) this.#tell("mask", { box: null });
  }

  /** The mask has been painted on since mask.begin(): make it a step. */
  painted() {
    const tiles = this.mask.end();
    if (tiles.length) this.#push({ tiles });
  }

  #emptied() {
    const { mask } = this;
    const tiles = mask.swap(mask.tiles().map((tile) => ({ ...tile, data: 0 })));
    this.#tell("mask", { box: null });
    return tiles;
  }

  clearMask() {
    const tiles = this.#emptied();
    if (tiles.length) this.#push({ tiles });
  }

  /** Add to the mask, or take out of it, what `alpha` (one byte for each pixel of the picture) shows. */
  combine(alpha, takesAway) {
    const { mask } = this;
    const were = mask.alpha(mask.rect);
    for (let i = 0; i < were.length; i += 1) were[i] = takesAway ? Math.min(were[i], 255 - alpha[i]) : Math.max(were[i], alpha[i]);
    mask.begin();
    mask.put(mask.rect, were);
    this.painted();
    this.#tell("mask", { box: null });
  }

  invertMask() {
    const { mask } = this;
    mask.begin();
    const alpha = mask.alpha(mask.rect);
    for (let i = 0; i < alpha.length; i += 1) alpha[i] = 255 - alpha[i];
    mask.put(mask.rect, alpha);
    this.painted();
    this.#tell("mask", { box: null });
  }

  /** kind: "grow" (below 0 shrinks) or "feather"; by: pixels. */
  async reshapeMask(kind, by) {
    const { mask } = this;
    const alpha = mask.alpha(mask.rect);
    const { w, h } = mask.rect;
    const worker = new Worker(WORKER, { type: "module" });
    try {
      const out = await new Promise((resolve, reject) => {
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = (event) => reject(new Error(event.message || "worker"));
        worker.postMessage({ alpha, w, h, kind, by }, [alpha.buffer]);
      });
      mask.begin();
      mask.put(mask.rect, out);
      this.painted();
      this.#tell("mask", { box: null });
    } finally {
      worker.terminate();
    }
  }

  // ------------------------------------------------------------ undo

  undo() {
    this.settle();
    return this.do(() => this.history.undo((step) => this.#apply(step)).then((went) => this.#turned(went)));
  }

  redo() {
    this.settle();
    return this.do(() => this.history.redo((step) => this.#apply(step)).then((went) => this.#turned(went)));
  }

  #turned(went) {
    this.#tell("acts");
    if (went) this.keepSoon();
    return went;
  }

  async #apply(step) {
    const reverse = {};
    if (step.state) {
      await this.pictures.load(step.state.layers);
      reverse.state = this.state;
      this.#set(step.state);
      this.pictures.thin(step.state.layers);
    }
    if (step.tiles) {
      reverse.tiles = this.mask.swap(step.tiles);
      this.maskAsset = null;
      this.#tell("mask", { box: boxOfTiles(step.tiles) });
    }
    return reverse;
  }

  // ------------------------------------------------------------ what it looks like

  /** The picture as one canvas, made anew only where it has changed. */
  get flat() {
    const key = keyOf(this.state);
    if (this.#flat.key !== key) this.#flat = { key, canvas: flatten(this.state, this.pictures) };
    return this.#flat.canvas;
  }

  /** The asset that holds exactly this picture, or undefined. */
  get flatAsset() {
    return this.known[keyOf(this.state)];
  }

  learn(asset, state = this.state) {
    this.known[keyOf(state)] = asset;
    this.keepSoon();
  }
}
