// <prompt-field>: the prompt. Grows with its text, marks {a|b} and __lists__, says how many wordings there are, takes references.

import { grow, h } from "../dom.js";
import { number, say } from "../words.js";
import { wordings, parts } from "../create/wordings.js";
import { FieldElement } from "./field-element.js";

class PromptField extends FieldElement {
  wire() {
    this.area = this.querySelector("textarea");
    this.marked = this.querySelector(".marked");
    this.ways = this.querySelector(".ways");
    this.lists = JSON.parse(this.dataset.lists ?? "{}");
    this.most = Number(this.dataset.maxLength) || Infinity;
    this.area.addEventListener("input", () => {
      this.draw();
      this.changed();
      // Nothing that is pasted is cut: it stands, and what is wrong with it stands beside it.
      if (this.area.value.length > this.most) this.error = say("prompt_long", { most: number(this.most), n: number(this.area.value.length) });
    });
    this.area.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        this.closest("form").requestSubmit();
      }
    });
    this.area.addEventListener("paste", (event) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length) {
        event.preventDefault();
        this.offer(files);
      }
    });
    this.addEventListener("dragover", (event) => { event.preventDefault(); this.dataset.over = say("drop_here"); });
    this.addEventListener("dragleave", (event) => { if (!this.contains(event.relatedTarget)) delete this.dataset.over; });
    this.addEventListener("drop", (event) => {
      delete this.dataset.over;
      if (!event.dataTransfer.files.length) return;
      event.preventDefault();
      this.offer([...event.dataTransfer.files]);
    });
    const file = this.querySelector('input[type="file"]');
    this.querySelector("[data-attach]")?.addEventListener("click", () => file.click());
    file.addEventListener("change", () => {
      this.offer([...file.files]);
      file.value = "";
    });
    this.draw();
  }

  /** Hand files to the form, which knows what the tool takes. */
  offer(files) {
    this.dispatchEvent(new CustomEvent("reference", { bubbles: true, detail: files }));
  }

  get value() {
    return this.area.value;
  }

  set value(value) {
    this.area.value = value ?? "";
    this.draw();
    this.mark();
  }

  get wordings() {
    return wordings(this.value, this.lists);
  }

  draw() {
    const text = this.area.value;
    this.marked.replaceChildren(...parts(text, this.lists).map((part) => (part.choice ? h("mark", {}, part.text) : part.text)), "\u200b");
    grow(this.area);
    const n = wordings(text, this.lists);
    this.ways.textContent = n > 1 ? say("wordings", { n }) : "";
  }
}

customElements.define("prompt-field", PromptField);
