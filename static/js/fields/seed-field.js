// <seed-field>: dice and lock. Unlocked and empty, each job rolls its own; locked, the next job keeps this one.

import { icon } from "../dom.js";
import { FieldElement } from "./field-element.js";

const SEEDS = 2 ** 32;

class SeedField extends FieldElement {
  wire() {
    this.lock = this.querySelector("[data-lock]");
    this.control.addEventListener("input", () => {
      this.setLock(this.control.value.trim() !== "");
      this.changed();
    });
    this.querySelector("[data-roll]").addEventListener("click", () => this.roll());
    this.lock.addEventListener("click", () => {
      const lock = this.lock.getAttribute("aria-pressed") !== "true";
      if (lock && this.control.value.trim() === "") this.roll();
      else if (!lock) this.control.value = "";
      this.setLock(lock);
      this.changed();
    });
    this.setLock(this.control.value.trim() !== "");
  }

  roll() {
    this.value = Math.floor(Math.random() * SEEDS);
    this.changed();
  }

  setLock(on) {
    this.lock.setAttribute("aria-pressed", String(on));
    this.lock.replaceChildren(icon(on ? "lock" : "unlock"));
  }

  get value() {
    return this.parse(this.control.value);
  }

  set value(value) {
    this.control.value = value ?? "";
    this.setLock(value !== null && value !== undefined);
    this.mark();
  }
}

customElements.define("seed-field", SeedField);
