// Zooming and moving the picture of a review: wheel, two fingers, keys, a bar of buttons; one pointer alone pins, unless
// the hand is on, Space is held down or the middle button is used.
//
//   const zoom = new Zoom(element); zoom.begin({ frame, sheet, picture, asset }) for each picture; zoom.bar stands beside it

import { h, icon } from "../dom.js";
import { say } from "../words.js";
import { Viewport } from "../compare/viewport.js";

const STEP = 1.4;
const MIDDLE = 4; // among the buttons of a pointer that are held down

export class Zoom {
  constructor(element) {
    this.element = element;
    this.viewport = new Viewport(element, () => this.tell(), { alone: (event) => this.moves(event), twice: false });
    const button = (act, name, key, look) => h("button", {
      type: "button", class: "btn bare only small", dataset: { do: act }, "aria-label": say(name), title: `${say(name)} (${key.toUpperCase()})`, "aria-keyshortcuts": key,
    }, icon(look, "small"));
    this.shown = h("span", {});
    this.hand = button("hand", "hand", "h", "hand");
    this.hand.setAttribute("aria-pressed", "false");
    this.bar = h("div", { class: "zoombar", role: "toolbar", "aria-label": say("zoom") },
      this.hand, button("zoomOut", "zoom_out", "-", "minus"),
      h("button", { type: "button", class: "btn bare small", dataset: { do: "zoomFull" }, title: `${say("zoom_full")} (1)`, "aria-keyshortcuts": "1" },
        h("span", { class: "vh" }, `${say("zoom_full")}, `), this.shown),
      button("zoomIn", "zoom_in", "+", "plus"), button("zoomFit", "zoom_fit", "0", "expand"));
    new ResizeObserver(() => this.tell()).observe(element);
    document.addEventListener("keydown", (event) => {
      if (event.key !== " " || event.target.closest("button, a, input, textarea, select, audio, video, summary")) return;
      event.preventDefault();
      this.holdSpace(true);
    });
    document.addEventListener("keyup", (event) => { if (event.key === " ") this.holdSpace(false); });
    addEventListener("blur", () => this.holdSpace(false));
  }

  /** frame: the place that the whole picture fits into; sheet: what grows and moves; picture: its <img>. */
  begin({ frame, sheet, picture, asset }) {
    Object.assign(this, { sheet, asset });
    frame.addEventListener("mousedown", (event) => { if (event.button === 1) event.preventDefault(); }); // no scrolling by itself
    picture.addEventListener("load", () => this.tell());
    this.viewport.fit();
  }

  /** Whether this pointer moves the picture instead of choosing a place. */
  moves(event) {
    return this.spaced || this.pressed || event.button === 1 || Boolean(event.buttons & MIDDLE);
  }

  get pressed() { return this.hand.getAttribute("aria-pressed") === "true"; }

  holdSpace(on) {
    this.spaced = on;
    this.grab();
  }

  toggle() {
    this.hand.setAttribute("aria-pressed", String(!this.pressed));
    this.grab();
  }

  grab() { this.element.toggleAttribute("data-hand", Boolean(this.spaced || this.pressed)); }

  in() { this.viewport.zoom(this.viewport.scale * STEP); }
  out() { this.viewport.zoom(this.viewport.scale / STEP); }
  fit() { this.viewport.fit(); }
  full() { this.viewport.zoom(this.viewport.scale / this.ratio); }

  /** Pixels of the screen that one pixel of the picture takes. */
  get ratio() {
    const { width } = this.sheet.getBoundingClientRect();
    return width && this.asset.width ? width / this.asset.width : 1;
  }

  tell() {
    if (!this.sheet?.isConnected) return;
    const words = `${Math.round(this.ratio * 100)} %`;
    if (this.shown.textContent !== words) this.shown.textContent = words;
    this.sharpen();
  }

  /** The files themselves (data-full), once their renditions have too few pixels for what is shown. */
  sharpen() {
    const shown = this.sheet.getBoundingClientRect().width * devicePixelRatio;
    for (const picture of this.sheet.querySelectorAll("img[data-full]")) {
      if (!picture.naturalWidth || shown <= picture.naturalWidth) continue;
      const { full } = picture.dataset;
      delete picture.dataset.full;
      const whole = new Image();
      whole.src = full;
      whole.decode().then(() => { picture.src = full; }, () => {}); // not where this browser does not show such files
    }
  }
}
