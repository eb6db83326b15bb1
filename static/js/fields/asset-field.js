// <asset-field> and <mask-field>: an asset given to a tool, by drop, paste, choice or from another page.

import { api } from "../api.js";
import { h, icon } from "../dom.js";
import { say } from "../words.js";
import { upload } from "../upload.js";
import { FieldElement } from "./field-element.js";

class AssetField extends FieldElement {
  wire() {
    this.drop = this.querySelector(".drop");
    this.picture = this.querySelector(".pic");
    this.says = this.querySelector(".says");
    this.empty = this.says.textContent;
    this.file = this.querySelector('input[type="file"]');
    this.assetId = JSON.parse(this.dataset.value ?? "null");
    this.querySelector("[data-choose]").addEventListener("click", () => this.file.click());
    this.querySelector("[data-clear]").addEventListener("click", () => { this.value = null; this.changed(); });
    this.file.addEventListener("change", () => { if (this.file.files[0]) this.send(this.file.files[0]); });
    this.drop.addEventListener("dragover", (event) => { event.preventDefault(); this.drop.dataset.over = ""; });
    this.drop.addEventListener("dragleave", () => { delete this.drop.dataset.over; });
    this.drop.addEventListener("drop", (event) => {
      event.preventDefault();
      event.stopPropagation();
      delete this.drop.dataset.over;
      if (event.dataTransfer.files[0]) this.send(event.dataTransfer.files[0]);
    });
    if (this.assetId) this.show();
  }

  /** Upload a file and take it as the value. (A field's `take(values)` is the form's way to fill it in.) */
  async send(file) {
    const asset = await upload(file, document.documentElement.dataset.team);
    if (asset) {
      this.value = asset.id;
      this.changed();
    }
  }

  async show() {
    const clear = this.querySelector("[data-clear]");
    clear.hidden = !this.assetId;
    if (!this.assetId) {
      this.picture.hidden = true;
      this.says.textContent = this.empty;
      return;
    }
    const wanted = this.assetId;
    try {
      const asset = await api(`assets/${wanted}`);
      if (this.assetId !== wanted) return;
      this.says.textContent = asset.title || asset.prompt || say(`medium_${asset.medium}`);
      this.picture.hidden = false;
      this.picture.replaceChildren(asset.urls?.thumbnail && asset.medium !== "text" ? h("img", { src: asset.urls.thumbnail, alt: "" }) : icon(asset.medium));
    } catch (problem) {
      this.error = problem.message;
    }
  }

  /** What the asset is called, once that is known. */
  get shownName() {
    return this.assetId && this.says.textContent !== this.empty ? this.says.textContent : "";
  }

  get value() {
    return this.assetId ?? null;
  }

  set value(id) {
    this.assetId = id;
    this.mark();
    this.show();
  }
}

class MaskField extends AssetField {}

customElements.define("asset-field", AssetField);
customElements.define("mask-field", MaskField);
