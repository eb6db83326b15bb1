// The state of the work, as plain data, and pictures made of it.
//
// {rect, expand, layers}: the picture's box, the pixels that the next job adds around it, layers from below to above.
// A layer: {id, name, x, y, w, h, opacity, visible, asset?, whole?}. `whole`: its pixels are those of the asset. Its pixels
// fill its box, whose sides need not be as many as they are.

import { NONE } from "./geometry.js";

export const freshId = () => Math.random().toString(36).slice(2, 12);

/** The state in which one asset is all there is. */
export function begin(asset, name) {
  const rect = { x: 0, y: 0, w: asset.width, h: asset.height };
  return { rect, expand: NONE, layers: [layerOf(asset, name, rect)] };
}

export const layerOf = (asset, name, box) => ({ id: freshId(), name, ...box, opacity: 1, visible: true, asset: asset.id, whole: true });

export const withLayers = (state, change) => ({ ...state, layers: change(state.layers) });

export const changed = (layers, id, values) => layers.map((layer) => (layer.id === id ? { ...layer, ...values } : layer));

/** The layer, `w` pixels wide and as high as that makes it; the corner stays that `right` and `bottom` say is not dragged. */
export function resized(layer, w, { right = true, bottom = true } = {}) {
  const wide = Math.max(1, Math.round(w));
  const high = Math.max(1, Math.round((wide * layer.h) / layer.w));
  return { w: wide, h: high, x: right ? layer.x : layer.x + layer.w - wide, y: bottom ? layer.y : layer.y + layer.h - high };
}

/** Whether a layer shows its pixels one for one. */
export const isOwnSize = (layer, picture) => picture?.width === layer.w && picture.height === layer.h;

/** One step up (1) or down (-1). */
export function moved(layers, id, by) {
  const from = layers.findIndex((layer) => layer.id === id);
  const to = from + by;
  if (from < 0 || to < 0 || to >= layers.length) return layers;
  const out = [...layers];
  [out[from], out[to]] = [out[to], out[from]];
  return out;
}

/** A layer right below, or right above, another one. */
export function placed(layers, id, beside, below) {
  const layer = layers.find((each) => each.id === id);
  const others = layers.filter((each) => each !== layer);
  if (layer) others.splice(others.findIndex((each) => each.id === beside) + (below ? 0 : 1), 0, layer);
  return others;
}

const shown = (state) => state.layers.filter((layer) => layer.visible && layer.opacity > 0);

/** What the picture is made of, as a string: the same for pictures that are alike. */
export const keyOf = (state) => JSON.stringify([state.rect, shown(state).map(({ id, x, y, w, h, opacity }) => [id, x, y, w, h, opacity])]);

/** The picture as one canvas of its rectangle's size. `pictures.of(id)` gives a layer's pixels. */
export function flatten(state, pictures) {
  const { rect } = state;
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [rect.w, rect.h];
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  for (const layer of shown(state)) {
    const picture = pictures.of(layer.id);
    if (!picture) continue;
    context.globalAlpha = layer.opacity;
    context.drawImage(picture, layer.x - rect.x, layer.y - rect.y, layer.w, layer.h);
  }
  return canvas;
}

/** As a PNG file. */
export const pngOf = (canvas, name) => new Promise((resolve, reject) => {
  canvas.toBlob((blob) => (blob ? resolve(new File([blob], name, { type: "image/png" })) : reject(new Error("no PNG"))), "image/png");
});
