// <grid-page>: a batch as a grid. Cells come as they are made; pictures zoom and move as one; winners are marked.

import { calm, vars } from "./dom.js";
import { count, say } from "./words.js";
import { wireBulk } from "./gallery/bulk.js";
import { cellOf, draw, nowOf } from "./jobs/grid-cells.js";
import { GridView, STEP } from "./jobs/grid-view.js";
import { wireExport } from "./jobs/grid-export.js";
import { follow } from "./jobs/live-job.js";
import { wireVerbs } from "./jobs/verbs.js";

const FOLLOWED = 4; // running cells that are followed for their previews; others wait for their end
const LARGE = 1.5; // from this zoom on previews are shown, not thumbnails

class GridPage extends HTMLElement {
  connectedCallback() {
    this.body = this.querySelector(".grid-body");
    this.bar = this.querySelector(".selbar");
    this.zoom = this.querySelector('[name="zoom"]');
    this.rows = { byId: new Map(), list: [] };
    this.key = `winners ${this.dataset.batch}`;
    this.winners = new Set(JSON.parse(sessionStorage.getItem(this.key) ?? "[]"));
    const page = this;
    this.choice = { get all() { return [...page.winners]; }, none: () => page.mark(null), forget() {}, everything() {} };
    Object.assign(this, wireBulk(this));
    wireExport(this);
    this.live = new Map();
    this.view = new GridView(this.body, () => this.zoomed());
    this.zoom.addEventListener("input", () => this.view.zoom(16 ** (this.zoom.value / 100)));
    this.addEventListener("click", (event) => this.click(event));
    this.addEventListener("change", ({ target }) => { if (target.closest(".axes")) this.choose(target); });
    this.addEventListener("focusin", ({ target }) => { if (target.matches(".cell")) this.rove(target); });
    document.addEventListener("keydown", (event) => this.press(event));
    addEventListener("popstate", () => this.load(location.href, { push: false }));
    const fresh = calm(() => this.refresh(), 250, 1000);
    document.addEventListener("team-event", ({ detail }) => { if (detail.batch === this.dataset.batch) fresh(); });
    document.addEventListener("team-reset", fresh);
    this.fresh = fresh;
    wireVerbs(this.body, fresh);
    draw(this.body);
    this.drawn();
  }

  async read(address) {
    const answer = await fetch(address, { headers: { "X-Fragment": "all" }, credentials: "same-origin", signal: AbortSignal.timeout(15_000) }).catch(() => null);
    if (!answer?.ok) return null;
    const read = document.createElement("template");
    read.innerHTML = await answer.text();
    return read.content;
  }

  /** Another window of the grid. */
  async load(address, { push = true } = {}) {
    const content = await this.read(address);
    if (!content) return;
    this.dataset.here = address;
    if (push) history.pushState(null, "", address);
    const within = document.activeElement?.closest?.("[data-part]")?.getAttribute("aria-label");
    this.body.replaceChildren(content);
    draw(this.body);
    this.drawn();
    if (within) (this.querySelector(`[data-part][aria-label="${CSS.escape(within)}"]`) ?? this.querySelector(".cell"))?.focus();
  }

  /** The same window again: only cells that are otherwise now are drawn anew. */
  async refresh() {
    const content = await this.read(this.dataset.here);
    if (!content) return;
    const told = content.querySelector("[data-sum]");
    const sum = this.querySelector("[data-sum]");
    if (sum.textContent !== told.textContent) sum.textContent = told.textContent;
    const begins = this.querySelector("[data-begins]");
    const now = content.querySelector("[data-begins]");
    if (begins.innerHTML !== now.innerHTML) begins.replaceChildren(...now.childNodes);
    const { flat } = this.body.querySelector("table").dataset;
    for (const cell of JSON.parse(content.querySelector("#grid-cells").textContent).flat()) {
      const old = this.body.querySelector(`td[data-i="${cell.i}"]`);
      if (!old || old.dataset.now === nowOf(cell)) continue;
      const now = cellOf(cell, flat !== undefined);
      const held = old.contains(document.activeElement);
      old.replaceWith(now);
      if (held) now.querySelector(".cell").focus({ preventScroll: true });
    }
    this.drawn();
  }

