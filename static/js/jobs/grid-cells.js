// The cells of a batch's grid, from the data that came with its table.

import { h, icon, vars } from "../dom.js";
import { say } from "../words.js";

const SIGNS = { failed: "warn", queued: "clock", cancelled: "x", succeeded: "trash" };

/** A word that is another as soon as the cell has to be drawn anew. */
export const nowOf = ({ job, state, n }) => `${job ?? ""} ${state ?? ""} ${n}`;

/** Fill the table inside `body`, a window of the grid. */
export function draw(body) {
  const flat = "flat" in body.querySelector("table").dataset;
  const rows = body.querySelectorAll("tbody tr");
  JSON.parse(body.querySelector("#grid-cells").textContent).forEach((row, at) => rows[at].append(...row.map((cell) => cellOf(cell, flat))));
}

/** One cell. flat: there are no rows, so it says itself what it is. */
export function cellOf(cell, flat) {
  return h("td", { "data-i": cell.i, "data-now": nowOf(cell) },
    cell.asset ? made(cell) : cell.job ? unmade(cell) : h("span", { class: "cell none" }, h("span", { class: "frame" }), h("span", { class: "vh" }, say("not_for_you"))),
    flat ? h("span", { class: "words", title: cell.label }, cell.label) : null);
}

/** Its first asset, to be marked as a winner; and the way to it. */
function made({ asset, medium, label, text, thumbnail, n }) {
  const work = text !== undefined ? h("span", { class: "written" }, text)
    : thumbnail ? h("img", { class: "work", src: thumbnail, alt: "", loading: "lazy", decoding: "async", draggable: "false" })
      : icon(medium);
  return [
    h("button", { type: "button", class: "cell", tabindex: "-1", "aria-pressed": "false", "data-asset": asset, "data-medium": medium, "aria-label": label },
      h("span", { class: "frame" }, work), h("span", { class: "mark" }, icon("check", "small")), n > 1 ? h("span", { class: "on-picture more" }, String(n)) : null),
    h("a", { class: "on-picture opens", href: `/assets/${asset}/`, tabindex: "-1", "aria-label": say("open_cell", { label }) }, icon("expand")),
  ];
}

/** A job that has made nothing yet, or no more: its state, and the way to its page. */
function unmade({ job, state, says, medium, last, percent, label, error }) {
  const words = state === "succeeded" ? say("in_the_bin") : says;
  const place = h("span", { class: "frame pic" });
  if (state === "running") {
    const line = h("span", { class: "line", role: "progressbar", "aria-label": label, "aria-valuemin": "0", "aria-valuemax": "100", "aria-valuenow": percent });
    place.append(h("span", { class: "vh", "data-note": "" }), vars(line, { p: percent }));
  } else place.append(h("span", { class: "state" }, icon(SIGNS[state]), h("small", {}, words)));
  return h("a", {
    class: "cell", tabindex: "-1", href: `/jobs/${job}/`, "data-state": state, "data-job": job, "data-last": last, "data-medium": medium,
    "aria-label": `${label}: ${words}`, title: state === "failed" ? error || say("no_reason") : null,
  }, place);
}
