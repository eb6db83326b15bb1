// Pictures that come from outside, and parts that go there: pasted, dropped, chosen; lifted, copied.

import { say } from "../words.js";
import { toast } from "../frame/toast-list.js";
import { layerOf, pngOf, withLayers } from "./layers.js";
import { writes } from "./keys.js";

/** Listen for what is pasted, dropped anywhere on the page, or chosen. A field that takes files itself comes first. */
export function takesPictures(page) {
  addEventListener("paste", (event) => {
    if (event.defaultPrevented || writes(event.target)) return;
    const files = [...(event.clipboardData?.files ?? [])].filter((each) => each.type.startsWith("image/"));
    if (!files.length) return;
    event.preventDefault();
    pasteAll(page, files);
  });
  // Beside the picture, too: there the browser would open the file in place of the page.
  addEventListener("dragover", (event) => {
    if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
  });
  addEventListener("drop", (event) => {
    if (event.defaultPrevented || !event.dataTransfer?.files.length) return;
    event.preventDefault();
    pasteAll(page, event.dataTransfer.files);
  });
  const chooses = page.querySelector("[data-paste]");
  const chooser = chooses.nextElementSibling; // the form has choosers of its own
  chooses.addEventListener("click", () => chooser.click());
  chooser.addEventListener("change", async () => {
    await pasteAll(page, [...chooser.files]);
    chooser.value = "";
  });
}

async function pasteAll(page, files) {
  for (const file of [...files]) await paste(page, file);
}

/** A picture file as a layer, in the middle of what is seen of the picture. */
export async function paste(page, file) {
  const { work, viewport } = page;
  let bitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    toast(say("upload_wrong", { name: file.name }), { wrong: true });
    return;
  }
  const share = Math.min(1, work.state.rect.w / bitmap.width, work.state.rect.h / bitmap.height);
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [Math.max(1, Math.round(bitmap.width * share)), Math.max(1, Math.round(bitmap.height * share))];
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  const { x, y } = viewport.toPicture(viewport.width / 2, viewport.height / 2);
  const box = { x: Math.round(x - canvas.width / 2), y: Math.round(y - canvas.height / 2), w: canvas.width, h: canvas.height };
  await put(page, canvas, box, file.name.replace(/\.\w+$/, "") || say("pasted"));
  page.say("pasted_says");
}

async function put(page, canvas, box, name) {
  const { work } = page;
  const layer = { ...layerOf({ id: null }, name, box), whole: false };
  await work.pictures.add(layer, canvas);
  work.change(withLayers(work.state, (layers) => [...layers, layer]));
  page.layers.choose(layer.id);
  page.showLayers(true);
  page.choose("move");
}

/** What the mask shows of the picture, with its soft edges: {canvas, box}, or null where the mask is empty. */
function masked({ work: { mask, flat, state } }) {
  const box = mask.bounds();
  if (!box) return null;
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [box.w, box.h];
  const context = canvas.getContext("2d");
  context.drawImage(mask.canvas, state.rect.x - box.x, state.rect.y - box.y);
  context.globalCompositeOperation = "source-in";
  context.drawImage(flat, state.rect.x - box.x, state.rect.y - box.y);
  return { canvas, box };
}

/** That part as a layer of its own. */
export async function lift(page) {
  const part = masked(page);
  if (!part) {
    toast(say("mask_empty"));
    return;
  }
  await put(page, part.canvas, part.box, say("part"));
  page.say("part_says");
}

/** That part, or without a mask all of the picture, into the clipboard. */
export async function copy(page) {
  const { canvas } = masked(page) ?? { canvas: page.work.flat };
  try {
    await navigator.clipboard.write([new ClipboardItem({ "image/png": pngOf(canvas, "part.png") })]);
  } catch { // a page without HTTPS has no clipboard, and a person may have refused it
    toast(say("copy_refused"), { wrong: true });
    return;
  }
  toast(say("copied"));
}
