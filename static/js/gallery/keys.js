// Keys of the gallery: arrows move and with Shift choose, Home and End go to the first and the last, space looks, x chooses,
// Ctrl+A chooses all, 1-5 rate, b puts on a board, e edits a picture and revises the rest, s shows slides, Delete, / searches.

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
    const next = tile ? step(page.rows, tile, event.key) : page.rows.list[0];
    if (!next) return;
    event.preventDefault();
    if (event.shiftKey && tile && !dialog.open) {
      if (!page.choice.n) page.choice.pick(tile.dataset.id, false, true);
      page.choice.pick(next.id, true, true);
    }
    page.focusTile(next);
    if (dialog.open) look(next.node);
  };

  const onTile = (event, tile) => {
    const { key } = event;
    const { id } = tile.dataset;
    const meant = page.choice.has(id) ? page.choice.all : [id];
    if (key === " " && !event.target.closest("button:not([data-closes]), .pick")) {
      event.preventDefault();
      if (dialog.open) dialog.close();
      else look(tile);
    } else if (key === "x" || key === "X") {
      event.preventDefault();
      page.choice.pick(id, event.shiftKey, !page.choice.has(id));
    } else if (/^[1-5]$/.test(key)) page.rate(meant, Number(key));
    else if (key === "b" && !page.bin && !dialog.open) page.act("board", meant);
    else if (key === "c" && !page.bin && !dialog.open) page.act("compare", page.choice.all);
    else if (key === "e" && tile.dataset.medium === "image") location.href = `/canvas/${id}/`;
    else if (key === "e" && tile.dataset.tool) location.href = `/create/${tile.dataset.tool}/?from=${id}`;
    else if (key === "Delete" && !page.bin && !dialog.open) page.act("delete", page.choice.n ? page.choice.all : [id]);
    else if (key === "Escape" && !dialog.open) page.choice.none();
  };

  document.addEventListener("keydown", (event) => {
    if (event.target.closest("input:not(.pick), textarea, select, video, audio") || event.altKey) return;
    if (document.querySelector("dialog[open]") && !dialog.open) return;
    if ((event.ctrlKey || event.metaKey) && event.key === "a" && !dialog.open && page.rows.list.length) {
      event.preventDefault();
      page.choice.everything();
      return;
    }
    if (event.ctrlKey || event.metaKey) return;
    const active = document.activeElement;
    const tile = dialog.open ? looked : active?.closest?.(".tile");
    const here = tile || active === document.body || active?.id === "main";
    if (event.key === "/" && !dialog.open) {
      event.preventDefault();
      page.querySelector('[name="q"]')?.focus();
    } else if (event.key.startsWith("Arrow") && here) go(event, tile);
    else if ((event.key === "Home" || event.key === "End") && here && !dialog.open) {
      event.preventDefault();
      page.toEnd(event.key === "End");
    } else if (event.key === "s" && here && !dialog.open) page.slides();
    else if (tile) onTile(event, tile);
    else if (event.key === "Escape") page.choice.none();
  });
}

/** The tile beside, above or below this one, whether it is drawn or not. */
function step({ list, byId, groups }, tile, key) {
  const item = byId.get(tile.dataset.id);
  const at = list.indexOf(item);
  if (key === "ArrowRight") return list[at + 1];
  if (key === "ArrowLeft") return list[at - 1];
  const lines = groups.flatMap((group) => group.lines);
  const other = lines[lines.indexOf(item.line) + (key === "ArrowDown" ? 1 : -1)];
  if (!other) return null;
  const middle = (each) => {
    let left = 0;
    for (const one of each.line.items) {
      if (one === each) break;
      left += one.ar * each.line.height;
    }
    return left + (each.ar * each.line.height) / 2;
  };
  const wanted = middle(item);
  return other.items.reduce((best, each) => (Math.abs(middle(each) - wanted) < Math.abs(middle(best) - wanted) ? each : best));
}
