// Pointers in the view: mouse, pen and fingers become what the tool does, panning and zooming.
//
// An event only notes where the pointer was; the tool acts once a frame on all that was noted, so that a quick pen
// loses no point and costs no more.

const WHEEL = 0.0016; // zoom for a pixel of the wheel
const PINCH = 0.01; // and where a trackpad says that two fingers pinch
const LINE = 16; // pixels of a wheel that counts in lines

export class Gestures {
  #fingers = new Map();
  #noted = [];
  #asked = 0;
  #acting = null; // {id, pen, touches, tool, pans, at}
  spaceHeld = false;

  /** view: the element; page: <canvas-page> with viewport, tool, painter. */
  constructor(view, page) {
    this.view = view;
    this.page = page;
    for (const kind of ["pointerdown", "pointermove", "pointerup", "pointercancel", "pointerleave", "mousedown", "wheel", "contextmenu"]) {
      view.addEventListener(kind, (event) => this[kind](event), { passive: false });
    }
  }

  get busy() {
    return this.#acting !== null;
  }

  #place({ clientX, clientY }) {
    const box = this.view.getBoundingClientRect();
    return { x: clientX - box.left, y: clientY - box.top };
  }

  #point(event) {
    const { x, y } = this.#place(event);
    return { ...this.page.viewport.toPicture(x, y), pressure: event.pointerType === "pen" ? event.pressure : 1, view: { x, y } };
  }

  /** The middle button pans; the browser's own scrolling by it stays away. */
  mousedown(event) {
    if (event.button === 1) event.preventDefault();
  }

  contextmenu(event) {
    event.preventDefault();
  }

  pointerdown(event) {
    if (event.target.closest("button, input")) return;
    if (event.pointerType === "pen") { // a hand that rests beside the pen neither paints nor zooms
      if (this.#acting?.touches) this.#giveUp();
      this.#fingers.clear();
    } else if (event.pointerType === "touch") {
      if (this.#acting?.pen) return;
      this.#fingers.set(event.pointerId, this.#place(event));
      if (this.#fingers.size === 2) {
        this.#giveUp();
        this.#pinch = this.#span();
        return;
      }
      if (this.#fingers.size > 2) return;
    }
    if (this.#acting || event.button === 2) return;
    this.view.setPointerCapture(event.pointerId);
    const { tool } = this.page;
    const pans = event.button === 1 || this.spaceHeld || tool.pans;
    const { pointerType } = event;
    this.#acting = { id: event.pointerId, pen: pointerType === "pen", touches: pointerType === "touch", pans, tool, at: this.#place(event) };
    if (pans) {
      this.view.dataset.grabbed = "";
      return;
    }
    this.page.showMask(); // whoever paints sees it
    const point = this.#point(event);
    tool.begin(point, { view: point.view, turned: event.altKey || (event.buttons & 32) !== 0 });
  }

  pointermove(event) {
    if (this.#fingers.has(event.pointerId)) this.#fingers.set(event.pointerId, this.#place(event));
    if (this.#fingers.size >= 2) {
      this.#noted.push({ pinch: true });
    } else if (this.#acting?.id === event.pointerId && !this.#acting.pans) {
      const all = event.getCoalescedEvents?.() ?? [];
      for (const each of all.length ? all : [event]) this.#noted.push({ point: this.#point(each), square: event.shiftKey });
    } else if (!this.#acting || this.#acting.id === event.pointerId) this.#noted.push({ at: this.#place(event) });
    else return;
    this.#asked ||= requestAnimationFrame(() => this.#act());
  }

  /** What was noted since the last frame. */
  #act() {
    cancelAnimationFrame(this.#asked);
    this.#asked = 0;
    const noted = this.#noted;
    this.#noted = [];
    if (!noted.length) return;
    const last = noted.at(-1);
    const acting = this.#acting;
    if (this.#fingers.size >= 2) {
      this.#zoomPinch();
      return;
    }
    const points = noted.filter((each) => each.point).map((each) => each.point);
    if (acting && !acting.pans && points.length) acting.tool.move(points, { square: last.square });
    else if (acting?.pans && last.at) {
      this.page.viewport.pan(last.at.x - acting.at.x, last.at.y - acting.at.y);
      acting.at = last.at;
      this.page.viewChanged({ moving: true });
    }
    const at = points.length ? points.at(-1).view : last.at;
    if (at) this.page.hover(at);
  }

  pointerup(event) {
    this.#fingers.delete(event.pointerId);
    if (this.#acting?.id !== event.pointerId) return;
    this.#act();
    const { tool, pans } = this.#acting;
    this.#acting = null;
    delete this.view.dataset.grabbed;
    if (!pans) tool.end();
  }

  pointercancel(event) {
    this.#fingers.delete(event.pointerId);
    if (this.#acting?.id === event.pointerId) this.#giveUp();
  }

  pointerleave() {
    if (!this.#acting) this.page.hover(null);
  }

  /** What was begun is undone: a second finger came, or Escape. */
  #giveUp() {
    const acting = this.#acting;
    this.#acting = null;
    this.#noted = [];
    delete this.view.dataset.grabbed;
    if (acting && !acting.pans) acting.tool.cancel();
  }

  cancel() {
    if (!this.#acting) return false;
    this.#giveUp();
    return true;
  }

  // ------------------------------------------------------------ zoom

  #pinch = null;

  #span() {
    const [a, b] = [...this.#fingers.values()];
    return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, far: Math.hypot(a.x - b.x, a.y - b.y) };
  }

  #zoomPinch() {
    const now = this.#span();
    const { viewport } = this.page;
    viewport.pan(now.x - this.#pinch.x, now.y - this.#pinch.y);
    if (this.#pinch.far > 0) viewport.zoomTo(viewport.scale * (now.far / this.#pinch.far), now.x, now.y);
    this.#pinch = now;
    this.page.viewChanged({ moving: true });
  }

  wheel(event) {
    event.preventDefault();
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? 1 : LINE;
    const { viewport } = this.page;
    const { x, y } = this.#place(event);
    if (!event.ctrlKey && (event.shiftKey || event.deltaX)) {
      const [dx, dy] = event.shiftKey && !event.deltaX ? [event.deltaY, 0] : [event.deltaX, event.deltaY];
      viewport.pan(-dx * unit, -dy * unit);
    } else viewport.zoomTo(viewport.scale * Math.exp(-event.deltaY * unit * (event.ctrlKey ? PINCH : WHEEL)), x, y);
    this.page.viewChanged({ moving: true });
  }
}
