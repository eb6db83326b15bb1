// The mask: how much of each pixel is to change. Kept as the alpha of one canvas over the picture's rectangle; what an act
// has changed is given back in tiles, so that undo costs what was touched and not the whole picture.

import { meet, union, whole } from "./geometry.js";
import { pack, unpack } from "./packed.js";

export const TILE = 256;

const keyOf = (x, y) => `${x},${y}`;

/** The tiles (their corners) that a box touches. */
function* tilesOf(box) {
  for (let y = Math.floor(box.y / TILE) * TILE; y < box.y + box.h; y += TILE) {
    for (let x = Math.floor(box.x / TILE) * TILE; x < box.x + box.w; x += TILE) yield { x, y };
  }
}

export class Mask {
  #before = null; // tiles as they were before the act that is going on
  #full = new Set(); // tiles with something in them
  #packed = new Map(); // tiles as they are, packed; those that have been painted on since are missing

  constructor(rect, colour) {
    this.colour = colour;
    const [r, g, b] = colour;
    this.paint = `rgb(${r} ${g} ${b})`;
    this.#make(rect);
  }

  #make(rect) {
    this.rect = { ...rect };
    this.canvas = document.createElement("canvas");
    this.canvas.width = rect.w;
    this.canvas.height = rect.h;
    // Read at every act, so it lies in memory, not on the graphics card.
    this.context = this.canvas.getContext("2d", { willReadFrequently: true });
    this.context.translate(-rect.x, -rect.y);
  }

  /** Lay it over another rectangle; what both have in common stays. */
  resize(rect) {
    const { canvas, rect: old } = this;
    this.#make(rect);
    this.context.drawImage(canvas, old.x, old.y);
    this.#look(union(old, rect));
  }

  get empty() {
    return this.#full.size === 0;
  }

  /** Whether something is being painted. */
  get acting() {
    return this.#before !== null;
  }

  /** The alpha of a box of whole pixels. */
  alpha({ x, y, w, h }) {
    const { data } = this.context.getImageData(x - this.rect.x, y - this.rect.y, w, h);
    const out = new Uint8Array(w * h);
    for (let i = 0, at = 3; i < out.length; i += 1, at += 4) out[i] = data[at];
    return out;
  }

  /** Set the alpha of a box of whole pixels, without note of what was there. */
  #write({ x, y, w, h }, alpha) {
    const image = new ImageData(w, h);
    const pixels = new Uint32Array(image.data.buffer);
    const [r, g, b] = this.colour;
    const colour = (b << 16) | (g << 8) | r;
    for (let i = 0; i < alpha.length; i += 1) pixels[i] = colour | (alpha[i] << 24);
    this.context.putImageData(image, x - this.rect.x, y - this.rect.y);
  }

  // ------------------------------------------------------------ acts

  begin() {
    this.#before ??= new Map();
  }

  /** Say, before painting, where: keeps the tiles as they are. */
  touch(box) {
    for (const { x, y } of tilesOf(whole(box))) {
      const key = keyOf(x, y);
      if (this.#before.has(key) || !meet({ x, y, w: TILE, h: TILE }, this.rect)) continue;
      this.#before.set(key, { x, y, raw: this.alpha({ x, y, w: TILE, h: TILE }) });
    }
  }

  /** End the act: the tiles as they were, {x, y, raw}. They are not packed yet, so that lifting the pen costs nothing. */
  end() {
    const tiles = [...(this.#before?.values() ?? [])];
    this.#before = null;
    for (const { x, y } of tiles) this.#painted(x, y);
    return tiles;
  }

  /** A tile was painted on: it counts as full until somebody looks. */
  #painted(x, y) {
    this.#packed.delete(keyOf(x, y));
    this.#full.add(keyOf(x, y));
  }

  /** Pack a tile of `end`, and look at what is there now. */
  settle(tile) {
    if (tile.raw) {
      tile.data = pack(tile.raw);
      delete tile.raw;
    }
    this.#now(tile.x, tile.y);
  }

  /** What is in a tile now, packed. */
  #now(x, y) {
    const key = keyOf(x, y);
    let packed = this.#packed.get(key);
    if (packed === undefined) {
      packed = pack(this.alpha({ x, y, w: TILE, h: TILE }));
      this.#packed.set(key, packed);
      if (packed === 0) this.#full.delete(key);
      else this.#full.add(key);
    }
    return packed;
  }

  /** Give the act up: everything as it was. Gives the box that changed back. */
  cancel() {
    let box = null;
    for (const { x, y, raw } of this.#before?.values() ?? []) {
      const tile = { x, y, w: TILE, h: TILE };
      this.#write(tile, raw);
      box = union(box, tile);
    }
    this.#before = null;
    return box;
  }

  /** Put tiles in, and give those that were there instead: undo, and redo of an undo. */
  swap(tiles) {
    const were = [];
    for (const { x, y, data, raw } of tiles) {
      const now = this.#now(x, y);
      were.push({ x, y, data: now });
      if (now === data) continue;
      this.#write({ x, y, w: TILE, h: TILE }, raw ?? unpack(data, TILE * TILE));
      this.#painted(x, y);
      if (!raw) this.#packed.set(keyOf(x, y), data);
      if (data === 0) this.#full.delete(keyOf(x, y));
    }
    return were;
  }

  /** All that is in it, as packed tiles. */
  tiles() {
    return this.#seen().map(({ x, y }) => ({ x, y, data: this.#now(x, y) }));
  }

  /** The tiles that have something in them, looked at. */
  #seen() {
    return [...this.#full].map((key) => {
      const [x, y] = key.split(",").map(Number);
      return { x, y };
    }).filter(({ x, y }) => this.#now(x, y) !== 0);
  }

  /** Set a box's alpha as a part of an act. */
  put(box, alpha) {
    this.touch(box);
    this.#write(box, alpha);
  }

  /** Fill or empty the inside of a path, given in pixels of the picture, as a part of an act. */
  fill(path, box, erase) {
    this.touch(box);
    const { context } = this;
    context.globalCompositeOperation = erase ? "destination-out" : "source-over";
    context.fillStyle = this.paint;
    context.fill(path);
    context.globalCompositeOperation = "source-over";
  }

  #look(box) {
    this.#full.clear();
    this.#packed.clear();
    for (const { x, y } of tilesOf(box)) this.#now(x, y);
  }

  // ------------------------------------------------------------ what it covers

  /** The box around all that is in it, exact; null where it is empty. */
  bounds() {
    let box = null;
    for (const { x, y } of this.#seen()) {
      const alpha = this.alpha({ x, y, w: TILE, h: TILE });
      let [left, top, right, bottom] = [TILE, TILE, -1, -1];
      for (let i = 0; i < alpha.length; i += 1) {
        if (!alpha[i]) continue;
        const [column, row] = [i % TILE, i >> 8];
        if (column < left) left = column;
        if (column > right) right = column;
        if (row < top) top = row;
        bottom = row;
      }
      if (right >= 0) box = union(box, { x: x + left, y: y + top, w: right - left + 1, h: bottom - top + 1 });
    }
    return box;
  }

  /** A canvas of the picture's size: white is changed, black is kept. */
  grey() {
    const out = document.createElement("canvas");
    [out.width, out.height] = [this.rect.w, this.rect.h];
    const context = out.getContext("2d");
    context.drawImage(this.canvas, 0, 0);
    context.globalCompositeOperation = "source-in";
    context.fillStyle = "#fff";
    context.fillRect(0, 0, out.width, out.height);
    context.globalCompositeOperation = "destination-over";
    context.fillStyle = "#000";
    context.fillRect(0, 0, out.width, out.height);
    return out;
  }

  /** {x, y, w, h, data}: 255 wherever the mask is more than nothing, packed; null where it is empty. */
  stencil() {
    const box = this.bounds();
    return box && { ...box, data: pack(this.alpha(box).map((alpha) => (alpha ? 255 : 0))) };
  }
}

/** A stencil as an opaque canvas with holes. */
export function stencilCanvas({ w, h, data }) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [w, h];
  const image = new ImageData(w, h);
  new Uint32Array(image.data.buffer).set(Uint32Array.from(unpack(data, w * h), (alpha) => (alpha ? 0xffffffff : 0)));
  canvas.getContext("2d").putImageData(image, 0, 0);
  return canvas;
}
