// <slider-field>: a track and a number that say the same; a notch where the default is.

import { vars } from "../dom.js";
import { FieldElement } from "./field-element.js";

class SliderField extends FieldElement {
  wire() {
    this.range = this.querySelector('input[type="range"]');
    this.number = this.querySelector('input[type="number"]');
    this.range.addEventListener("input", () => {
      this.number.value = this.range.value;
      this.fill();
      this.changed();
    });
    this.number.addEventListener("input", () => {
      if (this.number.value !== "") this.range.value = this.number.value;
      this.fill();
      this.changed();
    });
    this.fill();
  }

  get value() {
    return this.parse(this.number.value);
  }

  set value(value) {
    this.number.value = value ?? "";
    this.range.value = value ?? this.range.min;
    this.fill();
    this.mark();
  }

  adopt(value) {
    super.adopt(value);
    const { min, max } = this.range;
    vars(this.querySelector(".track"), { d: (100 * (value - min)) / (max - min || 1) });
  }

  fill() {
    const { min, max, value } = this.range;
    vars(this.range, { v: (100 * (value - min)) / (max - min || 1) });
  }
}

customElements.define("slider-field", SliderField);
