// The page of all boards: a new one, and the way back for one that was just deleted.

import { newBoard } from "./gallery/changes.js";
import { tellDeleted } from "./gallery/board.js";
import { toast } from "./frame/toast-list.js";

tellDeleted();
document.getElementById("new-board")?.querySelector("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const title = event.target.elements.title.value.trim();
  if (!title) return;
  try {
    const board = await newBoard(title);
    location.href = `/boards/${board.id}/`;
  } catch (error) {
    toast(error.message, { wrong: true });
  }
});
