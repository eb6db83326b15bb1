// <shape-field>: one widget for two inputs, width and height: proportions as buttons, the exact size below.

import { FieldElement } from "./field-element.js";

class ShapeField extends FieldElement {
  wire() {
    [this.across, this.down] = this.querySelectorAll(".size input");
    this.default = [this.default, JSON.parse(this.dataset.pairDefault)];
    this.addEventListener("change", ({ target }) => {
      if (target.type === "radio") [this.across.value, this.down.value] = target.value.split("x");
    });
    this.addEventListener("input", () => {
      this.choose();
      this.changed();
    });
    this.addEventListener("change", () => {
      this.choose();
      this.changed();
    });
    this.choose();
    if (!this.querySelector(".seg input:checked")) this.querySelector(".exact").open = true;
  }

  choose() {
    for (const radio of this.querySelectorAll(".seg input")) radio.checked = radio.value === `${this.across.value}x${this.down.value}`;
  }

  /** The buttons keep their proportions, at the area of the new default; as studio/workspace/forms.py reckons them. */
  adopt([across, down]) {
    const stays = this.isChanged;
    const step = Math.max(Number(this.across.step) || 1, Number(this.down.step) || 1);
    const fit = (side) => Math.round(Math.sqrt(side) / step) * step;
    for (const radio of this.querySelectorAll(".seg input")) {
      const ratio = Number(radio.dataset.ratio);
      const [w, h] = [fit(across * down * ratio), fit((across * down) / ratio)];
      radio.value = `${w}x${h}`;
      radio.parentElement.title = `${w} × ${h}`;
      radio.disabled = w > Number(this.across.max || w) || h > Number(this.down.max || h);
    }
    this.default = [across, down];
    if (!stays) this.value = [across, down];
    this.choose();
    this.mark();
  }

  get value() {
    return [Number(this.across.value) || null, Number(this.down.value) || null];
  }

  set value([across, down]) {
    this.across.value = across ?? "";
    this.down.value = down ?? "";
    this.choose();
    this.mark();
  }

  /** Both inputs by name. */
  get entries() {
    const [across, down] = this.value;
    return { [this.dataset.name]: across, [this.dataset.pair]: down };
  }

  take(values) {
    if (this.dataset.name in values || this.dataset.pair in values) {
      this.value = [values[this.dataset.name] ?? this.default[0], values[this.dataset.pair] ?? this.default[1]];
    }
  }

  shown([across, down]) {
    return `${across} × ${down}`;
  }
}

customElements.define("shape-field", ShapeField);
