// <canvas-form>: the composer of the Create page for an edit: picture, mask and frame come from the canvas.

import { CreateForm } from "../create/create-form.js";
import { api } from "../api.js";
import { expands } from "./geometry.js";

class CanvasForm extends CreateForm {
  /** page: the <canvas-page>. */
  wire(page) {
    this.page = page;
    document.addEventListener("submitted", ({ detail }) => this.begun(detail));
    this.estimateSoon();
  }

  /** For the estimate the asset that was opened will do; `complete` puts in the picture as it is. */
  get inputs() {
    return this.page ? { ...super.inputs, [this.page.given.roles.asset]: this.page.work.asset.id } : super.inputs;
  }

  async complete(order) {
    const { work, jobs } = this.page;
    const { roles } = this.page.given;
    this.about = jobs.about();
    const inputs = { ...order.inputs, [roles.asset]: await jobs.picture() };
    const mask = await jobs.mask();
    if (mask) inputs[roles.mask] = mask;
    if (expands(work.state.expand)) inputs[roles.frame] = work.state.expand;
    return { ...order, inputs };
  }

  async estimate() {
    if (this.page) await super.estimate();
  }

  async submit() {
    if (this.page) await super.submit();
  }

  async begun({ job, batch }) {
    const made = job ? [job] : (await api(`jobs?batch=${batch.id}&limit=50`)).items.reverse();
    this.page.jobs.begin(this.about, made);
  }

  /** Pictures dropped on the prompt become layers. */
  async takeFiles(files) {
    for (const file of files) await this.page.paste(file);
  }
}

customElements.define("canvas-form", CanvasForm);
