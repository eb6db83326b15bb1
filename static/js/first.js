// The first visit: a prompt, or one of those that run at once.

import { post, freshKey } from "./api.js";
import { handed } from "./dom.js";
import { say } from "./words.js";
import "./create/model-offer.js";

const page = handed("create-page");

class FirstVisit extends HTMLElement {
  connectedCallback() {
    const form = this.querySelector("form");
    const area = form.querySelector("textarea");
    this.error = form.querySelector(".error");
    this.key = freshKey();
    area.addEventListener("input", () => { this.key = freshKey(); });
    area.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        form.requestSubmit();
      }
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const prompt = area.value.trim();
      if (!prompt) {
        this.error.textContent = say("prompt_missing");
        area.focus();
        return;
      }
      this.run(form.elements.tool.value, { prompt }, form.querySelector('[type="submit"]'));
    });
    for (const button of this.querySelectorAll("[data-try]")) {
      const { tool, inputs } = page.tries[Number(button.dataset.try)];
      button.addEventListener("click", () => this.run(tool, inputs, button));
    }
  }

  async run(tool, inputs, button) {
    if (this.busy) return;
    this.busy = true;
    button.setAttribute("aria-busy", "true");
    this.error.textContent = "";
    try {
      const { team } = document.documentElement.dataset;
      const job = await post("jobs", { tool, inputs, ...(team ? { team } : {}) }, { key: this.key });
      location.assign(`/create/${tool}/?job=${job.id}`);
    } catch (problem) {
      this.error.textContent = problem.message;
      button.removeAttribute("aria-busy");
      this.busy = false;
      this.key = freshKey();
    }
  }
}

customElements.define("first-visit", FirstVisit);
