// <gallery-page>: filters without a reload, endless rows of which few are drawn, keys, choosing many, live arrivals.

import { Problem } from "./api.js";
import { breath, calm, h, icon } from "./dom.js";
import { count, say } from "./words.js";
import { toast } from "./frame/toast-list.js";
import { wireBoardPage } from "./gallery/board.js";
import { wireBulk } from "./gallery/bulk.js";
import { newBoard } from "./gallery/changes.js";
import { Choice } from "./gallery/choose.js";
import { wireImports } from "./gallery/import.js";
import { wireKeys } from "./gallery/keys.js";
import { hearOthers } from "./gallery/others.js";
import { toggle } from "./gallery/player.js";
import { Rows } from "./gallery/rows.js";
import { slideshow } from "./gallery/slides.js";
import { cameAt, cursorAt, wireTimeline } from "./gallery/timeline.js";
import { wireUploads } from "./gallery/upload.js";

const PRESETS = { s: "s", m: "m", l: "l" };
const YEAR = 31_536_000;
const AHEAD = 1600; // px before the end at which more is asked for

async function fragment(address, part) {
  let answer;
  try {
    answer = await fetch(address, { headers: { "X-Fragment": part }, credentials: "same-origin" });
  } catch {
    throw new Problem(0);
  }
  if (answer.status === 401) throw new Problem(401, { detail: say("signed_out") });
  if (!answer.ok) throw new Problem(answer.status);
  const template = document.createElement("template");
  template.innerHTML = await answer.text();
  return template.content;
}

class GalleryPage extends HTMLElement {
  connectedCallback() {
    this.body = this.querySelector("#body");
    this.bar = this.querySelector(".selbar");
    this.fresh = this.querySelector(".fresh");
    this.bin = "bin" in this.dataset;
    this.listed = !this.bin && !this.dataset.board;
    this.rows = new Rows(this, () => this.follow());
    this.choice = new Choice(this, () => this.showBar());
    this.timeline = wireTimeline(this, (ms) => this.jump(ms));
    Object.assign(this, wireBulk(this));
    if (this.dataset.board) wireBoardPage(this);
    this.wireFilters();
    wireKeys(this);
    this.drawn();
    this.body.addEventListener("click", (event) => {
      const play = event.target.closest("[data-plays]");
      if (play) toggle(play);
      const older = event.target.closest(".more-rows a");
      if (older) {
        event.preventDefault();
        this.more(false);
      }
    });
    document.addEventListener("click", (event) => {
      if (event.target.closest("[data-slideshow]")) this.slides();
    });
    if ("mayAdd" in this.dataset) {
      const log = this.querySelector(".uploads");
      wireUploads(this, log, () => this.arrive());
      wireImports(this, log, () => this.arrive());
    }
    const soon = calm(() => this.arrive(), 400, 3000);
    document.addEventListener("team-event", ({ detail }) => {
      if (detail.kind === "asset") soon();
    });
    document.addEventListener("team-reset", soon);
    hearOthers(this, (address) => fragment(address, "all"));
    addEventListener("popstate", () => this.load(location.pathname + location.search, { push: false }));
  }

  get tiles() { return [...this.body.querySelectorAll(".tile")]; }

  /** Show on a tile whether it is chosen. */
  mark(tile, id) {
    const box = tile.querySelector(".pick");
    if (box && box.checked !== this.choice.has(id)) box.checked = this.choice.has(id);
  }

  say(words) { this.querySelector(".said").textContent = words; }

  /** The page has new content from the server. last: its end is to be seen. */
  drawn(last = false) {
    this.place = this.body.querySelector(".found");
    this.older = this.address("more");
    this.newer = this.address("newer");
    const { newest, oldest } = this.place?.dataset ?? {};
    if (newest) this.timeline.span(Number(newest), Number(oldest));
    this.rows.take(this.place, last);
    this.showBar();
  }

  address(which, root = this.place) { return root?.querySelector(`[data-${which}]`)?.dataset[which] ?? ""; }

