// <canvas-start>: a picture that is brought opens on the canvas. <canvas-smaller>: one that is too large for it, as a copy.

import { fetchPicture } from "./canvas/pictures.js";
import { pngOf } from "./canvas/layers.js";
import { toast } from "./frame/toast-list.js";
import { upload } from "./upload.js";
import { say } from "./words.js";

const open = (asset) => { if (asset) location.href = `/canvas/${asset.id}/`; };

class CanvasStart extends HTMLElement {
  connectedCallback() {
    const file = this.querySelector('input[type="file"]');
    if (!file) return;
    this.querySelector("button").addEventListener("click", () => file.click());
    file.addEventListener("change", async () => {
      await this.take(file.files);
      file.value = "";
    });
    addEventListener("dragover", (event) => event.preventDefault());
    addEventListener("drop", (event) => {
      event.preventDefault();
      this.take(event.dataTransfer.files);
    });
    addEventListener("paste", (event) => this.take(event.clipboardData?.files ?? []));
  }

  /** Open a file on the canvas; what the canvas could not show is not sent at all. */
  async take([file]) {
    if (!file || this.busy) return;
    this.busy = true;
    try {
      (await createImageBitmap(file)).close();
      open(await upload(file, document.documentElement.dataset.team));
    } catch {
      toast(say("upload_wrong", { name: file.name }), { wrong: true });
    } finally {
      this.busy = false;
    }
  }
}

class CanvasSmaller extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector("button");
    button.addEventListener("click", async () => {
      button.disabled = true;
      try {
        open(await this.copy());
      } catch (problem) {
        toast(problem.status === undefined ? say("upload_wrong", { name: this.dataset.name }) : problem.message, { wrong: true });
      } finally {
        button.disabled = false;
      }
    });
  }

  /** A copy that is as large as the canvas takes, kept as a child of the picture. */
  async copy() {
    const { asset, name, team, limit } = this.dataset;
    const picture = await fetchPicture(asset);
    const share = Math.min(1, limit / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [picture.width, picture.height].map((side) => Math.max(1, Math.round(side * share)));
    const context = canvas.getContext("2d");
    context.imageSmoothingQuality = "high";
    context.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    return upload(await pngOf(canvas, `${name}.png`), team, { parent: asset });
  }
}

customElements.define("canvas-start", CanvasStart);
customElements.define("canvas-smaller", CanvasSmaller);
