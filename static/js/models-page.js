// <models-page>: installs with live progress, and adds a model from a folder or the hub.

import { post } from "./api.js";
import { calm } from "./dom.js";
import { say } from "./words.js";
import { toast } from "./frame/toast-list.js";
import { wireVerbs } from "./jobs/verbs.js";

const EVERY = 2000;

class ModelsPage extends HTMLElement {
  connectedCallback() {
    this.redraw = calm(() => this.draw(), 250);
    document.addEventListener("team-event", ({ detail }) => { if (["model", "state"].includes(detail.kind)) this.redraw(); });
    document.addEventListener("team-reset", this.redraw);
    this.addEventListener("click", (event) => {
      const button = event.target.closest("[data-install]");
      if (button) this.install(button);
    });
    wireVerbs(this, this.redraw);
    this.form = document.querySelector("#add-model form");
    this.form?.addEventListener("submit", (event) => {
      event.preventDefault();
      this.add();
    });
    this.again();
  }

  async draw() {
    const answer = await fetch(this.dataset.here, { headers: { "X-Fragment": "all" }, credentials: "same-origin", signal: AbortSignal.timeout(10_000) }).catch(() => null);
    if (!answer?.ok) return;
    const held = document.activeElement?.closest?.("[data-model]")?.dataset.model;
    this.innerHTML = await answer.text();
    if (held) this.querySelector(`[data-model="${CSS.escape(held)}"] :is(button, a)`)?.focus();
    this.again();
  }

  /** While something is installed, its progress is asked for. */
  again() {
    clearTimeout(this.timer);
    if (this.querySelector('[data-state="installing"]')) this.timer = setTimeout(() => this.draw(), EVERY);
  }

  async install(button) {
    button.disabled = true;
    try {
      await post(`models/${encodeURIComponent(button.dataset.install)}/install`, {});
      toast(say("install_begun"));
    } catch (error) {
      button.disabled = false;
      toast(error.message, { wrong: true });
    }
    this.draw();
  }

  async add() {
    const { source, name } = this.form.elements;
    const where = source.value.trim();
    const error = this.form.querySelector(".error");
    const wrong = (words) => {
      error.textContent = words;
      error.hidden = !words;
      source.setAttribute("aria-invalid", String(Boolean(words)));
      if (words) source.focus();
    };
    if (!where) {
      wrong(say("path_missing"));
      return;
    }
    wrong("");
    const body = { source: where };
    if (name.value.trim()) body.name = name.value.trim();
    const mine = this.form.elements.for;
    if (mine && mine.value === "team") body.team = document.documentElement.dataset.team;
    const button = this.form.querySelector('[type="submit"]');
    button.disabled = true;
    try {
      await post("models", body);
    } catch (problem) {
      wrong(problem.errors[0]?.msg ?? problem.message);
      return;
    } finally {
      button.disabled = false;
    }
    this.form.closest("dialog").close();
    this.form.reset();
    toast(say("add_begun"));
    this.draw();
  }
}

customElements.define("models-page", ModelsPage);