  /** What is drawn is marked, followed and reachable by Tab. */
  drawn() {
    for (const cell of this.body.querySelectorAll("[data-asset]")) cell.setAttribute("aria-pressed", String(this.winners.has(cell.dataset.asset)));
    if (!this.body.querySelector('.cell[tabindex="0"]')) this.body.querySelector(".cell:is(a, button)")?.setAttribute("tabindex", "0");
    for (const [cell, end] of this.live) {
      if (cell.isConnected) continue;
      end();
      this.live.delete(cell);
    }
    for (const cell of this.body.querySelectorAll('[data-state="running"]')) {
      if (this.live.size < FOLLOWED && !this.live.has(cell)) this.live.set(cell, follow(cell, { onend: this.fresh }));
    }
    this.tell();
    this.zoomed();
  }

  tell() {
    const n = this.winners.size;
    this.bar.hidden = !n;
    this.bar.querySelector("b").textContent = n ? count("winners", n) : "";
  }

  /** Mark a cell's asset as a winner, or take the mark off; null takes off all. */
  mark(cell) {
    const id = cell?.dataset.asset;
    if (!id) this.winners.clear();
    else if (!this.winners.delete(id)) this.winners.add(id);
    sessionStorage.setItem(this.key, JSON.stringify([...this.winners]));
    this.drawn();
  }

  click(event) {
    const cell = event.target.closest("[data-asset]");
    const part = event.target.closest("[data-part]");
    if (event.detail && this.view.moved && event.target.closest(".cells")) event.preventDefault(); // the end of moving the pictures, no key's click
    else if (cell) this.mark(cell);
    else if (part && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      this.load(part.href);
    }
  }

  /** Another axis: the two change places where one is chosen twice. */
  choose(select) {
    const form = select.form;
    const other = form.elements[select.name === "x" ? "y" : "x"];
    const before = [...select.options].find((option) => option.defaultSelected)?.value ?? "";
    if (other.value === select.value) other.value = before;
    this.load(`${form.action}?${new URLSearchParams(new FormData(form))}`);
  }

  rove(cell) {
    for (const old of this.body.querySelectorAll('.cell[tabindex="0"]')) old.setAttribute("tabindex", "-1");
    cell.setAttribute("tabindex", "0");
  }

  press(event) {
    if (event.target.closest("input:not([type=range]), textarea, select") || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    const { key } = event;
    const cell = event.target.closest(".cell");
    if (key === "+" || key === "=") this.view.zoom(this.view.scale * STEP);
    else if (key === "-") this.view.zoom(this.view.scale / STEP);
    else if (key === "0") this.view.fit();
    else if (key === "Escape" && this.winners.size) this.mark(null);
    else if (cell && event.shiftKey && this.view.key(key)) { /* the pictures have moved */ }
    else if (cell && /^(Arrow|Home|End)/.test(key)) this.go(cell, key);
    else if (cell?.dataset.asset && key === "Enter") location.href = `/assets/${cell.dataset.asset}/`;
    else if (cell?.dataset.asset && /^[1-5]$/.test(key)) this.rate([cell.dataset.asset], Number(key));
    else if (cell?.dataset.asset && key === "b") this.act("board", this.winners.size ? this.choice.all : [cell.dataset.asset]);
    else return;
    event.preventDefault();
  }

  go(cell, key) {
    const lines = [...this.body.querySelectorAll("tbody tr")].map((row) => [...row.querySelectorAll(".cell:is(a, button)")]);
    const line = lines.find((each) => each.includes(cell));
    const at = line.indexOf(cell);
    const beside = lines[lines.indexOf(line) + (key === "ArrowDown" ? 1 : -1)];
    const next = {
      ArrowLeft: line[at - 1], ArrowRight: line[at + 1], Home: line[0], End: line.at(-1),
      ArrowUp: beside?.[Math.min(at, beside.length - 1)], ArrowDown: beside?.[Math.min(at, beside.length - 1)],
    }[key];
    next?.focus();
    next?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  zoomed() {
    const { scale } = this.view;
    this.zoom.value = Math.round((100 * Math.log(scale)) / Math.log(16));
    vars(this.zoom, { v: this.zoom.value });
    const words = say("zoomed", { n: Math.round(scale * 100) });
    this.zoom.nextElementSibling.textContent = words;
    this.zoom.setAttribute("aria-valuetext", words);
    this.toggleAttribute("data-zoomed", scale > 1);
    if (scale < LARGE) return;
    for (const picture of this.body.querySelectorAll("img.work:not([data-large])")) {
      picture.dataset.large = "";
      picture.src = picture.src.replace(/thumbnail$/, "preview");
    }
  }
}

customElements.define("grid-page", GridPage);
