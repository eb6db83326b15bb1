// <compare-page>: two to four assets; pictures zoom and move as one, blink or part at a slider; films and sounds play as one.

import { vars } from "./dom.js";
import { Blink } from "./compare/blink.js";
import { playTogether } from "./compare/together.js";
import { Viewport } from "./compare/viewport.js";

const PIXELS = 3; // from here a picture's pixels are shown as they are
const ZOOM = 1.4;

class ComparePage extends HTMLElement {
  connectedCallback() {
    this.panes = this.querySelector(".panes");
    this.acts = {};
    if (this.dataset.kind === "pictures") this.wirePictures();
    if (this.dataset.kind === "texts") this.wireTexts();
    const play = this.querySelector('[data-do="play"]') ? playTogether(this) : null;
    this.addEventListener("click", ({ target }) => {
      const way = target.closest("[data-way]");
      if (way) this.go(way.dataset.way);
      this.acts[target.closest("[data-do]")?.dataset.do]?.();
    });
    document.addEventListener("keydown", (event) => this.key(event, play));
    this.go(this.dataset.view, { fresh: true });
  }

  key(event, play) {
    if (event.target.closest("input:not([type=range]), textarea, select") || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    const way = [...this.querySelectorAll("[data-way]")].find((each) => each.getAttribute("aria-keyshortcuts") === event.key.toLowerCase());
    const act = { 0: "fit", 1: "full", "+": "in", "=": "in", "-": "out" }[event.key];
    if (way?.dataset.way === "blink" && this.dataset.view === "blink") this.blink.press();
    else if (way) this.go(way.dataset.way);
    else if (act && this.acts[act]) this.acts[act]();
    else if (event.key === " " && play && !event.target.closest("button, a")) play();
    else if (!event.target.closest("input") && this.viewport?.key(event.key)) { /* moved */ } else return;
    event.preventDefault();
  }

  /** Show it another way; the address keeps it. */
  go(way, { fresh = false } = {}) {
    this.dataset.view = way;
    for (const each of this.querySelectorAll("[data-way]")) each.setAttribute("aria-pressed", String(each.dataset.way === way));
    if (way === "blink") this.blink?.start();
    else this.blink?.stop();
    for (const link of [null, ...this.querySelectorAll("[data-keeps-way]")]) {
      const address = new URL(link ? link.href : location.href);
      address.searchParams.set("view", way);
      if (link) link.href = address;
      else if (!fresh) history.replaceState(null, "", address);
    }
    this.tell();
  }

  wirePictures() {
    this.first = this.panes.querySelector("img.work");
    this.blink = new Blink(this);
    this.viewport = new Viewport(this.panes, () => this.tell());
    this.acts = {
      fit: () => this.viewport.fit(),
      full: () => this.viewport.zoom(this.viewport.scale / this.shownAs),
      in: () => this.viewport.zoom(this.viewport.scale * ZOOM),
      out: () => this.viewport.zoom(this.viewport.scale / ZOOM),
      blink: () => this.blink.press(),
    };
    const between = this.querySelector(".between");
    if (between) this.wireEdge(between);
    new ResizeObserver(() => this.tell()).observe(this.panes);
    this.first.addEventListener("load", () => this.tell());
  }

  wireEdge(between) {
    const edge = between.querySelector("input");
    const handle = between.querySelector(".handle");
    const set = (at) => {
      edge.value = at;
      vars(this.panes, { at });
    };
    edge.addEventListener("input", () => set(edge.value));
    handle.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      edge.focus({ focusVisible: false });
      handle.setPointerCapture(event.pointerId);
    });
    handle.addEventListener("pointermove", (event) => {
      if (!handle.hasPointerCapture(event.pointerId)) return;
      const box = between.getBoundingClientRect();
      set(Math.min(100, Math.max(0, (100 * (event.clientX - box.left)) / box.width)));
    });
  }

  /** How many pixels of the screen one pixel of the first picture takes. */
  get shownAs() {
    const { naturalWidth: w, naturalHeight: h } = this.first;
    const box = this.first.closest(".frame").getBoundingClientRect();
    return w && box.width ? Math.min(box.width / w, box.height / h) * this.viewport.scale : 1;
  }

  tell() {
    if (!this.viewport) return;
    const shown = this.shownAs;
    this.querySelector("[data-zoom]").textContent = `${Math.round(shown * 100)} %`;
    this.toggleAttribute("data-pixels", shown >= PIXELS);
  }

  /** Texts beside one another scroll by the same share of their length. */
  wireTexts() {
    const sheets = [...this.panes.querySelectorAll(".sheet")];
    let leads = null;
    for (const sheet of sheets) {
      sheet.addEventListener("scroll", () => {
        if (leads && leads !== sheet) return;
        leads = sheet;
        const share = sheet.scrollTop / Math.max(1, sheet.scrollHeight - sheet.clientHeight);
        for (const other of sheets) if (other !== sheet) other.scrollTop = share * (other.scrollHeight - other.clientHeight);
        requestAnimationFrame(() => requestAnimationFrame(() => { leads = null; }));
      }, { passive: true });
    }
  }
}

customElements.define("compare-page", ComparePage);
