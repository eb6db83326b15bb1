// Fields that are one plain control: line, text, lines, number, choice, model, toggle, segments.

import { FieldElement } from "./field-element.js";

class LineField extends FieldElement {}
class TextField extends FieldElement {}
class NumberField extends FieldElement {}
class ChoiceField extends FieldElement {}
class ModelField extends FieldElement {}

class LinesField extends FieldElement {
  get value() {
    const lines = this.control.value.split("\n").map((line) => line.trim()).filter(Boolean);
    return lines.length || Array.isArray(this.default) ? lines : null;
  }

  set value(value) {
    this.control.value = (value ?? []).join("\n");
    this.mark();
  }
}

class ToggleField extends FieldElement {
  get value() {
    return this.control.checked;
  }

  set value(value) {
    this.control.checked = Boolean(value);
    this.mark();
  }
}

class SegmentsField extends FieldElement {
  get value() {
    const chosen = this.querySelector("input:checked");
    return chosen ? this.parse(chosen.value) : null;
  }

  set value(value) {
    for (const input of this.querySelectorAll("input")) input.checked = String(value) === input.value;
    this.mark();
  }

  wire() {
    this.addEventListener("change", () => this.changed());
  }
}

customElements.define("line-field", LineField);
customElements.define("text-field", TextField);
customElements.define("lines-field", LinesField);
customElements.define("number-field", NumberField);
customElements.define("choice-field", ChoiceField);
customElements.define("model-field", ModelField);
customElements.define("toggle-field", ToggleField);
customElements.define("segments-field", SegmentsField);
