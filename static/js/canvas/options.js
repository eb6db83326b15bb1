// The row above the picture: what the chosen tool can be told, acts on the mask, and the tools that take just a picture.

import { vars } from "../dom.js";
import { say } from "../words.js";
import { toast } from "../frame/toast-list.js";
import { NONE } from "./geometry.js";
import { changed, resized, withLayers } from "./layers.js";
import { fillPath } from "./tools.js";

const BOX = { x: "x", y: "y", wide: "w", high: "h" }; // the fields of the chosen layer's box

/** Set a slider, and how far its track is filled. */
export function slide(range, value) {
  range.value = value;
  vars(range, { v: (100 * (range.value - range.min)) / (range.max - range.min) });
}

export function wireOptions(page) {
  const { work, options } = page;
  const row = page.querySelector(".options");
  const input = (name) => row.querySelector(`[name="${name}"]`);
  const groups = [...row.querySelectorAll("[data-for]")];

  const draw = () => {
    const { tool } = page.dataset;
    for (const group of groups) group.hidden = !group.dataset.for.split(" ").includes(tool);
    slide(input("size"), options.size);
    row.querySelector("[data-size]").textContent = say("pixels", { n: options.size });
    slide(input("tolerance"), options.tolerance);
    slide(input("hardness"), Math.round(options.hardness * 100));
    for (const side of Object.keys(NONE)) if (document.activeElement !== input(side)) input(side).value = work.state.expand[side];
    const { layer } = page;
    for (const [name, key] of Object.entries(BOX)) if (layer && document.activeElement !== input(name)) input(name).value = layer[key];
  };
  page.addEventListener("tool", draw);
  work.addEventListener("state", draw);

  input("size").addEventListener("input", () => {
    options.size = Number(input("size").value);
    draw();
  });
  input("hardness").addEventListener("input", () => {
    options.hardness = input("hardness").value / 100;
    draw();
  });
  input("tolerance").addEventListener("input", () => {
    options.tolerance = Number(input("tolerance").value);
    draw();
  });
  input("together").addEventListener("change", () => { options.together = input("together").checked; });
  input("pressure").addEventListener("change", () => { options.pressure = input("pressure").checked; });
  for (const radio of row.querySelectorAll('[name="mode"]')) radio.addEventListener("change", () => { options.takesAway = radio.value === "away" && radio.checked; });
  for (const side of Object.keys(NONE)) {
    input(side).addEventListener("change", () => page.expand({ ...work.state.expand, [side]: Number(input(side).value) }, { settle: true }));
  }
  row.querySelector("[data-no-frame]").addEventListener("click", () => page.expand(NONE, { settle: true }));
  for (const [name, key] of Object.entries(BOX)) {
    input(name).addEventListener("change", () => {
      const { layer } = page;
      const value = Math.round(Number(input(name).value) || 0);
      const most = page.widestLayer(layer);
      const box = { x: { x: value }, y: { y: value }, w: resized(layer, Math.min(most, value)), h: resized(layer, Math.min(most, (value * layer.w) / layer.h)) }[key];
      work.change(withLayers(work.state, (layers) => changed(layers, layer.id, box)));
      input(name).value = page.layer[key];
    });
  }

  for (const button of page.querySelectorAll("[data-reshape]")) {
    button.addEventListener("click", async () => {
      const pixels = Math.max(1, Math.round(Number(page.querySelector('[name="reshape-by"]').value) || 1));
      const [kind, sign] = { grow: ["grow", 1], shrink: ["grow", -1], feather: ["feather", 1] }[button.dataset.reshape];
      await work.do(() => work.reshapeMask(kind, sign * pixels));
    });
  }
  for (const button of page.querySelectorAll("[data-runs]")) {
    button.addEventListener("click", () => {
      button.closest("details")?.removeAttribute("open");
      page.run({ tool: button.dataset.runs, field: button.dataset.field }).catch((problem) => toast(problem.message, { wrong: true }));
    });
  }

  // A rectangle by numbers, for whoever has no pointer.
  const dialog = document.getElementById("canvas-rectangle");
  dialog.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    const told = new FormData(event.target);
    const [x, y, w, h] = ["left", "top", "width", "height"].map((name) => Number(told.get(name)) || 0);
    const { rect } = work.state;
    const [x0, y0] = [rect.x + x, rect.y + y];
    if (w > 0 && h > 0) {
      fillPath(page, [{ x: x0, y: y0 }, { x: x0 + w, y: y0 }, { x: x0 + w, y: y0 + h }, { x: x0, y: y0 + h }], event.submitter?.value === "away");
      page.say(event.submitter?.value === "away" ? "rectangle_gone" : "rectangle_done");
    }
    dialog.close();
  });
}
