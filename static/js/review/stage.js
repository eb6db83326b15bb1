// The work of a review: a picture with pins, a region or a drawn line; a player; a text. Says where somebody points.
//
//   const stage = new Stage(element, {onpin});   onpin(pin): places as studio/review/pins.py has them
//   await stage.show(asset); stage.earlier(asset | null); stage.pins([{id, number, pin, done}]); stage.mark(pin)

import { h, vars } from "../dom.js";
import { say } from "../words.js";
import { Zoom } from "./zoom.js";
import { linesOf, toPoints, toUnits } from "../text/offsets.js";

const STILL = 6; // px that a click may wander
const BLINK_MS = 700;
const BLANKS = 20; // lines without words that an arrow key passes over at once
const calmly = matchMedia("(prefers-reduced-motion: reduce)");

const round = (value) => Math.round(value * 10_000) / 10_000;
const inside = (value) => round(Math.min(1, Math.max(0, value)));

export class Stage {
  constructor(element, { onpin }) {
    this.element = element;
    this.onpin = onpin;
  }

  async show(asset) {
    this.asset = asset;
    this.before = null;
    this.shownPins = [];
    this.marked = this.words = null;
    clearInterval(this.blinking);
    if (asset.medium === "image") this.showPicture();
    else if (asset.medium === "text") await this.showText();
    else this.showPlayer();
  }

  showPicture() {
    const { asset } = this;
    const picture = h("img", { src: asset.urls.preview ?? asset.urls.content, alt: asset.title || "", draggable: "false", dataset: { full: asset.urls.content } });
    this.layer = h("div", { class: "pins" });
    this.sheet = h("div", { class: "sheet" }, picture, this.layer);
    this.frame = h("div", {
      class: "versus frame", tabindex: "0", role: "application", "aria-label": `${asset.title || ""} ${say("place_hint")} ${say("zoom_hint")}`, dataset: { keys: "" },
    }, this.sheet);
    vars(this.frame, { w: asset.width, h: asset.height, cut: 50 });
    this.zoom ??= new Zoom(this.element);
    this.element.replaceChildren(this.frame, this.zoom.bar);
    this.zoom.begin({ frame: this.frame, sheet: this.sheet, picture, asset });
    this.wirePicture();
  }

  wirePicture() {
    const { frame } = this;
    let from = null;
    let drawn = null;
    const place = (event) => {
      const box = (this.sheet ?? frame).getBoundingClientRect();
      return [inside((event.clientX - box.left) / box.width), inside((event.clientY - box.top) / box.height)];
    };
    const boxOf = ([x0, y0], [x1, y1]) => ({
      kind: "box", x: Math.min(x0, x1), y: Math.min(y0, y1), width: round(Math.abs(x1 - x0)), height: round(Math.abs(y1 - y0)),
    });
    const drop = () => { from = drawn = null; this.mark(null); };
    frame.addEventListener("pointerdown", (event) => {
      if (from && !event.isPrimary) drop(); // a second finger: they zoom and move
      if (event.button || !event.isPrimary || event.target.closest("button, input") || this.zoom?.moves(event)) return;
      from = { at: place(event), x: event.clientX, y: event.clientY };
      drawn = event.altKey ? [from.at] : null;
      frame.setPointerCapture(event.pointerId);
    });
    frame.addEventListener("pointermove", (event) => {
      if (!from || !event.isPrimary) return;
      if (drawn) drawn.push(place(event));
      if (drawn) this.mark({ kind: "line", points: drawn });
      else if (Math.hypot(event.clientX - from.x, event.clientY - from.y) > STILL) this.mark(boxOf(from.at, place(event)));
    });
    frame.addEventListener("pointerup", (event) => {
      if (!from || !event.isPrimary) return;
      const far = Math.hypot(event.clientX - from.x, event.clientY - from.y) > STILL;
      const to = place(event);
      const [x, y] = from.at;
      let pin = { kind: "point", x, y };
      if (drawn?.length > 1) {
        const every = Math.ceil(drawn.length / 200);
        pin = { kind: "line", points: drawn.filter((_point, at) => at % every === 0 || at === drawn.length - 1) };
      } else if (far) {
        const box = boxOf(from.at, to);
        if (box.width > 0 && box.height > 0) pin = box;
      }
      from = drawn = null;
      this.mark(pin);
      this.onpin(pin);
    });
    frame.addEventListener("pointercancel", () => { if (from) drop(); });
    frame.addEventListener("keydown", (event) => {
      const move = { ArrowLeft: [-0.02, 0], ArrowRight: [0.02, 0], ArrowUp: [0, -0.02], ArrowDown: [0, 0.02] }[event.key];
      if (event.target !== frame) return;
      if (move && !event.ctrlKey && !(event.shiftKey && this.zoom)) {
        event.preventDefault();
        event.stopPropagation();
        const near = this.zoom?.viewport ?? { scale: 1, x: 0, y: 0 };
        const centre = { x: (0.5 - near.x) / near.scale, y: (0.5 - near.y) / near.scale };
        const { x, y } = this.marked?.kind === "point" ? this.marked : centre;
        this.mark({ kind: "point", x: inside(x + move[0] / near.scale), y: inside(y + move[1] / near.scale) });
        this.zoom?.viewport.reveal(this.marked.x, this.marked.y);
      } else if (event.key === "Enter" && this.marked) {
        event.preventDefault();
        this.onpin(this.marked);
      }
    });
  }

