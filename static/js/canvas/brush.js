// A stroke of the brush or eraser: dabs of one tip along the way of the pointer.

import { padded, union } from "./geometry.js";

const SPACING = 0.08; // of the size; closer dabs show no edges
const SOFT_STOPS = 8;
const LIGHTEST = 0.15; // share of the size that a pen leaves which hardly touches

let made = { key: "", canvas: null };

/** The tip: a disc, solid up to `hardness` of its radius, then falling off smoothly. */
function tipOf(size, hardness, paint) {
  const key = `${size} ${hardness} ${paint}`;
  if (made.key === key) return made.canvas;
  const canvas = document.createElement("canvas");
  const side = Math.ceil(size) + 2;
  canvas.width = canvas.height = side;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const radius = size / 2;
  const edge = Math.max(radius - 0.5, 0) / (radius + 0.5);
  const solid = Math.min(hardness, edge) * 0.999;
  const gradient = context.createRadialGradient(side / 2, side / 2, 0, side / 2, side / 2, radius + 0.5);
  const colour = (alpha) => paint.replace(")", ` / ${alpha})`);
  gradient.addColorStop(0, colour(1));
  for (let i = 0; i <= SOFT_STOPS; i += 1) {
    const t = i / SOFT_STOPS;
    gradient.addColorStop(solid + (1 - solid) * t, colour(1 - t * t * (3 - 2 * t)));
  }
  context.fillStyle = gradient;
  context.fillRect(0, 0, side, side);
  made = { key, canvas };
  return canvas;
}

export class Stroke {
  #last = null;
  #left = 0; // way to go until the next dab

  /** size in pixels of the picture, hardness 0 to 1. */
  constructor(mask, { size, hardness, erase }) {
    this.mask = mask;
    this.size = size;
    this.erase = erase;
    this.tip = tipOf(size, hardness, mask.paint);
    this.spacing = Math.max(0.5, size * SPACING);
    mask.begin();
  }

  /** Go on to these points {x, y, pressure 0 to 1}; gives the box that was painted. */
  to(points) {
    const dabs = [];
    for (const point of points) {
      const from = this.#last ?? point;
      const far = Math.hypot(point.x - from.x, point.y - from.y);
      if (!this.#last) {
        dabs.push(point);
        this.#left = this.spacing;
      }
      let at = this.#left;
      for (; at <= far; at += this.spacing) {
        const t = at / far;
        dabs.push({ x: from.x + (point.x - from.x) * t, y: from.y + (point.y - from.y) * t, pressure: from.pressure + (point.pressure - from.pressure) * t });
      }
      this.#left = at - far;
      this.#last = point;
    }
    let painted = null;
    for (const { x, y } of dabs) painted = union(painted, { x, y, w: 0, h: 0 });
    if (!painted) return null;
    painted = padded(painted, this.size / 2 + 2);
    this.mask.touch(painted);
    const { context } = this.mask;
    context.globalCompositeOperation = this.erase ? "destination-out" : "source-over";
    const side = this.tip.width;
    for (const { x, y, pressure } of dabs) {
      const wide = side * (LIGHTEST + (1 - LIGHTEST) * pressure);
      context.drawImage(this.tip, x - wide / 2, y - wide / 2, wide, wide);
    }
    context.globalCompositeOperation = "source-over";
    return painted;
  }
}
