// <model-offer>: a larger model, installed by one press; says how far it is and when it is used.

import { api, post } from "../api.js";
import { vars } from "../dom.js";
import { say } from "../words.js";

const EVERY = 2000;
const LATER = 7 * 86_400_000; // "not now" is kept for a week

const dismissed = (name) => {
  try {
    return Date.now() - Number(localStorage.getItem(`offer:${name}`)) < LATER;
  } catch {
    return false;
  }
};

class ModelOffer extends HTMLElement {
  connectedCallback() {
    this.button = this.querySelector("[data-install]");
    this.says = this.querySelector("[data-says]");
    this.line = this.querySelector(".line");
    this.offered = [...this.says.childNodes];
    this.hidden = dismissed(this.dataset.name) && this.dataset.state !== "installing";
    this.button.addEventListener("click", () => this.install());
    this.querySelector("[data-dismiss]").addEventListener("click", () => {
      this.hidden = true;
      try {
        localStorage.setItem(`offer:${this.dataset.name}`, String(Date.now()));
      } catch {
        // then it comes back with the next page
      }
    });
    if (this.dataset.state === "installing") this.watch();
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
  }

  async install() {
    this.button.disabled = true;
    try {
      await post(`models/${encodeURIComponent(this.dataset.name)}/install`, {});
      this.watch();
    } catch (problem) {
      this.says.textContent = problem.message;
      this.button.disabled = false;
    }
  }

  async watch() {
    this.button.hidden = true;
    this.line.hidden = false;
    try {
      const model = await api(`models/${encodeURIComponent(this.dataset.name)}`);
      const percent = Math.round((model.progress ?? 0) * 100);
      vars(this.line, { p: percent });
      if (model.state === "installed") {
        this.line.hidden = true;
        this.says.textContent = say("offer_done");
        return;
      }
      if (model.state !== "installing") {
        if (model.error) this.says.textContent = model.error;
        else this.says.replaceChildren(...this.offered); // it was stopped: the offer stands again
        this.line.hidden = true;
        this.button.disabled = false;
        this.button.hidden = false;
        return;
      }
      this.says.textContent = say("offer_progress", { percent });
    } catch {
      // asks again
    }
    this.timer = setTimeout(() => this.watch(), EVERY);
  }
}

customElements.define("model-offer", ModelOffer);
