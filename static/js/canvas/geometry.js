// Boxes {x, y, w, h} in pixels of the picture, and the viewport that shows them.

export const boxOf = (x0, y0, x1, y1) => ({ x: Math.min(x0, x1), y: Math.min(y0, y1), w: Math.abs(x1 - x0), h: Math.abs(y1 - y0) });

/** The box around both; null counts as nothing. */
export function union(a, b) {
  if (!a || !b) return a ?? b;
  const x = Math.min(a.x, b.x);
  const y = Math.min(a.y, b.y);
  return { x, y, w: Math.max(a.x + a.w, b.x + b.w) - x, h: Math.max(a.y + a.h, b.y + b.h) - y };
}

/** What both have in common, or null. */
export function meet(a, b) {
  const x = Math.max(a.x, b.x);
  const y = Math.max(a.y, b.y);
  const w = Math.min(a.x + a.w, b.x + b.w) - x;
  const h = Math.min(a.y + a.h, b.y + b.h) - y;
  return w > 0 && h > 0 ? { x, y, w, h } : null;
}

/** The box with n pixels more on each side. */
export const padded = (box, n) => ({ x: box.x - n, y: box.y - n, w: box.w + 2 * n, h: box.h + 2 * n });

/** The smallest box of whole pixels around it. */
export function whole(box) {
  const x = Math.floor(box.x);
  const y = Math.floor(box.y);
  return { x, y, w: Math.ceil(box.x + box.w) - x, h: Math.ceil(box.y + box.h) - y };
}

export const NONE = Object.freeze({ left: 0, top: 0, right: 0, bottom: 0 });

/** The box with {left, top, right, bottom} pixels added. */
export const expanded = (box, by) => ({ x: box.x - by.left, y: box.y - by.top, w: box.w + by.left + by.right, h: box.h + by.top + by.bottom });

export const expands = (by) => by.left + by.top + by.right + by.bottom > 0;

export const same = (a, b) => a.x === b.x && a.y === b.y && a.w === b.w && a.h === b.h;

const SMALLEST = 0.02;
const LARGEST = 32;

/** Where the picture lies in the view: `scale` pixels of the view for one of the picture, its 0,0 at (x, y). */
export class Viewport {
  width = 1;
  height = 1;
  scale = 1;
  x = 0;
  y = 0;
  fitted = true; // until the person zooms or pans, a change of the view's size fits again

  toPicture(vx, vy) {
    return { x: (vx - this.x) / this.scale, y: (vy - this.y) / this.scale };
  }

  toView({ x, y, w, h }) {
    return { x: x * this.scale + this.x, y: y * this.scale + this.y, w: w * this.scale, h: h * this.scale };
  }

  pan(dx, dy) {
    this.x += dx;
    this.y += dy;
    this.fitted = false;
  }

  /** Zoom so that what lies under (vx, vy) stays there. */
  zoomTo(scale, vx = this.width / 2, vy = this.height / 2) {
    const to = Math.min(LARGEST, Math.max(SMALLEST, scale));
    const at = this.toPicture(vx, vy);
    this.scale = to;
    this.x = vx - at.x * to;
    this.y = vy - at.y * to;
    this.fitted = false;
  }

  fit(box, margin = 24) {
    const room = Math.min((this.width - 2 * margin) / box.w, (this.height - 2 * margin) / box.h);
    this.scale = Math.min(LARGEST, Math.max(SMALLEST, room));
    this.x = (this.width - box.w * this.scale) / 2 - box.x * this.scale;
    this.y = (this.height - box.h * this.scale) / 2 - box.y * this.scale;
    this.fitted = true;
  }
}