  showPlayer() {
    const { asset } = this;
    const name = asset.medium === "video" ? "video" : "audio";
    this.player = h(name, { controls: true, preload: "metadata", src: asset.urls.content, "aria-label": asset.title || "" });
    this.layer = h("div", { class: "spans" });
    this.frame = h("div", { class: `played ${name}` },
      name === "audio" && asset.urls.thumbnail ? h("img", { class: "wave", src: asset.urls.preview ?? asset.urls.thumbnail, alt: "" }) : "",
      this.player, this.layer, h("p", { class: "quiet" }, say("place_hint_time")));
    this.element.replaceChildren(this.frame);
  }

  /** Where the player stands: a stretch of no length, which an end may be put to. */
  now() {
    if (!this.player || !["video", "music", "speech"].includes(this.asset.medium)) return null;
    const at = round(this.player.currentTime);
    return { kind: "time", start: at, end: at };
  }

  async showText() {
    const { asset } = this;
    const answer = await fetch(asset.urls.content, { credentials: "same-origin" });
    const words = linesOf(new TextDecoder("utf-8", { ignoreBOM: true }).decode(await answer.arrayBuffer())); // a mark at the beginning counts
    if (this.asset !== asset) return;
    this.wireText(words, "written");
    this.element.replaceChildren(h("p", { class: "quiet hint" }, say("place_hint_text")), this.frame);
    this.draw(); // the comments may have come before the words
  }

