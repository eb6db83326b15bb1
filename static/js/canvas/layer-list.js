// <layer-list>: the layers, from above to below; what can be done with the one that is chosen.

import { h, icon } from "../dom.js";
import { say } from "../words.js";
import { slide } from "./options.js";
import { NONE } from "./geometry.js";
import { takesDrags } from "./layer-drag.js";
import { begin, changed, freshId, isOwnSize, layerOf, moved, withLayers } from "./layers.js";

const THUMB = 64;

class LayerList extends HTMLElement {
  /** page: the <canvas-page>. */
  wire(page) {
    this.page = page;
    this.work = page.work;
    this.list = this.querySelector("[data-layers]");
    this.opacity = this.querySelector('input[type="range"]');
    this.shown = this.querySelector("output");
    this.buttons = Object.fromEntries([...this.querySelectorAll("[data-layer-do]")].map((button) => [button.dataset.layerDo, button]));
    this.opacity.addEventListener("input", () => {
      this.work.try(this.#with({ opacity: Number(this.opacity.value) / 100 }));
      this.shown.textContent = `${this.opacity.value} %`;
    });
    this.opacity.addEventListener("change", () => this.work.settle());
    this.buttons.up.addEventListener("click", () => this.#move(1));
    this.buttons.down.addEventListener("click", () => this.#move(-1));
    this.buttons.copy.addEventListener("click", () => this.#copy());
    this.buttons.rename.addEventListener("click", () => this.#rename(this.chosen));
    this.buttons.delete.addEventListener("click", () => this.#delete());
    this.buttons.base.addEventListener("click", () => this.#base());
    this.buttons.merge.addEventListener("click", () => this.merge());
    this.buttons.restart.addEventListener("click", () => this.#restart());
    this.work.addEventListener("state", () => this.draw());
    this.list.addEventListener("keydown", (event) => this.#key(event));
    takesDrags(this.list, (change) => this.work.change(withLayers(this.work.state, change)));
    this.draw();
  }

  /** The layer that is chosen: the uppermost, unless the person chose another. */
  get chosen() {
    const { layers } = this.work.state;
    return layers.find((layer) => layer.id === this.wanted) ?? layers.at(-1);
  }

  choose(id) {
    this.wanted = id;
    this.draw();
    this.page.layerChosen();
  }

  /** On a layer's name: arrows go to the next one, with Alt they move it, F2 renames it. */
  #key(event) {
    const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (!event.target.matches("button.name") || !(by || event.key === "F2")) return;
    event.preventDefault();
    event.stopPropagation();
    const { layers } = this.work.state;
    if (event.key === "F2") this.#rename(this.chosen);
    else if (event.altKey) this.#move(by);
    else this.choose(layers[Math.min(layers.length - 1, Math.max(0, layers.indexOf(this.chosen) + by))].id);
    this.list.querySelector("[aria-current] .name")?.focus();
  }

  /** The layer once more, above itself. */
  async #copy() {
    const { chosen, work } = this;
    const layer = { ...chosen, id: freshId() };
    const picture = work.pictures.of(chosen.id);
    const canvas = h("canvas", { width: picture.width, height: picture.height });
    canvas.getContext("2d").drawImage(picture, 0, 0);
    await work.pictures.add(layer, canvas);
    this.wanted = layer.id;
    work.change(withLayers(work.state, (layers) => layers.toSpliced(layers.findIndex(({ id }) => id === chosen.id) + 1, 0, layer)));
  }

  /** Its name becomes a field: Enter or leaving it keeps what was written, Escape does not. */
  #rename(layer) {
    const row = this.list.querySelector(`[data-id="${layer.id}"]`);
    const field = h("input", { class: "input name", value: layer.name, maxlength: 120, "aria-label": say("layer_name") });
    row.querySelector(".name").replaceWith(field);
    field.select();
    let over = false;
    const end = (name) => {
      if (over) return; // taking the field away is leaving it, too
      over = true;
      const again = document.activeElement === field;
      if (name && name !== layer.name) this.work.change(withLayers(this.work.state, (layers) => changed(layers, layer.id, { name })));
      else this.draw();
      if (again) this.list.querySelector("[aria-current] .name")?.focus();
    };
    field.addEventListener("blur", () => end(field.value.trim()));
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter") end(field.value.trim());
      if (event.key === "Escape") end("");
    });
  }

  #with(values) {
    return withLayers(this.work.state, (layers) => changed(layers, this.chosen.id, values));
  }

  #move(by) {
    this.wanted = this.chosen.id;
    this.work.change(withLayers(this.work.state, (layers) => moved(layers, this.wanted, by)));
  }

  #delete() {
    const { id } = this.chosen;
    this.work.change(withLayers(this.work.state, (layers) => layers.filter((layer) => layer.id !== id)));
    this.list.querySelector("[aria-current] .name")?.focus();
  }

  /** The chosen layer alone, as the picture. */
  #base() {
    const layer = { ...this.chosen, opacity: 1, visible: true };
    this.work.change({ rect: { x: layer.x, y: layer.y, w: layer.w, h: layer.h }, expand: NONE, layers: [layer] }, { clear: true });
    if (layer.whole && isOwnSize(layer, this.work.pictures.of(layer.id))) this.work.learn(layer.asset);
  }

