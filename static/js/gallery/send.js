// "Move or copy": the chosen, one asset or a board go into another team; a word at the end, with a way back.

import { api, post, remove } from "../api.js";
import { h, icon } from "../dom.js";
import { count, say } from "../words.js";
import { toast } from "../frame/toast-list.js";

const AT_ONCE = 1000;
const MAY_ADD = new Set(["creator", "manager", "owner"]);

/**
 * Ask where to and how, then do it. ids: of the assets, or `board` for one with what it holds. mayMove: whether the
 * originals may go. here: the team that they are in. onmoved(ids): they are in the bin now. onback(ids): they are back.
 */
export async function openSend({ ids = [], board = null, here = document.documentElement.dataset.team, mayMove = true, onmoved, onback }) {
  let teams;
  try {
    const { items } = await api("teams?limit=200");
    teams = items.filter((team) => team.id !== here && MAY_ADD.has(team.role));
  } catch (error) {
    toast(error.message, { wrong: true });
    return;
  }
  const way = (value, checked) => h("label", { class: "tick" }, h("input", { type: "radio", name: "way", value, checked, disabled: value === "move" && !mayMove }),
    h("span", {}, say(`send_${value}`), h("small", { class: "faint" }, ` ${say(value === "move" && !mayMove ? "send_may_not" : `send_${value}_help`)}`)));
  const close = h("button", { type: "button", class: "btn bare", onclick: () => dialog.close() }, say("leave_it"));
  const form = teams.length
    ? h("form", { class: "form" },
      h("label", { class: "label" }, say("send_team"), h("span", { class: "choose" }, h("select", { class: "select", name: "team", required: true }, teams.map((team) => h("option", { value: team.id }, team.name))), icon("down"))),
      h("fieldset", { class: "label" }, h("legend", {}, say("send_way")), way("copy", true), way("move", false)),
      h("p", { class: "quiet small-print" }, say("send_along")),
      h("p", { class: "btns end" }, close, h("button", { type: "submit", class: "btn main" }, icon("team"), say("send"))))
    : h("div", { class: "form" }, h("p", { class: "quiet" }, say("send_no_team")), h("p", { class: "btns end" }, close));
  const title = board ? say("send_board") : count("send_n", ids.length);
  const dialog = h("dialog", { class: "dialog", "aria-labelledby": "send-name" }, h("h2", { id: "send-name" }, title), form);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const { team, way: chosen } = form.elements;
    const button = form.querySelector("[type=submit]");
    button.disabled = true;
    const asked = { team: team.value, move: chosen.value === "move" };
    const name = team.selectedOptions[0].textContent;
    const sent = [];
    try {
      if (board) sent.push(await post(`boards/${board}/send`, asked));
      else for (let at = 0; at < ids.length; at += AT_ONCE) sent.push(await post("assets/send", { ...asked, assets: ids.slice(at, at + AT_ONCE) }));
    } catch (error) {
      toast(error.message, { wrong: true });
    }
    dialog.close();
    if (sent.length) told(sent, asked.move, name, { board, onmoved, onback });
  });
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

/** Say it, with a way back: the originals first, so that at no moment there are none. */
function told(sent, moved, team, { board, onmoved, onback }) {
  const pairs = sent.flatMap((each) => each.assets);
  const originals = pairs.map((pair) => pair.original);
  const made = sent.find((each) => each.board)?.board;
  if (moved) onmoved?.(originals);
  const inParts = async (path, ids) => {
    for (let at = 0; at < ids.length; at += AT_ONCE) await post(path, { assets: ids.slice(at, at + AT_ONCE) });
  };
  toast(board ? say(moved ? "board_sent_moved" : "board_sent_copied", { team }) : count(moved ? "sent_moved" : "sent_copied", pairs.length, { team }), {
    stays: 15_000,
    action: say("undo"),
    onaction: async () => {
      try {
        if (moved) {
          await inParts("assets/restore", originals);
          if (board) await post(`boards/${board}/restore`, {});
        }
        await inParts("assets/delete", pairs.map((pair) => pair.asset));
        if (made) await remove(`boards/${made}`);
      } catch (error) {
        toast(error.message, { wrong: true });
        return;
      }
      if (moved) onback?.(originals);
      toast(say("undone"));
    },
  });
}
