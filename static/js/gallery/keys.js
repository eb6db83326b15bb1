// Keys of the gallery: arrows move, space looks, x chooses, 1-5 rate, e edits a picture and revises the rest, Delete deletes, / searches.

import { h } from "../dom.js";
import { openDialog } from "../frame/dialogs.js";

/** Wire the keys of a <gallery-page>. */
export function wireKeys(page) {
  const dialog = document.getElementById("look");
  let looked = null;
  dialog.addEventListener("close", () => {
    dialog.querySelector(".look-work").replaceChildren();
    looked?.querySelector("a")?.focus(); // where the arrows have led to
  });

  const look = async (tile) => {
    looked = tile;
    const place = dialog.querySelector(".look-work");
    const name = tile.querySelector(".name, b")?.textContent ?? "";
    const content = `/api/v1/assets/${tile.dataset.id}/content`;
    dialog.querySelector(".look-name").textContent = name;
    const shown = {
      text: () => h("div", { class: "written", tabindex: "0" }),
      image: () => h("img", { src: content, alt: name }),
      video: () => h("video", { src: content, controls: true, autoplay: true }),
    }[tile.dataset.medium] ?? (() => h("audio", { src: content, controls: true, autoplay: true }));
    const work = shown();
    place.replaceChildren(work);
    openDialog("look");
    if (tile.dataset.medium === "text") {
      const answer = await fetch(content, { credentials: "same-origin" }).catch(() => null);
      if (answer?.ok) work.textContent = await answer.text();
    }
  };

  const go = (event, tile) => {
    const next = tile ? step(page.tiles, tile, event.key) : page.tiles[0];
    if (!next) return;
    event.preventDefault();
    next.querySelector("a").focus();
    next.scrollIntoView({ block: "nearest" });
    if (dialog.open) look(next);
  };

  const onTile = (event, tile) => {
    const { key } = event;
    if (key === " " && !event.target.closest("button:not([data-closes]), .pick")) {
      event.preventDefault();
      if (dialog.open) dialog.close();
      else look(tile);
    } else if (key === "x" || key === "X") {
      event.preventDefault();
      const box = tile.querySelector(".pick");
      box.checked = !box.checked;
      page.pick(tile, event.shiftKey, box.checked);
    } else if (/^[1-5]$/.test(key)) page.rate(page.chosen.includes(tile) ? page.chosen : [tile], Number(key));
    else if (key === "e" && tile.dataset.medium === "image") location.href = `/canvas/${tile.dataset.id}/`;
    else if (key === "e" && tile.dataset.tool) location.href = `/create/${tile.dataset.tool}/?from=${tile.dataset.id}`;
    else if (key === "Delete" && !page.bin) page.delete(page.chosen.length ? page.chosen : [tile]);
    else if (key === "Escape" && !dialog.open) page.none();
  };

  document.addEventListener("keydown", (event) => {
    if (event.target.closest("input:not(.pick), textarea, select, video, audio") || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector("dialog[open]") && !dialog.open) return;
    const active = document.activeElement;
    const tile = dialog.open ? looked : active?.closest?.(".tile");
    if (event.key === "/" && !dialog.open) {
      event.preventDefault();
      page.querySelector('[name="q"]').focus();
    } else if (event.key.startsWith("Arrow") && (tile || active === document.body || active?.id === "main")) go(event, tile);
    else if (tile) onTile(event, tile);
    else if (event.key === "Escape") page.none();
  });
}

/** The tile beside, above or below this one. */
function step(tiles, tile, key) {
  const at = tiles.indexOf(tile);
  if (key === "ArrowRight") return tiles[at + 1];
  if (key === "ArrowLeft") return tiles[at - 1];
  const box = tile.getBoundingClientRect();
  const middle = box.left + box.width / 2;
  const down = key === "ArrowDown";
  const others = tiles.map((each) => ({ each, box: each.getBoundingClientRect() })).filter((other) => (down ? other.box.top > box.top + 4 : other.box.top < box.top - 4));
  if (!others.length) return null;
  const row = down ? Math.min(...others.map((other) => other.box.top)) : Math.max(...others.map((other) => other.box.top));
  const near = others.filter((other) => Math.abs(other.box.top - row) < 4);
  const far = (other) => Math.abs(other.box.left + other.box.width / 2 - middle);
  return near.reduce((best, other) => (far(other) < far(best) ? other : best)).each;
}
