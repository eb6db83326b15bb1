// <frame-field>: pixels added at the four sides of a picture; null where none are.

import { FieldElement } from "./field-element.js";

class FrameField extends FieldElement {
  wire() {
    this.sides = [...this.querySelectorAll("[data-side]")];
    this.value = JSON.parse(this.dataset.value ?? "null");
    this.addEventListener("input", () => this.changed());
  }

  get value() {
    const entries = this.sides.map((side) => [side.dataset.side, Number(side.value) || 0]);
    return entries.some(([, pixels]) => pixels) ? Object.fromEntries(entries) : null;
  }

  set value(frame) {
    for (const side of this.sides) side.value = frame?.[side.dataset.side] ?? 0;
    this.mark();
  }
}

customElements.define("frame-field", FrameField);
