// <preset-picker>: the team's presets of this tool; one that is chosen fills the form, and the form is saved as one.

import { api, post } from "../api.js";
import { calm } from "../dom.js";
import { toast } from "../frame/toast-list.js";
import { say } from "../words.js";
import { asked, page } from "./page.js";

class PresetPicker extends HTMLElement {
  connectedCallback() {
    this.presets = page.presets ?? [];
    this.select = this.querySelector("select");
    this.select?.addEventListener("change", () => this.use(this.select.value));
    const soon = calm(() => this.refresh(), 150, 600);
    document.addEventListener("team-event", ({ detail }) => { if (detail.kind === "preset" && detail.tool === page.tool.name) soon(); });
    const wanted = asked("preset");
    // The form fills itself with a draft first.
    if (wanted) customElements.whenDefined("create-form").then(() => { this.select.value = wanted; this.use(wanted); });
    document.querySelector("#save-preset form")?.addEventListener("submit", (event) => {
      event.preventDefault();
      this.save(event.target);
    });
  }

  get form() {
    return this.closest("create-form");
  }

  /** Others save, rename and delete presets too; what is chosen here stays chosen. */
  async refresh() {
    if (!this.select) return;
    const told = await api(`presets?tool=${page.tool.name}&limit=200${page.team ? `&team=${page.team}` : ""}`).catch(() => null);
    if (!told) return;
    const chosen = this.select.value;
    this.presets = told.items.sort((one, other) => one.name.localeCompare(other.name));
    this.select.replaceChildren(this.select.options[0], ...this.presets.map((one) => new Option(one.name, one.id, false, one.id === chosen)));
  }

  use(id) {
    const preset = this.presets.find((one) => one.id === id);
    if (preset) this.form.fill(preset.inputs);
  }

  async save(form) {
    const name = form.elements.name.value.trim();
    try {
      const made = await post("presets", { tool: page.tool.name, name, inputs: this.form.inputs, ...(page.team && { team: page.team }) });
      form.closest("dialog").close();
      form.reset();
      this.presets = [...this.presets.filter((one) => one.id !== made.id), made];
      if (this.select) {
        this.select.querySelector(`option[value="${made.id}"]`)?.remove();
        this.select.append(new Option(made.name, made.id, false, true));
      }
      toast(say("preset_saved", { name: made.name }), { action: say("open"), href: "/presets/" });
    } catch (error) {
      toast(error.message, { wrong: true });
    }
  }
}

customElements.define("preset-picker", PresetPicker);
