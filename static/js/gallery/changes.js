// What one does to many assets at once, one call for a thousand; a word at the end, and where that can be a way back.

import { api, post } from "../api.js";
import { h } from "../dom.js";
import { count, say } from "../words.js";
import { toast } from "../frame/toast-list.js";

const AT_ONCE = 1000; // what one call takes

/** Send `ids` in as few calls as it takes; gives those for which it worked, and says why others did not. */
async function inParts(path, ids, more = {}) {
  const done = [];
  try {
    for (let at = 0; at < ids.length; at += AT_ONCE) {
      const part = ids.slice(at, at + AT_ONCE);
      await post(path, { assets: part, ...more });
      done.push(...part);
    }
  } catch (error) {
    toast(say("some_failed", { reason: error.message }), { wrong: true });
  }
  return done;
}

export const deleteAll = (ids) => inParts("assets/delete", ids);
export const restoreAll = (ids) => inParts("assets/restore", ids);
export const rateAll = (ids, rating) => inParts("assets/change", ids, { rating });
export const tagAll = (ids, add_tags) => inParts("assets/change", ids, { add_tags });
export const untagAll = (ids, remove_tags) => inParts("assets/change", ids, { remove_tags });
export const takeOff = (board, ids) => inParts(`boards/${board}/remove`, ids);
export const putBefore = (board, ids, before) => post(`boards/${board}/move`, { assets: ids, before });

/** Put assets on a board, and say so. */
export async function putOn(board, ids) {
  let n = 0;
  try {
    for (let at = 0; at < ids.length; at += AT_ONCE) n += (await post(`boards/${board.id}/assets`, { assets: ids.slice(at, at + AT_ONCE) })).changed;
  } catch (error) {
    toast(say("some_failed", { reason: error.message }), { wrong: true });
    return;
  }
  if (!n) toast(say("already_there", { title: board.title }));
  else toast(count("on_board", n, { title: board.title }), { action: say("open"), href: `/boards/${board.id}/` });
}

/** The team's boards that are picked by hand. */
export async function handPicked() {
  const team = document.documentElement.dataset.team;
  const { items } = await api(`boards?limit=200${team ? `&team=${team}` : ""}`);
  return items.filter((board) => board.filters === null);
}

export const newBoard = (title, filters = null) =>
  post("boards", { title, filters, team: document.documentElement.dataset.team ?? null });

/** Save assets as a zip: a form, so that the browser writes it down while it comes. */
export function saveZip(ids) {
  const form = h("form", { method: "post", action: "/gallery/export/", hidden: true },
    h("input", { type: "hidden", name: "csrfmiddlewaretoken", value: document.querySelector('meta[name="csrf"]').content }),
    h("input", { type: "hidden", name: "assets", value: ids.join(",") }));
  document.body.append(form);
  form.submit();
  form.remove();
}

/** "a, b" as ["a", "b"]. */
export const tagsOf = (words) => [...new Set(words.split(",").map((word) => word.trim()).filter(Boolean))];