  /* ------------------------------------------------------------ filters */
  wireFilters() {
    const form = this.querySelector(".filters");
    const search = form?.elements?.q;
    const go = calm(() => {
      const address = new URL(this.dataset.here, location.href);
      if (search.value.trim()) address.searchParams.set("q", search.value.trim());
      else address.searchParams.delete("q");
      this.load(address.pathname + address.search, { replace: true });
    }, 250);
    search?.addEventListener("input", go);
    form?.addEventListener("submit", (event) => { event.preventDefault(); if (search) go(); });
    for (const radio of this.querySelectorAll('[name="size"]')) {
      radio.addEventListener("change", () => {
        this.dataset.size = PRESETS[radio.value] ?? "m";
        document.cookie = `tiles=${this.dataset.size}; path=/; max-age=${YEAR}; samesite=lax`;
        this.rows.lay({ anew: true });
      });
    }
    document.addEventListener("click", (event) => {
      const link = event.target.closest("a[data-part]");
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
      const address = new URL(link.href);
      if (address.pathname !== location.pathname) return; // on a board, a stack opens in the gallery
      event.preventDefault();
      this.load(address.pathname + address.search);
    });
    document.getElementById("smart-board")?.querySelector("form").addEventListener("submit", async (event) => {
      event.preventDefault();
      const filters = Object.fromEntries(new URL(this.dataset.here, location.href).searchParams);
      try {
        const board = await newBoard(event.target.elements.title.value, filters);
        event.target.closest("dialog").close();
        event.target.reset();
        toast(say("board_made", { title: board.title }), { action: say("open"), href: `/boards/${board.id}/` });
      } catch (error) {
        toast(error.message, { wrong: true });
      }
    });
    const menu = document.getElementById("filter-menu");
    menu?.firstElementChild.addEventListener("opened", async () => {
      const place = menu.querySelector(".filter-groups");
      try {
        const query = new URL(this.dataset.here, location.href).search;
        place.replaceChildren(await fragment(menu.dataset.src + query, "menu"));
      } catch (error) {
        place.textContent = error.message;
      }
    });
    menu?.addEventListener("submit", (event) => {
      const ranges = event.target.closest("form.ranges");
      if (!ranges) return;
      event.preventDefault();
      const told = [...new FormData(ranges)].filter(([, value]) => value);
      menu.close();
      this.load(`${location.pathname}?${new URLSearchParams(told)}`);
    });
  }

  /** Show another choice of assets. */
  async load(address, { push = true, replace = false } = {}) {
    this.asked = address;
    const held = document.activeElement?.closest?.(".chips") ? document.activeElement.textContent : null;
    let content;
    try {
      content = await fragment(address, "all");
    } catch (error) {
      toast(error.message, { wrong: true, action: say("try_again"), onaction: () => this.load(address, { push, replace }) });
      return;
    }
    if (this.asked !== address) return; // a newer question is on its way
    this.choice.none();
    this.body.replaceChildren(content);
    this.dataset.here = address;
    if (replace) history.replaceState(null, "", address);
    else if (push) history.pushState(null, "", address);
    const search = this.querySelector('[name="q"]');
    if (!replace && search) search.value = new URL(address, location.href).searchParams.get("q") ?? "";
    if (held) [...this.body.querySelectorAll(".chips > *")].find((chip) => chip.textContent === held)?.focus();
    this.fresh.replaceChildren();
    scrollTo({ top: 0, behavior: "instant" });
    this.drawn();
  }

  /* ------------------------------------------------------------ more rows, both ways */
  /** Lines came or went: tell the time of the first, and ask for more where the end is near. */
  follow() {
    const first = this.rows.atTop();
    if (first && this.listed) this.timeline.tell(cameAt(first.item.id));
    const { from, seen, total } = this.rows;
    if (this.older && total - from - seen < AHEAD) this.more(false);
    if (this.newer && from < AHEAD) this.more(true);
  }

