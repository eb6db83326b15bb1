// Rows of tiles, of which only those near the view are in the page: what is far away is numbers until it comes near.
//
// The server sends days of tiles. Their ratios are enough to lay out every line, so heights are known without drawing,
// nothing shifts, and the page holds a few hundred tiles however many have been loaded.

import { h } from "../dom.js";
import { drawPlaceholders } from "./thumbhash.js";

const MARGIN = 500; // px above and below the view that are drawn
const TALLEST = 2; // times the asked height: a line of few tiles is left ragged instead of getting taller
const KEPT = 2400; // tiles up to which their elements are kept when they leave the page; beyond it their HTML is
const HEAD = 44; // px of a day's heading
const FOOT = 12; // px below a day

export class Rows {
  /** host: <gallery-page>. onchange() after lines came or went. */
  constructor(host, onchange) {
    this.host = host;
    this.onchange = onchange;
    this.groups = [];
    this.list = [];
    this.byId = new Map();
    this.drawn = new Map(); // line → element
    this.sections = new Map(); // group → element
    this.place = null;
    this.asked = false;
    this.scrolled = () => {
      if (this.asked) return;
      this.asked = true;
      requestAnimationFrame(() => { this.asked = false; this.draw(); });
    };
    addEventListener("scroll", this.scrolled, { passive: true });
    this.sizes = new ResizeObserver(() => { if (this.place && this.place.clientWidth !== this.width) this.lay({ anew: true }); });
  }

  /** Take over what the server has drawn in `place`. */
  take(place) {
    this.groups = [];
    this.list = [];
    this.byId.clear();
    this.drawn.clear();
    this.sections.clear();
    this.sizes.disconnect();
    this.place = place;
    if (!place?.querySelector(".day-group")) {
      this.place = null;
      return;
    }
    this.add(this.read(place), false);
    place.querySelectorAll(":scope > .day-group").forEach((section) => section.remove());
    place.dataset.windowed = "";
    this.sizes.observe(place);
    this.lay({ anew: true });
  }

  /** The days of tiles under `root` as data; their tiles are taken out of it. */
  read(root) {
    return [...root.querySelectorAll(".day-group")].map((section) => ({
      day: section.dataset.day ?? "",
      label: section.querySelector(".day")?.textContent ?? "",
      items: [...section.querySelectorAll(".tile")].map((node) => ({ id: node.dataset.id, ar: Number(node.dataset.ar) || 1, node, html: "" })),
    }));
  }

  /** Add days at the end, or before all others; a day that is there goes on. Gives how many tiles were new. */
  add(days, before) {
    let n = 0;
    for (const day of before ? [...days].reverse() : days) {
      const items = day.items.filter((item) => !this.byId.has(item.id));
      if (!items.length) continue;
      n += items.length;
      for (const item of items) this.byId.set(item.id, item);
      const edge = before ? this.groups[0] : this.groups.at(-1);
      if (edge && edge.day === day.day) {
        if (before) {
          edge.items.unshift(...items);
          edge.stale = true;
        } else {
          edge.items.push(...items);
          edge.longer = true;
        }
      } else this.groups[before ? "unshift" : "push"]({ ...day, items });
    }
    return n;
  }

  /** Take tiles away; gives what `put` needs to bring them back. */
  cut(ids) {
    const gone = new Set(ids);
    const places = [];
    for (const group of this.groups) {
      group.items.forEach((item, at) => { if (gone.has(item.id)) places.push({ item, group, at }); });
      if (group.items.some((item) => gone.has(item.id))) group.stale = true;
      group.items = group.items.filter((item) => !gone.has(item.id));
    }
    for (const id of gone) this.byId.delete(id);
    this.lay();
    return places;
  }

  put(places) {
    for (const { item, group, at } of places) {
      if (this.byId.has(item.id)) continue;
      if (!this.groups.includes(group)) this.groups.push(group);
      group.items.splice(at, 0, item);
      group.stale = true;
      this.byId.set(item.id, item);
    }
    this.lay();
  }

  /** Put tiles of the one group (a board) before another of it, or at its end. */
  move(ids, before) {
    const [group] = this.groups;
    const moved = ids.map((id) => this.byId.get(id)).filter(Boolean);
    group.items = group.items.filter((item) => !moved.includes(item));
    const at = before ? group.items.findIndex((item) => item.id === before) : group.items.length;
    group.items.splice(at < 0 ? group.items.length : at, 0, ...moved);
    group.stale = true;
    this.lay();
  }

