// <chain-form>: what a chain asks for at each run; a press on Run begins one and goes to its page.

import "./fields/all.js";
import { post, freshKey } from "./api.js";
import { page } from "./create/page.js";

const key = (name) => name.replace(/^s(\d+)-/, "$1."); // s1-prompt is the input "prompt" of step 1

class ChainForm extends HTMLElement {
  connectedCallback() {
    this.fields = [...this.querySelectorAll("[data-name]")];
    this.key = freshKey(); // pressing Run again after a lost answer begins nothing twice
    this.addEventListener("field-change", () => { this.key = freshKey(); });
    addEventListener("pageshow", ({ persisted }) => persisted && this.free());
    this.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.run();
    });
  }

  get values() {
    const values = {};
    for (const field of this.fields) {
      for (const [name, value] of Object.entries(field.entries ?? { [field.name]: field.value })) {
        if (page.asked.includes(key(name))) values[key(name)] = value ?? null; // empty, not what was offered
      }
    }
    return values;
  }

  async run() {
    const button = this.querySelector('[type="submit"]');
    if (this.busy) return;
    this.busy = true;
    button.setAttribute("aria-busy", "true");
    this.problem("");
    for (const field of this.fields) field.error = "";
    try {
      const run = await post(`chains/${page.chain}/run`, { values: this.values }, { key: this.key });
      this.key = freshKey();
      location.href = `/chains/runs/${run.id}/`;
    } catch (problem) {
      this.show(problem);
      this.free();
    }
  }

  free() {
    this.busy = false;
    this.querySelector('[type="submit"]').removeAttribute("aria-busy");
  }

  /** Beside the field where it is one's: a blank by its own name, an input of the first step by that of its tool. */
  show(problem) {
    const left = [];
    for (const error of problem.errors ?? []) {
      const loc = [error.loc].flat().map(String);
      const field = this.fields.find((each) => loc.includes(key(each.name)) || loc.some((part) => each.name === `s1-${part}`));
      if (field) {
        field.error = error.msg;
        field.querySelector("textarea, input, select, button")?.focus();
      } else left.push(error.msg);
    }
    if (left.length || !problem.errors?.length) this.problem(left[0] ?? problem.message);
  }

  problem(words) {
    const note = this.querySelector("[data-problem]");
    note.textContent = words;
    note.hidden = !words;
  }
}

customElements.define("chain-form", ChainForm);