  /** Ask for the next page down or up; gives whether anything came. */
  async more(up) {
    const address = up ? this.newer : this.older;
    const { place } = this;
    if (!address || this[up ? "risen" : "fetched"] === address) return false;
    this[up ? "risen" : "fetched"] = address;
    const sign = place.querySelector(".more-rows");
    if (!up && sign) sign.ariaBusy = "true";
    let content;
    try {
      content = await fragment(address, "rows");
    } catch (error) {
      this[up ? "risen" : "fetched"] = "";
      if (up || !sign) return false;
      this.older = "";
      sign.ariaBusy = "false";
      sign.replaceChildren(h("p", { class: "note" }, icon("warn"), h("span", {}, `${say("not_loaded")} ${error.message}`),
        h("button", { type: "button", class: "btn small end", onclick: () => { sign.replaceChildren(); this.older = address; this.more(false); } }, say("try_again"))));
      return false;
    }
    await breath();
    if (place !== this.place) return false; // other filters meanwhile
    const days = this.rows.read(content);
    if (up) this.newer = this.address("newer", content);
    else {
      this.older = this.address("more", content);
      if (sign) sign.ariaBusy = "false";
      if (!this.older) sign?.remove();
    }
    const came = this.rows.add(days, up);
    this.rows.lay({ above: up });
    return came > 0;
  }

  /** Be at a moment (ms), or where there is none at the very last. */
  async jump(ms) {
    const address = new URL(this.dataset.here, location.href);
    if (ms === null) address.searchParams.set("end", "1");
    else address.searchParams.set("cursor", cursorAt(ms));
    await this.show(address, ms === null);
  }

  /** The rows at another place of the same list. */
  async show(address, last) {
    this.asked = address.href;
    let content;
    try {
      content = await fragment(address.pathname + address.search, "all");
    } catch (error) {
      toast(error.message, { wrong: true });
      return;
    }
    await breath();
    if (this.asked !== address.href) return;
    this.place.replaceWith(content.querySelector(".found"));
    this.fetched = this.risen = "";
    if (!last) scrollTo({ top: 0, behavior: "instant" });
    this.away = Boolean(address.searchParams.get("cursor") || last);
    this.drawn(last);
  }

  /** To the first or the last of the whole list. */
  async toEnd(last) {
    if (last && this.older) await this.jump(null);
    else if (!last && (this.newer || this.away)) await this.show(new URL(this.dataset.here, location.href), false);
    else scrollTo({ top: last ? document.documentElement.scrollHeight : 0, behavior: "instant" });
    const { list } = this.rows;
    this.focusTile(last ? list.at(-1) : list[0]);
  }

  focusTile(item) {
    if (item) this.rows.reveal(item)?.querySelector("a")?.focus({ preventScroll: true });
  }

  /** New assets of the team: at the top at once, or behind a word where one has scrolled away. */
  async arrive(now = false) {
    if (this.bin || this.away) return;
    const { place } = this;
    const { here } = this.dataset;
    const first = await fragment(here, "all");
    if (place !== this.place || here !== (this.asked ?? here)) return; // other filters meanwhile, which have what is new
    const days = this.rows.read(first);
    const fresh = days.flatMap((day) => day.items).filter((item) => !this.rows.byId.has(item.id));
    if (!fresh.length) return;
    if (!this.rows.list.length) {
      // What was read is taken out of the fragment: draw it from a new one.
      this.load(here, { push: false });
      return;
    }
    if (this.dataset.board) return; // where on a board it is, a reload shows
    const newest = this.rows.list[0].id;
    const above = new Set(fresh.filter((item) => item.id > newest).map((item) => item.id));
    if (!above.size) return;
    if (scrollY > 240 && !now) {
      this.fresh.replaceChildren(h("button", { type: "button", class: "chip on", onclick: () => { scrollTo({ top: 0 }); this.fresh.replaceChildren(); this.arrive(true); } }, count("new", above.size)));
      return;
    }
    for (const day of days) {
      day.items = day.items.filter((item) => above.has(item.id));
      for (const item of day.items) item.node.dataset.new = "";
    }
    this.rows.add(days, true);
    this.rows.lay({ held: null });
  }

  /** Where nothing is left, the page says so. */
  emptied() {
    if (!this.rows.list.length) this.load(this.dataset.here, { push: false });
  }

  showBar() {
    const { n } = this.choice;
    this.bar.hidden = n === 0;
    this.toggleAttribute("data-choosing", n > 0);
    const words = this.bar.querySelector("b");
    const text = n ? count("selected", n) : "";
    if (words.textContent !== text) words.textContent = text;
  }

  slides() {
    const held = document.activeElement?.closest?.(".tile");
    const from = (held && this.rows.byId.get(held.dataset.id)) ?? this.rows.atTop()?.item;
    slideshow(this.rows, from, () => this.more(false));
  }
}

customElements.define("gallery-page", GalleryPage);