  /* ------------------------------------------------------------ layout */
  measure() {
    const style = getComputedStyle(this.host);
    const root = parseFloat(getComputedStyle(document.documentElement).fontSize);
    this.row = parseFloat(style.getPropertyValue("--row")) * root;
    this.gap = parseFloat(getComputedStyle(this.place).columnGap) || 0;
    this.width = this.place.clientWidth;
  }

  /** Where the view is, in px from the beginning of the rows. Read once a frame, before anything is changed. */
  look() {
    this.from = -this.place.getBoundingClientRect().top;
    this.seen = innerHeight;
  }

  /** Lay out what has changed. anew: all of it, since the width or the height asked for is another. anchor: keep what
   *  is in view where it is. */
  lay({ anew = false, anchor = true } = {}) {
    if (!this.place) return;
    this.look();
    const held = anchor && this.from > 0 && this.list.length ? this.atTop() : null;
    if (anew) {
      this.measure();
      for (const group of this.groups) group.stale = true;
    }
    this.groups = this.groups.filter((group) => group.items.length || (this.dropSection(group), false));
    this.list = this.groups.flatMap((group) => group.items);
    let top = 0;
    for (const group of this.groups) {
      group.top = top;
      group.head = group.label ? HEAD : 0;
      if (!group.lines || group.longer || group.stale) this.breakLines(group);
      top += group.head + group.height + FOOT;
    }
    this.total = top;
    this.place.style.blockSize = `${top}px`;
    for (const line of [...this.drawn.keys()]) if (!line.items.length || line.items[0].line !== line) this.drop(line);
    const now = held && this.boxOf(held.item);
    const by = now ? now.top - held.offset - this.from : 0;
    if (Math.abs(by) >= 1) scrollBy({ top: by, behavior: "instant" });
    this.draw();
  }

  /** As flex-wrap would: a line is full when the next tile at the asked height would not fit. */
  breakLines(group) {
    // Where a day only got longer, all lines but its last stay.
    const lines = group.lines && !group.stale ? group.lines.slice(0, -1) : [];
    const known = lines.reduce((n, each) => n + each.items.length, 0);
    group.longer = false;
    group.stale = false;
    let line = [];
    let wide = 0;
    const close = (last) => {
      const ratios = line.reduce((sum, item) => sum + item.ar, 0);
      const full = (this.width - this.gap * (line.length - 1)) / ratios;
      lines.push({ group, items: line, height: Math.min(full, this.row * (last ? 1 : TALLEST)) });
      line = [];
      wide = 0;
    };
    for (const item of group.items.slice(known)) {
      const needs = this.row * item.ar;
      if (line.length && wide + this.gap + needs > this.width) close(false);
      wide += needs + (line.length ? this.gap : 0);
      line.push(item);
    }
    if (line.length) close(true);
    let top = 0;
    for (const each of lines) {
      each.top = top;
      for (const item of each.items) item.line = each;
      top += each.height + this.gap;
    }
    group.lines = lines;
    group.height = Math.max(0, top - this.gap);
  }

  /** Where a tile is, in px from the beginning of the rows; null where it is not there. */
  boxOf(item) {
    const line = item.line;
    if (!line || !this.byId.has(item.id)) return null;
    let left = 0;
    for (const each of line.items) {
      if (each === item) break;
      left += each.ar * line.height + this.gap;
    }
    return { top: line.group.top + line.group.head + line.top, left, width: item.ar * line.height, height: line.height };
  }

  /** The first tile of the view and how far it is below the view's upper edge. */
  atTop() {
    for (const line of this.linesIn(Math.max(0, this.from), this.from + this.seen)) {
      const item = line.items.find((each) => this.byId.has(each.id));
      if (item) return { item, offset: line.group.top + line.group.head + line.top - this.from };
    }
    return null;
  }

  * linesIn(from, to) {
    let low = 0;
    let high = this.groups.length;
    while (low < high) { // the first group that ends below `from`
      const middle = (low + high) >> 1;
      const group = this.groups[middle];
      if (group.top + group.head + group.height < from) low = middle + 1;
      else high = middle;
    }
    for (let at = low; at < this.groups.length && this.groups[at].top < to; at += 1) {
      const group = this.groups[at];
      const base = group.top + group.head;
      for (const line of group.lines ?? []) {
        if (base + line.top > to) break;
        if (base + line.top + line.height >= from) yield line;
      }
    }
  }

