// <brand-field>: a brand kit of the team. A job keeps a copy of the kit; filled in again it names the kit as it is now.

import { api } from "../api.js";
import { calm } from "../dom.js";
import { FieldElement } from "./field-element.js";

class BrandField extends FieldElement {
  wire() {
    super.wire();
    const soon = calm(() => this.look(), 150, 800);
    document.addEventListener("team-event", ({ detail }) => { if (detail.kind === "preset") soon(); });
  }

  get value() {
    return this.control.value || null;
  }

  set value(kit) {
    const id = kit?.id ?? kit ?? "";
    this.control.value = [...this.control.options].some((option) => option.value === id) ? id : "";
    this.mark();
  }

  /** Others make, rename and delete kits too; what is chosen here stays chosen, while it is there. */
  async look() {
    const { team } = document.documentElement.dataset;
    const told = await api(`brands?limit=200${team ? `&team=${team}` : ""}`).catch(() => null);
    if (!told) return;
    const chosen = this.value;
    const kits = told.items.sort((one, other) => one.name.localeCompare(other.name));
    this.control.replaceChildren(this.control.options[0], ...kits.map((kit) => new Option(kit.name, kit.id)));
    this.value = chosen;
    if (this.value !== chosen) this.changed();
  }
}

customElements.define("brand-field", BrandField);
