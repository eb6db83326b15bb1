// A layer is dragged to another place of the list, which shows them from above to below. Keys and buttons do the same.

import { placed } from "./layers.js";

const KIND = "text/layer";

/** list: the <ul> of rows with data-id; move(change): takes a change of the layers. */
export function takesDrags(list, move) {
  let dragged = null;
  const clear = () => { for (const row of list.children) delete row.dataset.drop; };
  const under = (event) => {
    const row = event.target.closest("li");
    if (!row || !dragged) return null;
    const { top, height } = row.getBoundingClientRect();
    return { row, below: event.clientY > top + height / 2 };
  };
  list.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("li")?.dataset.id ?? null;
    event.dataTransfer.setData(KIND, dragged);
    event.dataTransfer.effectAllowed = "move";
  });
  list.addEventListener("dragover", (event) => {
    const at = under(event);
    if (!at) return;
    event.preventDefault();
    clear();
    at.row.dataset.drop = at.below ? "below" : "above";
  });
  list.addEventListener("drop", (event) => {
    const at = under(event);
    if (!at) return;
    event.preventDefault();
    const id = dragged;
    dragged = null; // the row is drawn anew, and its end of the drag is not heard
    if (at.row.dataset.id !== id) move((layers) => placed(layers, id, at.row.dataset.id, at.below));
  });
  list.addEventListener("dragend", () => {
    dragged = null;
    clear();
  });
}
