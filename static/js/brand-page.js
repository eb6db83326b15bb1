// The form of a brand kit: <brand-colours> adds and takes out colours and keeps the two ways to say one alike; the logo's
// field, which is a script's, is sent along.

import "./fields/asset-field.js";
import { say } from "./words.js";

class BrandColours extends HTMLElement {
  connectedCallback() {
    this.list = this.querySelector("ol");
    this.add = this.querySelector("[data-add]");
    this.add.addEventListener("click", () => {
      this.list.append(this.querySelector("template").content.cloneNode(true));
      this.number();
      this.list.lastElementChild.querySelector("input").focus();
    });
    this.addEventListener("click", ({ target }) => {
      const row = target.closest("[data-take]")?.closest("li");
      if (!row) return;
      const next = row.nextElementSibling ?? row.previousElementSibling;
      row.remove();
      this.number();
      (next?.querySelector("[data-take]") ?? this.add).focus();
    });
    this.addEventListener("input", ({ target }) => {
      const row = target.closest("li");
      const [pick, hex] = row.querySelectorAll("input");
      if (target === pick) hex.value = pick.value;
      else if (target === hex && /^#[0-9a-f]{6}$/i.test(hex.value.trim())) pick.value = hex.value.trim().toLowerCase();
    });
    this.number();
  }

  /** Labels count the rows. */
  number() {
    [...this.list.children].forEach((row, at) => {
      for (const one of row.querySelectorAll("[data-says]")) one.setAttribute("aria-label", say(one.dataset.says, { n: at + 1 }));
    });
    this.add.disabled = this.list.children.length >= Number(this.dataset.most);
  }
}

customElements.define("brand-colours", BrandColours);

const form = document.querySelector(".brand-form");
form.addEventListener("field-change", ({ target }) => {
  form.elements.logo.value = target.value ?? "";
});
