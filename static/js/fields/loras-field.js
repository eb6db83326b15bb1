// <loras-field>: LoRAs worn together, each with its weight and the words that call it up.

import { h, icon, vars } from "../dom.js";
import { say } from "../words.js";
import { FieldElement } from "./field-element.js";

const LEAST = -2;
const MOST = 2;

class LorasField extends FieldElement {
  wire() {
    this.list = this.querySelector(".worn");
    this.choice = this.querySelector("select");
    this.worn = JSON.parse(this.dataset.value ?? "null") ?? [];
    this.choice?.addEventListener("change", () => {
      const name = this.choice.value;
      this.choice.value = "";
      if (!name || this.worn.some((use) => use.model === name)) return;
      this.worn = [...this.worn, { model: name, weight: 1 }];
      this.draw();
      this.changed();
      this.list.lastElementChild.querySelector("input").focus();
    });
    this.draw();
  }

  option(name) {
    return [...(this.choice?.options ?? [])].find((option) => option.value === name);
  }

  draw() {
    this.list.replaceChildren(...this.worn.map((use, place) => this.row(use, place)));
    for (const option of this.choice?.options ?? []) option.hidden = this.worn.some((use) => use.model === option.value);
  }

  row(use, place) {
    const title = this.option(use.model)?.dataset.title ?? use.model;
    const words = this.option(use.model)?.dataset.words;
    const label = say("lora_weight", { name: title });
    const range = h("input", { type: "range", min: LEAST, max: MOST, step: 0.05, "aria-label": label });
    const number = h("input", { class: "input num", type: "number", min: LEAST, max: MOST, step: 0.05, "aria-label": label });
    const show = (from) => {
      for (const input of [range, number]) if (input !== from) input.value = this.worn[place].weight;
      vars(range, { v: (100 * (this.worn[place].weight - LEAST)) / (MOST - LEAST) });
    };
    for (const input of [range, number]) {
      input.addEventListener("input", (event) => {
        event.stopPropagation();
        if (input.value === "") return;
        this.worn = this.worn.with(place, { ...this.worn[place], weight: Number(input.value) });
        show(input);
        this.changed();
      });
    }
    show(null);
    const off = h("button", { type: "button", class: "btn bare only small", "aria-label": say("lora_off", { name: title }), onclick: () => this.takeOff(place) }, icon("x", "small"));
    return h("li", {}, h("span", { class: "name cut" }, title), off, h("div", { class: "slider" }, h("span", { class: "track" }, range), number), words ? h("p", { class: "help" }, say("lora_words", { words })) : null);
  }

  takeOff(place) {
    this.worn = this.worn.toSpliced(place, 1);
    this.draw();
    this.changed();
    this.choice?.focus();
  }

  get value() {
    return this.worn ?? [];
  }

  set value(uses) {
    this.worn = uses ?? [];
    this.draw();
    this.mark();
  }

  shown(value) {
    return value.map((use) => use.model).join(", ") || say("clear");
  }
}

customElements.define("loras-field", LorasField);