  /** The picture as it was opened; undo brings the work back. */
  async #restart() {
    const { work } = this;
    const state = begin(work.asset, this.page.given.name);
    await work.pictures.load(state.layers);
    work.change(state, { clear: true });
    work.learn(work.asset.id);
  }

  /** What is seen becomes one layer. */
  async merge() {
    const { work } = this;
    const { rect } = work.state;
    const asset = work.flatAsset;
    const layer = { ...layerOf({ id: asset ?? null }, say("merged"), rect), whole: Boolean(asset) };
    const canvas = work.flat;
    await work.pictures.add(layer, canvas);
    work.change({ ...work.state, layers: [layer] });
    if (asset) work.learn(asset);
  }

  draw() {
    const { layers } = this.work.state;
    const { chosen } = this;
    this.list.replaceChildren(...layers.toReversed().map((layer) => this.#row(layer, layer === chosen)));
    slide(this.opacity, Math.round(chosen.opacity * 100));
    this.shown.textContent = `${this.opacity.value} %`;
    const at = layers.indexOf(chosen);
    this.buttons.up.disabled = at === layers.length - 1;
    this.buttons.down.disabled = at === 0;
    this.buttons.delete.disabled = layers.length === 1;
    this.buttons.base.disabled = layers.length === 1;
    this.buttons.merge.disabled = layers.length === 1;
  }

  #row(layer, current) {
    const eye = h("button", { type: "button", class: "btn bare only small", "aria-pressed": String(layer.visible), "aria-label": say("layer_shown", { name: layer.name }) }, icon(layer.visible ? "eye" : "eye-off", "small"));
    eye.addEventListener("click", () => {
      this.work.change(withLayers(this.work.state, (layers) => changed(layers, layer.id, { visible: !layer.visible })));
      this.list.querySelector(`[data-id="${layer.id}"] [aria-pressed]`)?.focus();
    });
    const name = h("button", { type: "button", class: "name cut" }, layer.name);
    name.addEventListener("click", ({ detail }) => {
      this.choose(layer.id); // draws the rows anew, so a double click's second half is told by its number
      if (detail === 2) this.#rename(layer);
      else this.list.querySelector("[aria-current] .name")?.focus();
    });
    return h("li", { draggable: "true", dataset: { id: layer.id }, "aria-current": current ? "true" : null }, this.#thumb(layer), name, eye);
  }

  #thumb(layer) {
    this.thumbs ??= new Map();
    let canvas = this.thumbs.get(layer.id);
    const picture = this.work.pictures.of(layer.id);
    if (!canvas && picture) {
      const share = THUMB / Math.max(picture.width, picture.height);
      canvas = h("canvas", { width: Math.max(1, Math.round(picture.width * share)), height: Math.max(1, Math.round(picture.height * share)), "aria-hidden": "true" });
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      this.thumbs.set(layer.id, canvas);
    }
    return h("span", { class: "pic" }, canvas);
  }
}

customElements.define("layer-list", LayerList);
