// Choosing many: boxes, Shift for a range, a frame drawn with the mouse, and keys.

import { h } from "../dom.js";

const BEGINS = 6; // px that the mouse moves before it is a frame and no click
const EDGE = 60; // px from the view's edge where the page scrolls on

export class Choice {
  /** page: <gallery-page> with `rows`. onchange(n) whenever the choice changes. */
  constructor(page, onchange) {
    this.page = page;
    this.onchange = onchange;
    this.ids = new Set();
    this.anchor = null;
    this.wire();
  }

  get n() { return this.ids.size; }
  get all() { return [...this.ids]; }

  has(id) { return this.ids.has(id); }

  set(id, on) {
    if (on) this.ids.add(id);
    else this.ids.delete(id);
    const node = this.page.rows.byId.get(id)?.node;
    if (node) this.page.mark(node, id);
  }

  /** One tile, or all from the last one to it. */
  pick(id, range, on) {
    const { list, byId } = this.page.rows;
    const from = range && byId.has(this.anchor) ? list.indexOf(byId.get(this.anchor)) : -1;
    const to = list.indexOf(byId.get(id));
    if (from >= 0 && to >= 0) for (const item of list.slice(Math.min(from, to), Math.max(from, to) + 1)) this.set(item.id, on);
    else this.set(id, on);
    if (from < 0) this.anchor = id;
    this.onchange(this.n);
  }

  everything() {
    for (const { id } of this.page.rows.list) this.set(id, true);
    this.onchange(this.n);
  }

  none() {
    for (const id of this.all) this.set(id, false);
    this.anchor = null;
    this.onchange(0);
  }

  /** Those are gone. */
  forget(ids) {
    for (const id of ids) this.ids.delete(id);
    this.onchange(this.n);
  }

  wire() {
    const { body } = this.page;
    body.addEventListener("click", (event) => {
      if (this.framed) { // the click at the end of a frame
        event.preventDefault();
        event.stopPropagation();
      }
      const tile = event.target.closest(".tile");
      if (!tile || this.framed) return;
      const box = event.target.closest(".pick");
      if (box) this.pick(tile.dataset.id, event.shiftKey, box.checked);
      else if (event.target.closest(".stack-of, button")) return;
      else if (event.target.closest("a") && (this.n || event.shiftKey) && !event.ctrlKey && !event.metaKey) {
        event.preventDefault(); // while one chooses, a click chooses
        this.pick(tile.dataset.id, event.shiftKey, event.shiftKey || !this.has(tile.dataset.id));
      }
    }, true);
    body.addEventListener("dragstart", (event) => {
      if (event.target.closest(".tile") && !event.target.closest("[draggable=true]")) event.preventDefault();
    });
    body.addEventListener("pointerdown", (event) => this.press(event));
  }

  press(event) {
    const { rows } = this.page;
    this.framed = false;
    if (event.pointerType !== "mouse" || event.button !== 0 || !rows.place?.contains(event.target)) return;
    if (event.target.closest("button, input, .stack-of") || event.target.closest("[draggable=true]")) return;
    const begin = { x: event.clientX, y: event.clientY + scrollY };
    const before = event.ctrlKey || event.metaKey || event.shiftKey ? new Set(this.ids) : new Set();
    let frame = null;
    let last = event;
    let timer = 0;
    const draw = () => {
      const origin = rows.place.getBoundingClientRect();
      const box = {
        left: Math.min(begin.x, last.clientX) - origin.left,
        top: Math.min(begin.y, last.clientY + scrollY) - origin.top - scrollY,
        width: Math.abs(last.clientX - begin.x),
        height: Math.abs(last.clientY + scrollY - begin.y),
      };
      Object.assign(frame.style, { left: `${box.left}px`, top: `${box.top}px`, width: `${box.width}px`, height: `${box.height}px` });
      const met = new Set([...before, ...rows.meeting(box).map((item) => item.id)]);
      for (const id of this.all) if (!met.has(id)) this.set(id, false);
      for (const id of met) if (!this.ids.has(id)) this.set(id, true);
      this.onchange(this.n);
    };
    const scroll = () => {
      const by = last.clientY > innerHeight - EDGE ? 16 : last.clientY < EDGE + 56 ? -16 : 0;
      if (by) {
        scrollBy(0, by);
        draw();
      }
      timer = requestAnimationFrame(scroll);
    };
    const move = (now) => {
      last = now;
      if (!frame) {
        if (Math.hypot(now.clientX - begin.x, now.clientY + scrollY - begin.y) < BEGINS) return;
        frame = h("div", { class: "band", "aria-hidden": "true" });
        rows.place.append(frame);
        this.framed = true;
        timer = requestAnimationFrame(scroll);
      }
      now.preventDefault();
      draw();
    };
    const end = () => {
      removeEventListener("pointermove", move);
      removeEventListener("pointerup", end);
      removeEventListener("pointercancel", end);
      cancelAnimationFrame(timer);
      frame?.remove();
      setTimeout(() => { this.framed = false; }, 0);
    };
    addEventListener("pointermove", move);
    addEventListener("pointerup", end);
    addEventListener("pointercancel", end);
  }
}
