// What others do to the assets of this list while it is open: a rating or a title is drawn, what is deleted goes, what
// comes back comes. One's own acts come this way too, and find everything as it is already.

import { api } from "../api.js";
import { calm, h, icon } from "../dom.js";

const MOST = 60; // tiles asked for after one word; more have changed than anybody looks at
const AT_ONCE = 6;
const TOP = 240; // px: further down, a list drawn anew would take its place from under one's eyes

/** Draw on a tile what is said of its asset now. */
function redraw(tile, { title, rating }) {
  const name = tile.querySelector(":scope > .pic .on-picture.name, :scope > .written > b, :scope > .sound b");
  if (name && title) name.textContent = title;
  const n = Math.round(rating.mean ?? 0);
  const shown = tile.querySelector(":scope > .rate");
  if (!n) shown?.remove();
  else if (shown) shown.lastChild.textContent = String(n);
  else tile.append(h("span", { class: "on-picture rate" }, icon("star", "solid"), String(n)));
}

/** Follow the team's feed for the list of `page`; `read(address)` gives what the server would draw there. */
export function hearOthers(page, read) {
  const changed = new Set();
  const { board } = page.dataset;

  const draw = calm(async () => {
    const ids = [...changed].filter((id) => page.rows.byId.has(id)).slice(0, MOST);
    changed.clear();
    while (ids.length) {
      await Promise.all(ids.splice(0, AT_ONCE).map(async (id) => {
        const asset = await api(`assets/${id}`).catch(() => null);
        const item = page.rows.byId.get(id);
        if (asset && item) redraw(page.rows.nodeOf(item), asset);
      }));
    }
  }, 150, 600);

  /** Draw the list anew where it is no longer the same, and nobody is in the middle of it. */
  const again = calm(async () => {
    if (scrollY > TOP || page.choice.n || page.contains(document.activeElement?.closest?.("input, textarea"))) return;
    const { here } = page.dataset;
    const ids = [...(await read(here)).querySelectorAll(".tile")].map((tile) => tile.dataset.id);
    const mine = page.rows.list.slice(0, ids.length).map((item) => item.id);
    if (page.dataset.here === here && ids.join() !== mine.join()) await page.load(here, { push: false });
  }, 300, 1500);

  document.addEventListener("team-event", ({ detail }) => {
    if (detail.kind === "board" && board && detail.board === board) again();
    if (detail.kind !== "asset") return;
    const ids = detail.assets ?? (detail.asset ? [detail.asset] : []);
    if (detail.deleted === !page.bin) { // what goes by one's own hand is cut there, with its places for the way back
      const gone = ids.filter((id) => page.rows.byId.has(id) && !page.leaving?.has(id));
      if (!gone.length) return;
      page.rows.cut(gone);
      page.choice.forget(gone);
      page.emptied();
    } else if (detail.deleted === page.bin) {
      if (ids.some((id) => !page.rows.byId.has(id))) again();
    } else if (detail.changed) {
      for (const id of ids) changed.add(id);
      draw();
    }
  });
}