  /** The frame: these words, of which some may be chosen by pointer or keys. */
  wireText(words, name) {
    this.words = words;
    this.layer = null;
    this.frame = h("article", { class: name, tabindex: "0", dataset: { keys: "" }, "aria-label": `${this.asset.title || ""} ${say("place_hint_text")}` }, words);
    this.frame.addEventListener("pointerup", () => this.selected());
    this.frame.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "Enter") this.selected();
      else if (!this.walk(event)) return;
      event.preventDefault();
      event.stopPropagation();
    });
  }

  /** From word to word and line to line by the arrows; with Shift what is chosen grows. */
  walk({ key, shiftKey }) {
    const [way, unit] = { ArrowLeft: ["backward", "word"], ArrowRight: ["forward", "word"], ArrowUp: ["backward", "line"], ArrowDown: ["forward", "line"] }[key] ?? [];
    if (!way) return false;
    const chosen = getSelection();
    let begun = chosen.rangeCount && this.frame.contains(chosen.anchorNode);
    if (!begun) chosen.collapse(this.frame, 0);
    if (shiftKey) {
      chosen.modify("extend", way, unit);
      return true;
    }
    for (let tries = 0; tries < BLANKS; tries += 1) {
      if (begun && way === "forward" && unit === "word") chosen.collapseToEnd();
      else if (begun) {
        chosen.collapseToStart();
        chosen.modify("move", way, unit);
      }
      chosen.modify("extend", "forward", "word");
      if (chosen.toString().trim()) break; // blank lines are no words
      begun = true;
    }
    return true;
  }

  selected() {
    const chosen = getSelection();
    if (!chosen.rangeCount || chosen.isCollapsed || !this.frame.contains(chosen.anchorNode) || !this.frame.contains(chosen.focusNode)) return;
    const range = chosen.getRangeAt(0);
    const before = range.cloneRange();
    before.selectNodeContents(this.frame);
    before.setEnd(range.startContainer, range.startOffset);
    const whole = range.toString();
    const quote = whole.trim(); // a word that is chosen by keys brings the blank beside it
    if (!quote) return;
    const start = before.toString().length + whole.indexOf(quote);
    const pin = { kind: "text", start: toPoints(this.words, start), end: toPoints(this.words, start + quote.length), quote: quote.slice(0, 2000) };
    this.mark(pin);
    this.onpin(pin);
  }

  /** Show these comments' places. */
  pins(list) {
    this.shownPins = list;
    this.draw();
  }

  /** Show the place that is being chosen; null takes it away. */
  mark(pin) {
    this.marked = pin;
    this.draw();
  }

  draw() {
    const all = [...this.shownPins, ...(this.marked ? [{ number: "+", pin: this.marked, now: true }] : [])].filter((each) => each.pin);
    if (this.asset.medium === "text") this.drawText(all.filter((each) => each.pin.kind === "text"));
    else if (this.player && this.asset.medium !== "image") this.drawSpans(all.filter((each) => ["time", "bars"].includes(each.pin.kind)));
    if (this.asset.medium === "image") this.drawPlaces(all);
  }

  drawPlaces(all) {
    const parts = [];
    for (const { id, number, pin, done, now } of all) {
      let { x, y } = pin;
      if (pin.kind === "box") {
        parts.push(vars(h("span", { class: now ? "region now" : "region", "aria-hidden": "true" }), { x: pin.x * 100, y: pin.y * 100, w: pin.width * 100, h: pin.height * 100 }));
        x += pin.width;
      } else if (pin.kind === "line") {
        parts.push(line(pin.points));
        [x, y] = pin.points.at(-1);
      }
      if (x === undefined) continue;
      parts.push(vars(h("button", {
        type: "button", class: now ? "pinmark now" : "pinmark", dataset: done ? { done: "" } : {}, "aria-label": say("comment_number", { n: number }),
        onclick: () => id && document.getElementById(`comment-${id}`)?.focus(),
      }, String(number)), { x: x * 100, y: y * 100 }));
    }
    this.layer?.replaceChildren(...parts);
  }

  drawSpans(all) {
    this.layer.replaceChildren(...all.map(({ id, number, pin, done }) =>
      h("button", {
        type: "button", class: "btn small", dataset: done ? { done: "" } : {}, "aria-label": say("comment_number", { n: number }),
        onclick: () => {
          if (pin.kind === "time") this.player.currentTime = pin.start;
          document.getElementById(`comment-${id}`)?.focus();
        },
      }, `${number}: ${pin.kind === "bars" ? say("bars", pin) : stretch(pin)}`)));
  }

  drawText(all) {
    if (this.words === null) return;
    const held = getSelection();
    // Whoever is choosing words keeps what is chosen; a comment that comes meanwhile is marked with the next change.
    if (!this.marked && !held.isCollapsed && this.frame.contains(held.anchorNode)) return;
    const cuts = all.map((each) => ({ ...each, from: toUnits(this.words, each.pin.start), to: toUnits(this.words, each.pin.end) }))
      .sort((a, b) => a.from - b.from);
    const chosen = cuts.find((each) => each.now);
    const parts = [];
    let at = 0;
    for (const each of cuts) {
      const { number, done, now, from, to } = each;
      if (from < at || to <= from) continue; // within another: its number stands beside the comment
      if (chosen && each !== chosen && from < chosen.to && to > chosen.from) continue;
      parts.push(this.words.slice(at, from), h("mark", { class: now ? "now" : null, dataset: done ? { done: "", number } : { number } }, this.words.slice(from, to)));
      at = to;
    }
    parts.push(this.words.slice(at));
    this.frame.replaceChildren(...parts.map((each) => (typeof each === "string" ? document.createTextNode(each) : each)));
  }

  /** The revision before, for comparing; null where there is none. */
  earlier(asset) {
    this.before = asset;
    if (asset && this.asset.medium === "image" && !this.over) this.against(asset, { shown: false });
  }

  /** Lay an earlier revision over the left part. */
  against(asset, { shown = true } = {}) {
    if (this.asset.medium !== "image" || !this.frame) return;
    this.frame.querySelectorAll(".before, .slide").forEach((each) => each.remove());
    if (asset.id === this.asset.id) return;
    const slider = h("input", {
      type: "range", class: "slide", min: "0", max: "100", value: "50", "aria-label": say("slide"),
      oninput: () => vars(this.frame, { cut: slider.value }),
    });
    this.sheet.append(h("div", { class: "before" }, h("img", {
      src: asset.urls.preview ?? asset.urls.content, alt: say("left"), draggable: "false", dataset: { full: asset.urls.content }, onload: () => this.zoom.tell(),
    })));
    this.frame.append(slider);
    this.frame.toggleAttribute("data-compared", shown);
  }

  compare() {
    clearInterval(this.blinking);
    this.frame?.removeAttribute("data-blink");
    if (this.before) this.frame.toggleAttribute("data-compared");
    if (this.frame?.hasAttribute("data-compared")) this.frame.querySelector(".slide")?.focus();
  }

  /** Now one, now the other; with reduced motion each press shows the other. */
  blink() {
    if (!this.before) return;
    this.frame.removeAttribute("data-compared");
    if (calmly.matches) {
      this.frame.toggleAttribute("data-blink");
      return;
    }
    if (this.blinking) {
      clearInterval(this.blinking);
      this.blinking = 0;
      this.frame.removeAttribute("data-blink");
    } else {
      this.blinking = setInterval(() => this.frame.toggleAttribute("data-blink"), BLINK_MS);
    }
  }
}

const stretch = ({ start, end }) => (end > start ? `${seconds(start)}-${seconds(end)}` : seconds(start));
const seconds = (value) => `${Math.floor(value / 60)}:${(value % 60).toFixed(1).padStart(4, "0")}`;

function line(points) {
  const ns = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(ns, "svg");
  svg.setAttribute("class", "drawn");
  svg.setAttribute("viewBox", "0 0 100 100");
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(ns, "polyline");
  path.setAttribute("points", points.map(([x, y]) => `${x * 100},${y * 100}`).join(" "));
  svg.append(path);
  return svg;
}
