// The page of one board: its name in place, its filters, deleting with a way back, its order.

import { patch, post, remove } from "../api.js";
import { say } from "../words.js";
import { toast } from "../frame/toast-list.js";
import { wireOrder } from "./order.js";
import { openSend } from "./send.js";

export function wireBoardPage(page) {
  const { board } = page.dataset;
  if ("byHand" in page.dataset && "mayEdit" in page.dataset) wireOrder(page);
  const title = document.getElementById("board-title");
  title?.addEventListener("change", async () => {
    try {
      const told = await patch(`boards/${board}`, { title: title.value });
      title.value = told.title;
      page.dataset.title = told.title;
      toast(say("saved"));
    } catch (error) {
      toast(error.message, { wrong: true });
      title.value = page.dataset.title;
    }
  });
  title?.addEventListener("keydown", (event) => { if (event.key === "Enter") title.blur(); });
  document.querySelector("[data-send-board]")?.addEventListener("click", ({ currentTarget }) => {
    openSend({ board, mayMove: "mayMove" in currentTarget.dataset, onback: () => location.reload() });
  });
  document.querySelector("[data-delete-board]")?.addEventListener("click", async () => {
    try {
      await remove(`boards/${board}`);
    } catch (error) {
      toast(error.message, { wrong: true });
      return;
    }
    sessionStorage.setItem("board-gone", JSON.stringify({ id: board, title: page.dataset.title }));
    location.href = "/boards/";
  });
}

/** On the page of all boards: say which was just deleted, with a way back. */
export function tellDeleted() {
  const told = JSON.parse(sessionStorage.getItem("board-gone") ?? "null");
  sessionStorage.removeItem("board-gone");
  if (!told) return;
  toast(say("board_gone", { title: told.title }), {
    action: say("undo"),
    onaction: async () => {
      await post(`boards/${told.id}/restore`, {});
      location.href = `/boards/${told.id}/`;
    },
  });
}
