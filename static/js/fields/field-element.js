// What all fields share: the value, the default with its dot and reset, the error beside it.
//
// A field tells by a bubbling "field-change" event. `value` is what goes to the API; null means "leave it out".

import { icon } from "../dom.js";
import { say, number } from "../words.js";

export class FieldElement extends HTMLElement {
  connectedCallback() {
    if (this.ready) return;
    this.ready = true;
    this.default = JSON.parse(this.dataset.default ?? "null");
    this.resetButton = this.querySelector(":scope > .reset");
    this.errorLine = this.querySelector('[id^="error-"]');
    this.resetButton?.addEventListener("click", () => {
      this.value = this.default;
      this.changed();
      this.querySelector("input, select, textarea")?.focus();
    });
    this.wire();
    this.mark();
  }

  get name() {
    return this.dataset.name;
  }

  /** Read and write the control; a field type says how. */
  get value() {
    return this.parse(this.control.value);
  }

  set value(value) {
    this.control.value = value ?? "";
    this.mark();
  }

  get control() {
    return this.querySelector(".control input, .control select, .control textarea") ?? this.querySelector("textarea");
  }

  wire() {
    this.control?.addEventListener("input", () => this.changed());
  }

  /** A control's words as a value of the input's kind. */
  parse(words) {
    const kind = this.dataset.kind;
    if (kind === "int" || kind === "float") {
      const text = String(words).trim().replace(/\s/g, "").replace(",", ".");
      if (text === "") return null;
      const value = Number(text);
      return Number.isFinite(value) ? value : words;
    }
    return words === "" && !this.isText ? null : words;
  }

  get isText() {
    return this.dataset.kind === "str" && typeof this.default === "string";
  }

  /** The person changed it. */
  changed() {
    this.error = "";
    this.mark();
    this.dispatchEvent(new CustomEvent("field-change", { bubbles: true }));
  }

  get isChanged() {
    const same = (a, b) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null) || ((a ?? "") === "" && (b ?? "") === "");
    return !same(this.value, this.default);
  }

  /** Another default, that of another model: a field that stands at its default goes along. */
  adopt(value) {
    const stays = this.isChanged;
    this.default = value;
    const says = this.querySelector("[data-default-value]");
    if (says) says.textContent = this.shown(value);
    if (!stays) this.value = value;
    this.mark();
  }

  mark() {
    if (!this.ready) return;
    const changed = this.isChanged && !("required" in this.dataset);
    this.toggleAttribute("data-changed", changed && "default" in this.dataset);
    if (this.resetButton) {
      const empty = this.default === null || this.default.length === 0;
      this.resetButton.textContent = empty ? say("clear") : say("reset_to", { value: this.shown(this.default) });
      this.resetButton.tabIndex = changed ? 0 : -1;
    }
  }

  shown(value) {
    if (Array.isArray(value)) return value.join(", ") || say("clear");
    return typeof value === "number" ? number(value) : String(value);
  }

  set error(words) {
    if (!this.errorLine) return;
    this.errorLine.replaceChildren(...(words ? [icon("warn", "small"), words] : []));
    for (const control of this.querySelectorAll("input, textarea, select")) {
      if (words) control.setAttribute("aria-invalid", "true");
      else control.removeAttribute("aria-invalid");
    }
  }
}
