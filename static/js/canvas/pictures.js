// The pixels of layers, by the layer's id. In memory are those of the layers that there are now; others come back from
// the studio (a whole asset) or from the device (a part of one, or something pasted) when undo needs them.

import { Problem } from "../api.js";
import { pngOf } from "./layers.js";

/** An asset's pixels. Throws Problem where it cannot be had. */
export async function fetchPicture(id) {
  let answer;
  try {
    answer = await fetch(`/api/v1/assets/${id}/content`, { credentials: "same-origin" });
  } catch {
    throw new Problem(0);
  }
  if (!answer.ok) throw new Problem(answer.status);
  return createImageBitmap(await answer.blob());
}

export class Pictures {
  #there = new Map();
  #again = new Set(); // what can be had again

  constructor(keeper) {
    this.keeper = keeper;
  }

  of(id) {
    return this.#there.get(id);
  }

  /** Take a layer's pixels in (a canvas, where no asset holds them: they are kept on the device). */
  async add(layer, picture) {
    this.#there.set(layer.id, picture);
    if (layer.whole || await this.keeper.keepPicture(layer.id, await pngOf(picture, "layer.png"))) this.#again.add(layer.id);
  }

  /** Have the pixels of all these layers; throws Problem where one is gone. */
  async load(layers) {
    await Promise.all(layers.filter(({ id }) => !this.#there.has(id)).map(async (layer) => {
      const blob = layer.whole ? null : await this.keeper.picture(layer.id);
      if (!layer.whole && !blob) throw new Problem(404);
      this.#there.set(layer.id, blob ? await createImageBitmap(blob) : await fetchPicture(layer.asset));
      this.#again.add(layer.id);
    }));
  }

  /** Let go of what is not among these layers and can be had again. */
  thin(layers) {
    const wanted = new Set(layers.map(({ id }) => id));
    for (const [id, picture] of this.#there) {
      if (wanted.has(id) || !this.#again.has(id)) continue;
      picture.close?.();
      this.#there.delete(id);
    }
  }
}
