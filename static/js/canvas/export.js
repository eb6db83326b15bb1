// The picture, the mask, or both in one as a PNG file on the person's own disk.

import { h } from "../dom.js";
import { pngOf } from "./layers.js";

/** kind: "picture"; "mask", white where it is to change; "cutout", the picture with a hole where the mask is. */
export async function exportAs({ work, given }, kind) {
  const canvas = { picture: () => work.flat, mask: () => work.mask.grey(), cutout: () => holed(work) }[kind]();
  const stem = given.name.replace(/[^\p{L}\p{N} _-]+/gu, "").trim().slice(0, 60) || "canvas";
  const file = await pngOf(canvas, kind === "picture" ? `${stem}.png` : `${stem}-${kind}.png`);
  const href = URL.createObjectURL(file);
  h("a", { href, download: file.name }).click();
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}

function holed({ flat, mask }) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [flat.width, flat.height];
  const context = canvas.getContext("2d");
  context.drawImage(flat, 0, 0);
  context.globalCompositeOperation = "destination-out";
  context.drawImage(mask.canvas, 0, 0);
  return canvas;
}
