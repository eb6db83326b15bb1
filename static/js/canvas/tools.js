// What a pointer does in the view, by tool. A tool: begin(point, view), move(points, view), end(), cancel(); all in pixels of
// the picture, `view` in those of the view. `cursor` is its class in the view.

import { boxOf, expanded, padded } from "./geometry.js";
import { Stroke } from "./brush.js";
import { changed, resized, withLayers } from "./layers.js";
import { pick } from "./wand.js";

const NEAR = 2; // pixels of the view: a shorter drag is a press
const NEAR_EDGE = 24;
const NEAR_CORNER = 18;

class Brush {
  cursor = "paints";

  constructor(page, erase) {
    this.page = page;
    this.erase = erase;
  }

  begin(point, { turned }) {
    const { work, options } = this.page;
    this.pen = options.pressure;
    this.stroke = new Stroke(work.mask, { ...options, erase: this.erase !== turned });
    this.move([point]);
  }

  move(points) {
    const box = this.stroke.to(points.map((point) => ({ ...point, pressure: this.pen ? point.pressure : 1 })));
    if (box) this.page.painter.maskIn(box);
  }

  end() {
    this.stroke = null;
    this.page.work.painted();
  }

  cancel() {
    this.stroke = null;
    this.page.painter.maskIn(this.page.work.mask.cancel());
  }
}

/** Tools that draw an outline and fill it: lasso and rectangle. */
class Outline {
  cursor = "crosses";

  constructor(page) {
    this.page = page;
  }

  begin(point, { turned }) {
    this.turned = turned;
    this.points = [point];
  }

  end() {
    const { page } = this;
    page.outline(null);
    const box = boxOf(Math.min(...this.points.map((p) => p.x)), Math.min(...this.points.map((p) => p.y)), Math.max(...this.points.map((p) => p.x)), Math.max(...this.points.map((p) => p.y)));
    if (Math.max(box.w, box.h) * page.viewport.scale < NEAR) return;
    fillPath(page, this.corners, this.erases);
  }

  get erases() {
    return this.turned !== this.page.options.takesAway;
  }

  cancel() {
    this.page.outline(null);
  }
}

/** Fill (or empty) the inside of these corners, as one act. */
export function fillPath(page, corners, erase) {
  const { work, painter } = page;
  page.showMask();
  const path = new Path2D(`M${corners.map(({ x, y }) => `${x} ${y}`).join("L")}Z`);
  const [xs, ys] = [corners.map(({ x }) => x), corners.map(({ y }) => y)];
  const box = padded(boxOf(Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)), 1);
  work.mask.begin();
  work.mask.fill(path, box, erase);
  painter.maskIn(box);
  work.painted();
}

class Lasso extends Outline {
  move(points) {
    this.points.push(...points);
    this.page.outline(this.points);
  }

  get corners() {
    return this.points;
  }
}

class Rectangle extends Outline {
  move(points, { square }) {
    const [from] = this.points;
    let to = points.at(-1);
    if (square) {
      const side = Math.max(Math.abs(to.x - from.x), Math.abs(to.y - from.y));
      to = { x: from.x + side * Math.sign(to.x - from.x), y: from.y + side * Math.sign(to.y - from.y) };
    }
    this.points = [from, to];
    this.page.outline(this.corners);
  }

  get corners() {
    const [from, to = from] = this.points;
    const [x0, y0, x1, y1] = [from.x, from.y, to.x, to.y].map(Math.round);
    return [{ x: x0, y: y0 }, { x: x1, y: y0 }, { x: x1, y: y1 }, { x: x0, y: y1 }];
  }
}

/** Takes in, at a press, what is coloured like the place that was pressed. */
class Wand {
  cursor = "crosses";
  presses = true;

  constructor(page) {
    this.page = page;
  }

  begin(point, { turned }) {
    this.point = point;
    this.erase = turned !== this.page.options.takesAway;
  }

  move() {}

  cancel() {}

