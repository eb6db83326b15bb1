// <gallery-page>: filters without a reload, endless rows, keys, choosing many, live arrivals, uploads.

import { Problem } from "./api.js";
import { calm, h, icon } from "./dom.js";
import { count, say } from "./words.js";
import { openDialog } from "./frame/dialogs.js";
import { toast } from "./frame/toast-list.js";
import { deleteAll, rateAll, restoreAll, tagAll, tagsOf } from "./gallery/changes.js";
import { wireKeys } from "./gallery/keys.js";
import { toggle } from "./gallery/player.js";
import { drawPlaceholders } from "./gallery/thumbhash.js";
import { wireUploads } from "./gallery/upload.js";

const PRESETS = { s: "s", m: "m", l: "l" };
const YEAR = 31_536_000;

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
    this.last = null;
    this.anchor = null;
    this.watchEnd();
    this.wireFilters();
    this.wireChoosing();
    wireKeys(this);
    this.drawn();
    if ("mayAdd" in this.dataset) wireUploads(this, this.querySelector(".uploads"), () => this.arrive());
    const soon = calm(() => this.arrive(), 400);
    document.addEventListener("team-event", ({ detail }) => {
      if (detail.kind === "asset") soon();
    });
    document.addEventListener("team-reset", soon);
    addEventListener("popstate", () => this.load(location.pathname + location.search, { push: false }));
  }

  get tiles() { return [...this.body.querySelectorAll(".tile")]; }
  get chosen() { return this.tiles.filter((tile) => tile.querySelector(".pick").checked); }
  ids(tiles) { return tiles.map((tile) => tile.dataset.id); }

  drawn() {
    drawPlaceholders(this.body);
    this.showBar();
  }

  /* ------------------------------------------------------------ filters and rows */
  wireFilters() {
    const form = this.querySelector(".filters");
    const search = form.elements.q;
    const go = calm(() => {
      const address = new URL(this.dataset.here, location.href);
      if (search.value.trim()) address.searchParams.set("q", search.value.trim());
      else address.searchParams.delete("q");
      this.load(address.pathname + address.search, { replace: true });
    }, 250);
    search.addEventListener("input", go);
    form.addEventListener("submit", (event) => { event.preventDefault(); go(); });
    for (const radio of form.querySelectorAll('[name="size"]')) {
      radio.addEventListener("change", () => {
        this.dataset.size = PRESETS[radio.value] ?? "m";
        document.cookie = `tiles=${this.dataset.size}; path=/; max-age=${YEAR}; samesite=lax`;
      });
    }
    document.addEventListener("click", (event) => {
      const link = event.target.closest("a[data-part]");
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.load(link.getAttribute("href"));
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
    this.body.replaceChildren(content);
    this.dataset.here = address;
    if (replace) history.replaceState(null, "", address);
    else if (push) history.pushState(null, "", address);
    if (!replace) {
      this.querySelector('[name="q"]').value = new URL(address, location.href).searchParams.get("q") ?? "";
    }
    if (held) [...this.body.querySelectorAll(".chips > *")].find((chip) => chip.textContent === held)?.focus();
    this.fresh.replaceChildren();
    this.watchEnd();
    this.drawn();
  }

  watchEnd() {
    this.observer?.disconnect();
    const more = this.body.querySelector(".more-rows");
    if (!more) return;
    this.observer = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) this.more(more);
    }, { rootMargin: "1200px" });
    this.observer.observe(more);
  }

  async more(place) {
    if (place.ariaBusy === "true") return;
    place.ariaBusy = "true";
    let content;
    try {
      content = await fragment(place.dataset.more, "rows");
    } catch (error) {
      this.observer?.disconnect();
      place.replaceChildren(h("p", { class: "note" }, icon("warn"), h("span", {}, `${say("not_loaded")} ${error.message}`),
        h("button", { type: "button", class: "btn small end", onclick: () => { place.ariaBusy = "false"; this.more(place); } }, say("try_again"))));
      place.ariaBusy = "false";
      return;
    }
    place.remove();
    this.merge(content);
    this.watchEnd();
    this.drawn();
  }

  /** Add rows at the end; a day that is there goes on. */
  merge(content) {
    const found = this.body.querySelector(".found");
    const known = new Set(this.ids(this.tiles));
    for (const group of [...content.children]) {
      for (const tile of group.querySelectorAll(".tile")) if (known.has(tile.dataset.id)) tile.remove();
      const day = group.dataset.day && found.querySelector(`.day-group[data-day="${group.dataset.day}"] .rows`);
      if (day) day.append(...group.querySelectorAll(".tile"));
      else found.append(group);
    }
  }

  /** New assets of the team: at the top at once, or behind a word where one has scrolled away. */
  async arrive(now = false) {
    if (this.bin) return;
    const first = await fragment(this.dataset.here, "all");
    const known = new Set(this.ids(this.tiles));
    const fresh = [...first.querySelectorAll(".tile")].filter((tile) => !known.has(tile.dataset.id));
    if (!fresh.length) return;
    if (!this.tiles.length) {
      this.body.replaceChildren(first);
      this.watchEnd();
      this.drawn();
      return;
    }
    const newest = this.tiles[0].dataset.id;
    const above = fresh.filter((tile) => tile.dataset.id > newest || this.tiles.length < 60);
    if (!above.length) return;
    if (scrollY > 240 && !now) {
      this.fresh.replaceChildren(h("button", { type: "button", class: "chip on", onclick: () => { scrollTo({ top: 0 }); this.fresh.replaceChildren(); this.arrive(true); } }, count("new", above.length)));
      return;
    }
    for (const tile of above.reverse()) {
      const day = tile.closest(".day-group");
      let place = this.body.querySelector(`.day-group[data-day="${day.dataset.day}"]`);
      if (!place) {
        place = day.cloneNode(true);
        place.querySelector(".rows").replaceChildren();
        this.body.querySelector(".found").prepend(place);
      }
      tile.dataset.new = "";
      place.querySelector(".rows").prepend(tile);
    }
    this.drawn();
  }

  /* ------------------------------------------------------------ choosing */
  wireChoosing() {
    this.body.addEventListener("click", (event) => {
      const play = event.target.closest("[data-plays]");
      if (play) {
        toggle(play);
        return;
      }
      const tile = event.target.closest(".tile");
      if (!tile) return;
      const box = event.target.closest(".pick");
      if (box) this.pick(tile, event.shiftKey, box.checked);
      else if (this.chosen.length && event.target.closest("a") && !event.ctrlKey && !event.metaKey) {
        event.preventDefault(); // while one chooses, a click chooses
        const own = tile.querySelector(".pick");
        own.checked = !own.checked;
        this.pick(tile, event.shiftKey, own.checked);
      }
    });
    this.bar.addEventListener("click", (event) => {
      const button = event.target.closest("[data-do]");
      if (button) this.act(button.dataset.do, this.chosen);
    });
    document.getElementById("tag-dialog").addEventListener("close", ({ target }) => {
      if (target.returnValue !== "ok") return;
      target.returnValue = "";
      const tags = tagsOf(target.querySelector("input").value);
      target.querySelector("form").reset();
      if (tags.length) this.tag(this.targets, tags);
    });
    document.getElementById("rate-dialog").addEventListener("click", (event) => {
      const star = event.target.closest("[data-rate]");
      if (!star) return;
      event.currentTarget.close();
      this.rate(this.targets, Number(star.dataset.rate));
    });
  }

  pick(tile, range, on) {
    if (range && this.anchor?.isConnected) {
      const tiles = this.tiles;
      const [from, to] = [tiles.indexOf(this.anchor), tiles.indexOf(tile)].sort((a, b) => a - b);
      for (const between of tiles.slice(from, to + 1)) between.querySelector(".pick").checked = on;
    }
    this.anchor = tile;
    this.showBar();
  }

  showBar() {
    const n = this.chosen.length;
    this.bar.hidden = n === 0;
    const words = this.bar.querySelector("b");
    const text = n ? count("selected", n) : "";
    if (words.textContent !== text) words.textContent = text;
  }

  none() {
    for (const tile of this.chosen) tile.querySelector(".pick").checked = false;
    this.showBar();
  }

  async act(what, tiles) {
    this.targets = tiles;
    if (what === "none") this.none();
    else if (what === "tag") openDialog("tag-dialog");
    else if (what === "rate") openDialog("rate-dialog");
    else if (what === "delete") await this.delete(tiles);
    else if (what === "restore") await this.restore(tiles);
    else if (what === "download") await this.download(tiles);
  }

  async delete(tiles) {
    const focused = document.activeElement?.closest?.(".tile");
    const beside = focused && tiles.includes(focused) ? this.beside(focused, tiles) : null;
    for (const tile of tiles) tile.dataset.leaving = "";
    const done = await deleteAll(this.ids(tiles));
    const places = tiles.filter((tile) => done.includes(tile.dataset.id)).map((tile) => ({ tile, parent: tile.parentElement, next: tile.nextElementSibling }));
    for (const tile of tiles) delete tile.dataset.leaving;
    for (const { tile } of places) {
      tile.querySelector(".pick").checked = false;
      tile.remove();
    }
    this.showBar();
    beside?.querySelector("a")?.focus();
    if (done.length) {
      toast(count("deleted", done.length), {
        action: say("undo"),
        onaction: async () => {
          const back = await restoreAll(done);
          for (const { tile, parent, next } of places.reverse()) {
            if (back.includes(tile.dataset.id)) parent.insertBefore(tile, next?.parentElement === parent ? next : null);
          }
          this.showBar();
        },
      });
    }
    if (!this.tiles.length) this.load(this.dataset.here, { push: false });
  }

  beside(tile, leaving) {
    const stay = this.tiles.filter((each) => each === tile || !leaving.includes(each));
    const at = stay.indexOf(tile);
    return stay[at + 1] ?? stay[at - 1] ?? null;
  }

  async restore(tiles) {
    const done = await restoreAll(this.ids(tiles));
    for (const tile of tiles) if (done.includes(tile.dataset.id)) tile.remove();
    this.showBar();
    if (done.length) toast(count("restored", done.length));
    if (!this.tiles.length) this.load(this.dataset.here, { push: false });
  }

  async tag(tiles, tags) {
    const done = await tagAll(this.ids(tiles), tags);
    if (done.length) toast(say("tagged", { tags: tags.join(", ") }));
  }

  async rate(tiles, n) {
    if (!("mayRate" in this.dataset)) return;
    const done = await rateAll(this.ids(tiles), n);
    for (const tile of tiles.filter((each) => done.includes(each.dataset.id))) {
      tile.querySelector(":scope > .rate")?.remove();
      tile.append(h("span", { class: "on-picture rate" }, icon("star", "solid"), String(n)));
    }
    if (done.length) toast(say("rated", { n }));
  }

  async download(tiles) {
    for (const id of this.ids(tiles)) {
      const link = h("a", { href: `/api/v1/assets/${id}/content`, download: "" });
      document.body.append(link);
      link.click();
      link.remove();
      await new Promise((go) => { setTimeout(go, 300); }); // browsers drop downloads that come all at once
    }
  }
}

customElements.define("gallery-page", GalleryPage);
