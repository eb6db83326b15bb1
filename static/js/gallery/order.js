// The order of a board: drag a tile, or move it by Alt and the arrow keys; the chosen go together.

import { say } from "../words.js";
import { toast } from "../frame/toast-list.js";
import { putBefore } from "./changes.js";

const BEGINS = 6;

export function wireOrder(page) {
  const { rows, choice } = page;
  const board = page.dataset.board;
  let asked = Promise.resolve();

  /** Put tiles before another (null: at the end); the page shows it at once, and the board follows. */
  const put = (ids, before) => {
    const old = rows.list.map((item) => item.id);
    rows.move(ids, before);
    asked = asked.then(() => putBefore(board, ids, before)).catch((error) => {
      toast(error.message, { wrong: true });
      rows.move(old, null);
    });
    page.say(say("moved", { n: rows.list.findIndex((item) => item.id === ids[0]) + 1 }));
  };
  const together = (id) => (choice.has(id) ? rows.list.filter((item) => choice.has(item.id)).map((item) => item.id) : [id]);

  page.addEventListener("keydown", (event) => {
    const tile = event.target.closest?.(".tile");
    if (!tile || !event.altKey || !/^Arrow(Left|Right|Up|Down)$/.test(event.key)) return;
    event.preventDefault();
    const ids = together(tile.dataset.id);
    const rest = rows.list.filter((item) => !ids.includes(item.id));
    const first = rows.list.findIndex((item) => item.id === ids[0]);
    const line = rows.byId.get(ids[0]).line.items.length;
    const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -line, ArrowDown: line }[event.key];
    const at = Math.max(0, Math.min(rest.length, first + by));
    put(ids, rest[at]?.id ?? null);
    page.focusTile(rows.byId.get(tile.dataset.id));
  });

  page.body.addEventListener("pointerdown", (event) => {
    const tile = event.target.closest(".tile");
    if (!tile || event.pointerType !== "mouse" || event.button !== 0 || event.target.closest("button, input, .stack-of")) return;
    event.stopImmediatePropagation(); // no frame begins on a tile here
    const begin = event;
    let moved = false;
    let target = null;
    const ids = together(tile.dataset.id);
    const mark = (next) => {
      target?.node?.removeAttribute("data-before");
      target = next;
      target?.node?.setAttribute("data-before", "");
    };
    const move = (now) => {
      if (!moved && Math.hypot(now.clientX - begin.clientX, now.clientY - begin.clientY) < BEGINS) return;
      moved = true;
      page.dataset.moving = "";
      for (const id of ids) rows.byId.get(id)?.node?.setAttribute("data-leaving", "");
      const over = document.elementFromPoint(now.clientX, now.clientY)?.closest?.(".tile");
      const item = over && rows.byId.get(over.dataset.id);
      if (!item || ids.includes(item.id)) return;
      const box = over.getBoundingClientRect();
      const at = rows.list.indexOf(item) + (now.clientX > box.left + box.width / 2 ? 1 : 0);
      mark(rows.list.slice(at).find((each) => !ids.includes(each.id)) ?? null);
      target ??= undefined; // null: nothing is meant yet; undefined: the end
    };
    const end = (now) => {
      removeEventListener("pointermove", move);
      removeEventListener("pointerup", end);
      removeEventListener("pointercancel", end);
      delete page.dataset.moving;
      for (const id of ids) rows.byId.get(id)?.node?.removeAttribute("data-leaving");
      const before = target;
      target?.node?.removeAttribute("data-before");
      if (!moved) return;
      choice.framed = true; // the click at the end opens nothing
      setTimeout(() => { choice.framed = false; }, 0);
      if (now.type === "pointerup" && before !== null) put(ids, before?.id ?? null);
    };
    addEventListener("pointermove", move);
    addEventListener("pointerup", end);
    addEventListener("pointercancel", end);
  }, true);
}
