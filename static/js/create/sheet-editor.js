// <sheet-editor>: a table from a file, whose columns fill inputs. What is wrong with a row stands beside its cells, to be
// mended or left out. Tells by "sheet-change": the items of a batch, or null.

import { post } from "../api.js";
import { calm, h } from "../dom.js";
import { count, number, say } from "../words.js";
import { page } from "./page.js";

const SHOWN = 8;
const MENDED_AT_ONCE = 50;

class SheetEditor extends HTMLElement {
  connectedCallback() {
    this.says = this.querySelector(".sheet-says");
    this.useIt = this.querySelector("[data-use]");
    this.file = this.querySelector("input[type=file]");
    this.querySelector("[data-choose]").addEventListener("click", () => this.file.click());
    this.file.addEventListener("change", () => {
      if (this.file.files.length) this.read(this.file.files[0]);
      this.file.value = "";
    });
    this.addEventListener("dragover", (event) => event.preventDefault());
    this.addEventListener("drop", (event) => {
      event.preventDefault();
      if (event.dataTransfer.files.length) this.read(event.dataTransfer.files[0]);
    });
    this.checkSoon = calm(() => this.check(), 400);
    this.querySelector("[data-clear]").addEventListener("click", () => this.tell(null));
    this.useIt.addEventListener("click", () => this.tell(this.items));
  }

  async read(file) {
    this.says.textContent = say("sheet_reading", { name: file.name });
    const body = new FormData();
    body.append("tool", page.tool.name);
    body.append("file", file);
    try {
      const { columns, uses, rows } = await post("batches/read", body);
      Object.assign(this, { columns, uses, rows });
    } catch (problem) {
      this.says.textContent = problem.message;
      return;
    }
    this.drawUses();
    await this.check();
  }

  /** The rows' inputs, empty cells left out. */
  get items() {
    return this.rows.map(({ cells }) => Object.fromEntries(Object.entries(this.uses)
      .filter(([column, name]) => name && cells[column] !== undefined && cells[column] !== "")
      .map(([column, name]) => [name, cells[column]])));
  }

  drawUses() {
    const options = (wanted) => [h("option", { value: "" }, say("sheet_unused")),
      ...page.inputs.map(({ name, label }) => h("option", { value: name, ...(name === wanted ? { selected: true } : {}) }, label))];
    this.querySelector("[data-uses]").replaceChildren(...this.columns.map((column) => {
      const select = h("select", { class: "input" }, options(this.uses[column]));
      select.addEventListener("change", () => {
        this.uses[column] = select.value || null;
        this.drawRows();
        this.checkSoon();
      });
      return h("label", { class: "sheet-use" }, h("span", {}, column), select);
    }));
  }

  async check() {
    this.useIt.disabled = true;
    const unread = this.rows.flatMap(({ wrong }, item) => (wrong ? [{ item, input: null, msg: wrong }] : []));
    let told;
    try {
      told = await post("batches/check", { tool: page.tool.name, inputs: page.shared?.() ?? {}, items: this.items, ...(page.team && { team: page.team }) });
    } catch (problem) {
      this.says.textContent = problem.message;
      return;
    }
    const known = new Set(unread.map(({ item }) => item));
    this.wrong = [...unread, ...told.wrong.filter(({ item }) => !known.has(item))];
    const bad = new Set(this.wrong.map(({ item }) => item));
    this.says.textContent = bad.size
      ? say("sheet_bad", { rows: number(this.rows.length), n: number(bad.size) })
      : say("sheet_good", { rows: number(this.rows.length) });
    this.useIt.disabled = bad.size > 0 || !this.rows.length;
    this.drawBad(bad);
    this.drawRows();
  }

  drawBad(bad) {
    const used = Object.entries(this.uses).filter(([, name]) => name);
    const lines = [...bad].slice(0, MENDED_AT_ONCE).map((item) => {
      const row = this.rows[item];
      const why = this.wrong.filter((one) => one.item === item).map(({ input, msg }) => (input ? `${this.labelOf(input)}: ${msg}` : msg));
      const cells = used.map(([column]) => {
        const input = h("input", { class: "input", value: row.cells[column] ?? "", "aria-label": say("sheet_cell", { line: row.line, column }) });
        input.addEventListener("change", () => {
          row.cells[column] = input.value;
          row.wrong = "";
          this.checkSoon();
        });
        return input;
      });
      return h("li", {}, h("b", {}, say("sheet_line", { line: row.line })), h("span", { class: "error" }, why.join(" ")), h("span", { class: "sheet-cells" }, ...cells));
    });
    this.querySelector("[data-bad]").replaceChildren(...(bad.size ? [
      h("ul", { class: "sheet-bad" }, ...lines),
      h("button", { type: "button", class: "btn", onclick: () => { this.rows = this.rows.filter((_row, item) => !bad.has(item)); this.check(); } }, count("leave_out", bad.size)),
    ] : []));
  }

  drawRows() {
    const used = Object.entries(this.uses).filter(([, name]) => name);
    this.querySelector("[data-rows]").replaceChildren(h("div", { class: "sheet-table", tabindex: "0", role: "region", "aria-label": say("sheet_first") },
      h("table", {}, h("thead", {}, h("tr", {}, ...used.map(([, name]) => h("th", { scope: "col" }, this.labelOf(name))))),
        h("tbody", {}, ...this.rows.slice(0, SHOWN).map(({ cells }) => h("tr", {}, ...used.map(([column]) => h("td", {}, String(cells[column] ?? "")))))))));
  }

  labelOf(name) {
    return page.inputs.find((one) => one.name === name)?.label ?? name;
  }

  tell(items) {
    document.dispatchEvent(new CustomEvent("sheet-change", { detail: items }));
    this.closest("dialog").close();
  }
}

customElements.define("sheet-editor", SheetEditor);
