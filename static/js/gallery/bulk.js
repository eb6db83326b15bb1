// The bar of the chosen and its dialogs: tag, rate, board, export, delete, restore, take off a board.

import { h } from "../dom.js";
import { count, say } from "../words.js";
import { openDialog } from "../frame/dialogs.js";
import { toast } from "../frame/toast-list.js";
import { compare } from "./compare.js";
import { openSend } from "./send.js";
import { deleteAll, handPicked, newBoard, putBefore, putOn, rateAll, restoreAll, saveZip, tagAll, tagsOf, takeOff, untagAll } from "./changes.js";
import { icon } from "../dom.js";

/** Wire the bar of a <gallery-page>; gives what keys call too. */
export function wireBulk(page) {
  const { choice, rows } = page;
  let targets = [];

  const acts = {
    none: () => choice.none(),
    all: () => choice.everything(),
    tag: () => openDialog("tag-dialog"),
    rate: () => openDialog("rate-dialog"),
    board: () => openDialog("board-dialog"),
    compare: (ids) => compare(ids),
    review: (ids) => location.assign(`/review/new/?assets=${ids.join(",")}`),
    export: (ids) => saveZip(ids),
    send: (ids) => openSend({ ids, onmoved: gone, onback: () => page.load(page.dataset.here, { push: false }) }),
    delete: (ids) => remove(ids, deleteAll, "deleted", restoreAll),
    restore: (ids) => remove(ids, restoreAll, "restored", deleteAll),
    off: (ids) => remove(ids, (each) => takeOff(page.dataset.board, each), "off_board", back),
  };
  const act = (what, ids) => {
    targets = ids;
    return acts[what]?.(ids);
  };
  page.bar.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    if (button) act(button.dataset.do, choice.all);
  });

  /** Take tiles away at once and say it, with a way back. */
  async function remove(ids, call, word, undo) {
    const active = document.activeElement?.closest?.(".tile");
    const at = active ? rows.list.findIndex((item) => item.id === active.dataset.id) : -1;
    for (const id of ids) rows.byId.get(id)?.node?.setAttribute("data-leaving", "");
    page.leaving = new Set(ids);
    const done = await call(ids);
    page.leaving = null;
    for (const id of ids) rows.byId.get(id)?.node?.removeAttribute("data-leaving");
    if (!done.length) return;
    const places = rows.cut(done);
    choice.forget(done);
    if (at >= 0) page.focusTile(rows.list[Math.min(at, rows.list.length - 1)]);
    toast(count(word, done.length), {
      action: say("undo"),
      onaction: async () => {
        if (!(await undo(done, places)).length) return;
        if (rows.list.length) rows.put([...places]);
        else page.load(page.dataset.here, { push: false });
      },
    });
    page.emptied();
  }

  /** Tiles whose assets are in the bin now. */
  function gone(ids) {
    rows.cut(ids);
    choice.forget(ids);
    page.emptied();
  }

  /** Things taken off a board go back where they were. */
  async function back(ids, places) {
    await putOn({ id: page.dataset.board, title: page.dataset.title }, ids);
    const group = places[0]?.group;
    const rest = new Set(ids);
    const after = group?.items.slice(places[0].at).find((item) => !rest.has(item.id));
    if (after) await putBefore(page.dataset.board, ids, after.id).catch(() => {});
    return ids;
  }

  async function tag(ids, tags) {
    const done = await tagAll(ids, tags);
    if (done.length) toast(say("tagged", { tags: tags.join(", ") }), { action: say("undo"), onaction: () => untagAll(done, tags) });
  }

  async function rate(ids, n) {
    if (!("mayRate" in page.dataset)) return;
    const done = await rateAll(ids, n);
    for (const id of done) {
      const item = rows.byId.get(id);
      if (!item) continue;
      const tile = rows.nodeOf(item);
      tile.querySelector(":scope > .rate")?.remove();
      tile.append(h("span", { class: "on-picture rate" }, icon("star", "solid"), String(n)));
    }
    if (done.length) toast(say("rated", { n }));
  }

  document.getElementById("tag-dialog")?.addEventListener("close", ({ target }) => {
    if (target.returnValue !== "ok") return;
    target.returnValue = "";
    const tags = tagsOf(target.querySelector("input").value);
    target.querySelector("form").reset();
    if (tags.length) tag(targets, tags);
  });
  document.getElementById("rate-dialog")?.addEventListener("click", (event) => {
    const star = event.target.closest("[data-rate]");
    if (!star) return;
    event.currentTarget.close();
    rate(targets, Number(star.dataset.rate));
  });
  wireBoardDialog(() => targets);
  return { act, rate };
}

function wireBoardDialog(targets) {
  const dialog = document.getElementById("board-dialog");
  if (!dialog) return;
  const list = dialog.querySelector(".board-choice");
  const form = dialog.querySelector("form");
  dialog.firstElementChild.addEventListener("opened", async () => {
    list.replaceChildren(h("p", { class: "quiet" }, say("loading")));
    try {
      const boards = await handPicked();
      list.replaceChildren(...(boards.length ? boards.map((board) =>
        h("button", { type: "button", class: "chip", onclick: () => { dialog.close(); putOn(board, targets()); } }, board.title))
        : [h("p", { class: "quiet" }, say("no_boards"))]));
    } catch (error) {
      list.replaceChildren(h("p", { class: "note" }, error.message));
    }
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const title = form.elements.title.value.trim();
    if (!title) return;
    try {
      const board = await newBoard(title);
      dialog.close();
      form.reset();
      await putOn(board, targets());
    } catch (error) {
      toast(error.message, { wrong: true });
    }
  });
}