  /* ------------------------------------------------------------ drawing */
  draw() {
    if (!this.place?.isConnected) return;
    this.look();
    const wanted = new Set(this.linesIn(this.from - MARGIN, this.from + this.seen + MARGIN));
    const held = document.activeElement?.closest?.(".tiles-line"); // where the focus is stays
    let changed = false;
    for (const [line, element] of [...this.drawn]) {
      if (wanted.has(line) || element === held) continue;
      this.drop(line);
      changed = true;
    }
    for (const line of wanted) {
      if (this.drawn.has(line)) continue;
      this.show(line);
      changed = true;
    }
    for (const [group, section] of [...this.sections]) {
      if (!section.querySelector(".tiles-line")) this.dropSection(group);
      else if (section.at !== group.top) this.sectionOf(group);
    }
    if (changed) drawPlaceholders(this.place);
    this.onchange();
  }

  show(line) {
    const section = this.sectionOf(line.group);
    const tiles = line.items.map((item) => this.nodeOf(item));
    for (const [at, tile] of tiles.entries()) tile.style.inlineSize = `${line.items[at].ar * line.height}px`;
    const element = h("div", { class: "tiles-line", role: "none" }, tiles);
    element.style.blockSize = `${line.height}px`;
    element.style.insetBlockStart = `${line.top}px`;
    const rows = section.lastElementChild;
    const after = [...rows.children].find((other) => other.at > line.top);
    element.at = line.top;
    rows.insertBefore(element, after ?? null);
    this.drawn.set(line, element);
  }

  drop(line) {
    const element = this.drawn.get(line);
    if (!element) return;
    if (this.list.length > KEPT) {
      for (const item of line.items) {
        if (item.node?.parentNode !== element) continue;
        for (const styled of [item.node, ...item.node.querySelectorAll("[style]")]) styled.removeAttribute("style"); // no policy lets HTML bring one
        item.html = item.node.outerHTML;
        item.node = null;
      }
    }
    element.remove();
    this.drawn.delete(line);
  }

  nodeOf(item) {
    if (!item.node) {
      const template = document.createElement("template");
      template.innerHTML = item.html;
      item.node = template.content.firstElementChild;
      item.node.querySelector(".drawn")?.classList.remove("drawn");
      item.node.querySelector("[data-drawn]")?.removeAttribute("data-drawn");
      item.html = "";
    }
    this.host.mark(item.node, item.id);
    return item.node;
  }

  sectionOf(group) {
    let section = this.sections.get(group);
    if (!section) {
      const rows = h("div", { class: "rows", role: "list", "aria-label": group.label || this.host.dataset.title || null });
      section = h("section", { class: "day-group", dataset: { day: group.day } }, group.label ? h("h2", { class: "label day" }, group.label) : null, rows);
      const after = this.groups.slice(this.groups.indexOf(group) + 1).find((other) => this.sections.has(other));
      this.place.insertBefore(section, after ? this.sections.get(after) : this.place.querySelector(":scope > .more-rows"));
      this.sections.set(group, section);
    }
    if (section.at !== group.top || section.high !== group.height) {
      section.at = group.top;
      section.high = group.height;
      section.style.insetBlockStart = `${group.top}px`;
      section.lastElementChild.style.blockSize = `${group.height}px`;
    }
    return section;
  }

  dropSection(group) {
    this.sections.get(group)?.remove();
    this.sections.delete(group);
  }

  /** Bring a tile into view and into the page; gives its element. */
  reveal(item) {
    const box = this.boxOf(item);
    if (!box) return null;
    const bar = 64; // the bar above
    this.look();
    if (box.top < this.from + bar) scrollBy({ top: box.top - bar - this.from, behavior: "instant" });
    else if (box.top + box.height > this.from + this.seen) scrollBy({ top: box.top + box.height + 8 - this.from - this.seen, behavior: "instant" });
    this.draw();
    return item.node;
  }

  /** Tiles whose box meets this one, in px from the beginning of the rows. */
  meeting(box) {
    const found = [];
    for (const line of this.linesIn(box.top, box.top + box.height)) {
      for (const item of line.items) {
        const own = this.boxOf(item);
        if (own.left < box.left + box.width && own.left + own.width > box.left) found.push(item);
      }
    }
    return found;
  }
}
