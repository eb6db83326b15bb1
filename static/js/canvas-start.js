// <canvas-start>: a picture that is brought opens on the canvas.

import { upload } from "./upload.js";

class CanvasStart extends HTMLElement {
  connectedCallback() {
    const file = this.querySelector('input[type="file"]');
    if (!file) return;
    this.querySelector("button").addEventListener("click", () => file.click());
    file.addEventListener("change", () => this.take(file.files));
    addEventListener("dragover", (event) => event.preventDefault());
    addEventListener("drop", (event) => {
      event.preventDefault();
      this.take(event.dataTransfer.files);
    });
    addEventListener("paste", (event) => this.take(event.clipboardData?.files ?? []));
  }

  async take([file]) {
    if (!file) return;
    const asset = await upload(file, document.documentElement.dataset.team);
    if (asset) location.href = `/canvas/${asset.id}/`;
  }
}

customElements.define("canvas-start", CanvasStart);
