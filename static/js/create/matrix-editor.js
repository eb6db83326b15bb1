// <matrix-editor>: up to three inputs, each through several values. Tells by "matrix-change": {name: [values]}.

import { h, icon } from "../dom.js";
import { say } from "../words.js";
import { page } from "./page.js";

const MOST = 3;

class MatrixEditor extends HTMLElement {
  connectedCallback() {
    this.axes = this.querySelector("[data-axes]");
    this.add = this.querySelector("[data-add]");
    this.add.addEventListener("click", () => this.addAxis());
    this.querySelector("[data-clear]").addEventListener("click", () => {
      this.axes.replaceChildren();
      this.tell();
      this.closest("dialog").close();
    });
    this.axes.addEventListener("input", () => this.tell());
    this.addEventListener("opened", () => { if (!this.axes.children.length) this.addAxis(); });
    document.addEventListener("matrix-show", ({ detail }) => {
      this.axes.replaceChildren();
      for (const [name, values] of Object.entries(detail)) this.addAxis(name, values.join(", "));
    });
  }

  addAxis(name = "", values = "") {
    const used = new Set([...this.axes.querySelectorAll("select")].map((select) => select.value));
    const free = page.axes.filter((axis) => !used.has(axis.name) || axis.name === name);
    if (!free.length || this.axes.children.length >= MOST) return;
    const select = h("select", { class: "select", "aria-label": say("matrix_input") }, free.map((axis) => h("option", { value: axis.name, ...(axis.name === name ? { selected: true } : {}) }, axis.label)));
    const input = h("input", { class: "input", type: "text", value: values, "aria-label": say("matrix_values") });
    const row = h("div", { class: "axis" }, h("span", { class: "choose" }, select, icon("down")), input,
      h("button", { type: "button", class: "btn bare only", "aria-label": say("close"), onclick: () => { row.remove(); this.tell(); } }, icon("x", "small")));
    select.addEventListener("change", () => this.suggest(select, input));
    this.axes.append(row);
    if (!values) this.suggest(select, input);
  }

  /** Values to begin with: the choices, or three numbers around the present one. */
  suggest(select, input) {
    const axis = page.axes.find((each) => each.name === select.value);
    if (axis.choices.length) input.value = axis.choices.map((choice) => choice.value).join(", ");
    else if (axis.min !== null && axis.max !== null) {
      const low = Number(axis.value ?? axis.min);
      const step = (axis.max - axis.min) / 6;
      const round = (n) => (axis.kind === "int" ? Math.round(n / (axis.step || 1)) * (axis.step || 1) : Number(n.toFixed(2)));
      input.value = [...new Set([low - step, low, low + step].map((n) => round(Math.min(axis.max, Math.max(axis.min, n)))))].join(", ");
    } else input.value = axis.value ?? "";
    this.tell();
  }

  tell() {
    const matrix = {};
    for (const row of this.axes.children) {
      const axis = page.axes.find((each) => each.name === row.querySelector("select").value);
      const words = row.querySelector("input").value.split(",").map((word) => word.trim()).filter(Boolean);
      const values = words.map((word) => (axis.kind === "int" || axis.kind === "float" ? Number(word) : word)).filter((value) => !Number.isNaN(value));
      if (values.length) matrix[axis.name] = values;
    }
    this.add.disabled = this.axes.children.length >= Math.min(MOST, page.axes.length);
    document.dispatchEvent(new CustomEvent("matrix-change", { detail: matrix }));
  }
}

customElements.define("matrix-editor", MatrixEditor);
