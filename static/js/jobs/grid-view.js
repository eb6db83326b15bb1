// The viewport that all cells share: the wheel zooms with Ctrl alone, so that the page still scrolls; a drag moves once zoomed.

import { Viewport } from "../compare/viewport.js";

export const STEP = 1.4;
const MOST = 16;
const BEGINS = 6; // px that the pointer moves before it is no click

export class GridView extends Viewport {
  /** Whether the last press moved the pictures: then its click is none. */
  moved = false;

  constructor(panes, onchange) {
    super(panes, onchange, { alone: () => this.scale > 1, twice: false });
  }

  zoom(scale, x, y) { super.zoom(Math.min(MOST, scale), x, y); }

  wheel(event) { if (event.ctrlKey || event.metaKey) super.wheel(event); }

  pointerdown(event) {
    this.moved = false;
    this.from = { x: event.clientX, y: event.clientY };
    if (this.scale > 1 && !event.target.closest(".opens")) super.pointerdown(event);
  }

  pointermove(event) {
    if (this.scale > 1 && event.buttons && this.from) this.moved ||= Math.hypot(event.clientX - this.from.x, event.clientY - this.from.y) > BEGINS;
    super.pointermove(event);
  }
}