  end() {
    const { page, point } = this;
    const { work, options } = page;
    const { rect } = work.state;
    const at = { x: Math.floor(point.x - rect.x), y: Math.floor(point.y - rect.y) };
    if (at.x < 0 || at.y < 0 || at.x >= rect.w || at.y >= rect.h) return;
    page.showMask();
    const { flat } = work;
    if (this.read?.of !== flat) this.read = { of: flat, pixels: flat.getContext("2d").getImageData(0, 0, rect.w, rect.h) };
    work.combine(pick(this.read.pixels, at, options), this.erase);
  }
}

/** Draws the frame beyond the picture; what it takes in is painted by the next job. */
class Frame {
  cursor = "frames";

  constructor(page) {
    this.page = page;
  }

  begin(point, { view }) {
    const { work, viewport } = this.page;
    const box = viewport.toView(expanded(work.state.rect, work.state.expand));
    // On an edge, or beyond it, counts for that edge; a corner is two.
    this.left = view.x < box.x + NEAR_EDGE;
    this.right = !this.left && view.x > box.x + box.w - NEAR_EDGE;
    this.top = view.y < box.y + NEAR_EDGE;
    this.bottom = !this.top && view.y > box.y + box.h - NEAR_EDGE;
    this.from = point;
    this.before = work.state.expand;
  }

  move(points) {
    const to = points.at(-1);
    const [dx, dy] = [to.x - this.from.x, to.y - this.from.y];
    const { left, top, right, bottom } = this.before;
    this.page.expand({
      left: this.left ? left - dx : left,
      right: this.right ? right + dx : right,
      top: this.top ? top - dy : top,
      bottom: this.bottom ? bottom + dy : bottom,
    });
  }

  end() {
    this.page.expanded();
  }

  cancel() {
    this.page.expand(this.before);
    this.page.work.settle();
  }
}

/** The corner of a box that is near a point, {right, bottom}, or null. In pixels of the view. */
function cornerAt({ x, y }, box) {
  const near = Math.min(NEAR_CORNER, Math.max(box.w, box.h) / 3);
  for (const right of [true, false]) {
    for (const bottom of [true, false]) {
      const [cx, cy] = [right ? box.x + box.w : box.x, bottom ? box.y + box.h : box.y];
      if (Math.max(Math.abs(x - cx), Math.abs(y - cy)) <= near) return { right, bottom };
    }
  }
  return null;
}

/** Moves the layer that is chosen; from a corner, makes it larger or smaller. */
class Move {
  cursor = "moves";

  constructor(page) {
    this.page = page;
  }

  begin(point, { view }) {
    this.layer = this.page.layer;
    this.from = point;
    this.corner = this.layer && cornerAt(view, this.page.viewport.toView(this.layer));
  }

  move(points) {
    const { layer, corner, from, page } = this;
    if (!layer) return;
    const to = points.at(-1);
    const [dx, dy] = [to.x - from.x, to.y - from.y];
    if (!corner) this.place({ x: Math.round(layer.x + dx), y: Math.round(layer.y + dy) });
    else {
      const [wide, high] = [layer.w + (corner.right ? dx : -dx), layer.h + (corner.bottom ? dy : -dy)];
      const w = Math.max(wide, (high * layer.w) / layer.h);
      this.place(resized(layer, Math.min(w, page.widestLayer(layer)), corner));
    }
  }

  place(box) {
    const { work } = this.page;
    work.try(withLayers(work.state, (layers) => changed(layers, this.layer.id, box)));
  }

  end() {
    this.page.work.settle();
  }

  cancel() {
    const { layer } = this;
    if (layer) this.place({ x: layer.x, y: layer.y, w: layer.w, h: layer.h });
    this.page.work.settle();
  }
}

/** Pans; the gestures do it. */
class Hand {
  cursor = "grabs";
  pans = true;
}

/** The tools by name; page: the <canvas-page> that they work on. */
export const toolsOf = (page) => ({
  brush: new Brush(page, false),
  eraser: new Brush(page, true),
  lasso: new Lasso(page),
  rectangle: new Rectangle(page),
  wand: new Wand(page),
  frame: new Frame(page),
  move: new Move(page),
  hand: new Hand(),
});
