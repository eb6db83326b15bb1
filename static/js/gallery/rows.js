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

/* Two kinds of places. On the sheet: `top` of groups and lines; what comes above gets places below zero, so that nothing
   that is there moves on it, and only the sheet moves in the page. From the beginning of the rows: `from`, boxes. */
export class Rows {
  /** host: <gallery-page>. onchange() after lines came or went. */
  constructor(host, onchange) {
    this.host = host;
    this.onchange = onchange;
    this.sheet = h("div", { class: "sheet" });
    this.drawn = new Map(); // line → element
    this.sections = new Map(); // group → element
    this.empty();
    this.asked = false;
    this.scrolled = () => {
      if (this.asked) return;
      this.asked = true;
      requestAnimationFrame(() => { this.asked = false; this.draw(); });
    };
    addEventListener("scroll", this.scrolled, { passive: true });
    this.sizes = new ResizeObserver(() => { if (this.place && this.place.clientWidth !== this.width) this.lay({ anew: true }); });
  }

  empty() {
    this.place = null;
    this.groups = [];
    this.list = [];
    this.byId = new Map();
    this.top = 0;
    this.total = 0;
    this.drawn.clear();
    this.sections.clear();
    this.sheet.replaceChildren();
  }

  /** Take over what the server has drawn in `place`. last: its end is to be seen. */
  take(place, last = false) {
    this.empty();
    this.sizes.disconnect();
    if (!place?.querySelector(".day-group")) return;
    this.place = place;
    this.add(this.read(place));
    place.querySelectorAll(":scope > .day-group").forEach((section) => section.remove());
    place.prepend(this.sheet);
    place.dataset.windowed = "";
    this.sizes.observe(place);
    this.lay({ anew: true, held: null, last });
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
  add(days, before = false) {
    let n = 0;
    for (const day of before ? [...days].reverse() : days) {
      const items = day.items.filter((item) => !this.byId.has(item.id));
      if (!items.length) continue;
      n += items.length;
      for (const item of items) this.byId.set(item.id, item);
      const edge = before ? this.groups[0] : this.groups.at(-1);
      if (edge && edge.day === day.day) {
        edge.items[before ? "unshift" : "push"](...items);
        edge[before ? "higher" : "longer"] = true;
      } else this.groups[before ? "unshift" : "push"]({ ...day, items });
    }
    return n;
  }

  /** Take tiles away; gives what `put` needs to bring them back. */
  cut(ids) {
    const held = this.hold();
    const gone = new Set(ids);
    const places = [];
    for (const [order, group] of this.groups.entries()) {
      group.items.forEach((item, at) => { if (gone.has(item.id)) places.push({ item, group, at, order }); });
      if (group.items.some((item) => gone.has(item.id))) group.stale = true;
      group.items = group.items.filter((item) => !gone.has(item.id));
    }
    for (const id of gone) this.byId.delete(id);
    this.lay({ held });
    return places;
  }

  put(places) {
    const held = this.hold();
    for (const { item, group, at, order } of places) {
      if (this.byId.has(item.id)) continue;
      if (!this.groups.includes(group)) this.groups.splice(order, 0, group);
      group.items.splice(at, 0, item);
      group.stale = true;
      this.byId.set(item.id, item);
    }
    this.lay({ held });
  }

  /** Put tiles of the one group (a board) before another of it, or at its end. */
  move(ids, before) {
    const held = this.hold();
    const [group] = this.groups;
    const moved = ids.map((id) => this.byId.get(id)).filter(Boolean);
    group.items = group.items.filter((item) => !moved.includes(item));
    const at = before ? group.items.findIndex((item) => item.id === before) : group.items.length;
    group.items.splice(at < 0 ? group.items.length : at, 0, ...moved);
    group.stale = true;
    this.lay({ held });
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

  /** What is to stay where it is in the window while other things change; null at the very top. */
  hold() {
    if (!this.place) return null;
    this.look();
    return this.from > 0 ? this.atTop() : null;
  }

  /** Lay out what has changed. anew: all of it, since the width or the height asked for is another. above: only what came
   *  above all others. held: what stays in its place in the window. last: go to the end. */
  lay({ anew = false, above = false, held = above ? null : this.hold(), last = false } = {}) {
    if (!this.place) return;
    this.look();
    if (anew) {
      this.measure();
      for (const group of this.groups) group.stale = true;
    }
    this.groups = this.groups.filter((group) => group.items.length || (this.dropSection(group), false));
    this.list = this.groups.flatMap((group) => group.items);
    let total = 0;
    for (const group of this.groups) {
      // Where a list begins in the middle of a day, its heading comes with the day's first.
      group.head = group.label && (total || !this.host.newer) ? HEAD : 0;
      if (!group.lines || group.longer || group.higher || group.stale) this.breakLines(group, above);
      total += group.head + group.height + FOOT;
    }
    const came = above ? total - this.total : 0;
    this.total = total;
    this.top -= came;
    let { top } = this;
    for (const group of this.groups) {
      group.top = top;
      top += group.head + group.height + FOOT;
    }
    this.place.style.blockSize = `${total}px`;
    this.sheet.style.translate = `0 ${-this.top}px`;
    const active = document.activeElement;
    for (const line of [...this.drawn.keys()]) if (!line.items.length || line.items[0].line !== line) this.drop(line);
    const now = held && this.boxOf(held.item);
    const by = now ? now.top - held.offset - this.from : came;
    if (last) scrollTo({ top: document.documentElement.scrollHeight, behavior: "instant" });
    else if (by) scrollBy({ top: by, behavior: "instant" });
    this.draw();
    if (active !== document.activeElement && this.place.contains(active)) active.focus({ preventScroll: true });
  }

  /** The lines of a group. Where it only got longer, all but the last stay; where it got higher, all but the first. */
  breakLines(group, above) {
    const anew = group.stale || !group.lines || (group.higher && !above);
    const stay = anew ? [] : group.higher ? group.lines.slice(1) : group.lines.slice(0, -1);
    const known = stay.reduce((n, line) => n + line.items.length, 0);
    const { items } = group;
    if (anew || !group.higher) group.lines = [...stay, ...this.pack(group, items.slice(known), above)];
    else group.lines = [...this.pack(group, items.slice(0, items.length - known), true), ...stay];
    group.longer = group.higher = group.stale = false;
    let top = 0;
    for (const line of group.lines) {
      line.top = top;
      for (const item of line.items) item.line = line;
      top += line.height + this.gap;
    }
    group.height = Math.max(0, top - this.gap);
  }

  /** Items in lines, as flex-wrap would: one is full when the next tile at the asked height would not fit. up: from the
   *  last to the first, so that the first line is the one that may be ragged. Heights are whole, so that sums are. */
  pack(group, items, up) {
    const lines = [];
    const put = up ? "unshift" : "push";
    let line = [];
    let wide = 0;
    const close = (ragged) => {
      const ratios = line.reduce((sum, item) => sum + item.ar, 0);
      const full = (this.width - this.gap * (line.length - 1)) / ratios;
      const exact = Math.min(full, this.row * (ragged ? 1 : TALLEST));
      lines[put]({ group, items: line, exact, height: Math.round(exact) });
      line = [];
      wide = 0;
    };
    for (const item of up ? [...items].reverse() : items) {
      const needs = this.row * item.ar;
      if (line.length && wide + this.gap + needs > this.width) close(false);
      wide += needs + (line.length ? this.gap : 0);
      line[put](item);
    }
    if (line.length) close(true);
    return lines;
  }

  /** Where a line begins on the sheet. */
  topOf(line) { return line.group.top + line.group.head + line.top; }

  /** Where a tile is, in px from the beginning of the rows; null where it is not there. */
  boxOf(item) {
    const line = item.line;
    if (!line || !this.byId.has(item.id)) return null;
    let left = 0;
    for (const each of line.items) {
      if (each === item) break;
      left += each.ar * line.exact + this.gap;
    }
    return { top: this.topOf(line) - this.top, left, width: item.ar * line.exact, height: line.height };
  }

  /** The first tile of the view and how far it is below the view's upper edge. */
  atTop() {
    for (const line of this.linesIn(Math.max(0, this.from), this.from + this.seen)) {
      const item = line.items.find((each) => this.byId.has(each.id));
      if (item) return { item, offset: this.topOf(line) - this.top - this.from };
    }
    return null;
  }

  * linesIn(first, last) {
    const from = first + this.top;
    const to = last + this.top;
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
      if (element === held) wanted.add(line);
      if (wanted.has(line)) continue;
      this.drop(line);
      changed = true;
    }
    for (const line of wanted) {
      if (!this.drawn.has(line)) changed = true;
      this.show(line);
    }
    for (const [group, section] of [...this.sections]) {
      if (!section.lastElementChild.firstElementChild) this.dropSection(group);
      else this.label(group, section);
    }
    if (changed) drawPlaceholders(this.place);
    this.onchange();
  }

  /** The line in the page, where it belongs. */
  show(line) {
    const top = this.topOf(line);
    let element = this.drawn.get(line);
    if (!element) {
      const tiles = line.items.map((item) => this.nodeOf(item));
      for (const [at, tile] of tiles.entries()) tile.style.inlineSize = `${line.items[at].ar * line.exact}px`;
      element = h("div", { class: "tiles-line", role: "none" }, tiles);
      element.style.blockSize = `${line.height}px`;
      const rows = this.sectionOf(line.group).lastElementChild;
      const after = [...rows.children].find((other) => other.at > top);
      rows.insertBefore(element, after ?? null);
      this.drawn.set(line, element);
    }
    if (element.at !== top) element.style.insetBlockStart = `${top}px`;
    element.at = top;
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
      section = h("section", { class: "day-group", dataset: { day: group.day } }, rows);
      const after = this.groups.slice(this.groups.indexOf(group) + 1).find((other) => this.sections.has(other));
      this.sheet.insertBefore(section, after ? this.sections.get(after) : null);
      this.sections.set(group, section);
    }
    return section;
  }

  /** The heading of a day, where it has one. */
  label(group, section) {
    const at = group.head ? group.top : null;
    if (section.at === at) return;
    section.at = at;
    section.querySelector(":scope > .day")?.remove();
    if (at === null) return;
    const heading = h("h2", { class: "label day" }, group.label);
    heading.style.insetBlockStart = `${at}px`;
    section.prepend(heading);
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
