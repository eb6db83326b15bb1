// <revise-comments data-asset data-prompt="#id">: the open comments on what is revised, beside the prompt. At one click
// a language model weaves them in; what it changed is shown, may be edited, taken or left, and taken back.

import { api, post } from "../api.js";
import { calm, h, icon } from "../dom.js";
import { Feed } from "../feed.js";
import { say } from "../words.js";

const ELEMENTS = { out: "del", in: "ins" };
const TYPED_MS = 250; // after the last key, what changed is asked for again

class ReviseComments extends HTMLElement {
  async connectedCallback() {
    this.prompt = document.querySelector(this.dataset.prompt);
    try {
      const { items } = await api(`comments?asset=${this.dataset.asset}&show=open`);
      this.list = items;
    } catch {
      return; // the prompt is there all the same
    }
    if (this.list.length) this.draw();
  }

  draw() {
    this.hidden = false;
    this.status = h("p", { class: "quiet", role: "status" });
    this.result = h("div", { class: "woven" });
    this.button = h("button", { type: "button", class: "btn small", onclick: () => this.weave() }, icon("revise", "small"), say("weave"));
    this.replaceChildren(
      h("h2", { class: "label" }, say("comments_open", { n: this.list.length })),
      h("ol", {}, this.list.map((each, at) =>
        h("li", {}, h("label", { class: "check" },
          h("input", { type: "checkbox", checked: true, value: each.id }),
          h("span", {}, h("span", { class: "no" }, String(at + 1)), " ", each.text, each.where ? h("small", { class: "faint" }, ` ${each.where}`) : ""))))),
      this.prompt ? h("p", { class: "btns" }, this.button) : "", this.status, this.result);
  }

  async weave() {
    const before = this.prompt.value;
    const comments = [...this.querySelectorAll("input:checked")].map((each) => each.value);
    this.button.setAttribute("aria-busy", "true");
    this.status.textContent = say("weaving");
    try {
      const job = await post(`assets/${this.dataset.asset}/weave`, { prompt: before, comments });
      const text = await this.written(job);
      this.offer(before, text.trim().replace(/^["“'](.*)["”']$/s, "$1").trim());
    } catch (problem) {
      this.status.textContent = problem.message;
    } finally {
      this.button.removeAttribute("aria-busy");
    }
  }

  /** The text of a job once it has ended. */
  written(job) {
    return new Promise((resolve, reject) => {
      const feed = new Feed("jobs", job.id, {
        onevent: async (event) => {
          if (!event.final) return;
          feed.close();
          if (event.state !== "succeeded") {
            reject(new Error(event.error?.message ?? say("weave_failed")));
            return;
          }
          try {
            const { assets } = await api(`jobs/${job.id}`);
            const answer = await fetch(`/api/v1/assets/${assets[0].id}/content`, { credentials: "same-origin" });
            resolve(await answer.text());
          } catch (error) {
            reject(error);
          }
        },
        onreset: () => job.last_n,
      });
    });
  }

  /** Show in `place` what changed, as the server tells it; the newest question wins. */
  async compare(place, before, text) {
    this.compared = text;
    let passages;
    try {
      passages = await post(`assets/${this.dataset.asset}/diff`, { before, text });
    } catch (problem) {
      this.status.textContent = problem.message;
      return;
    }
    if (this.compared !== text) return;
    const pieces = passages.flatMap((passage) => passage.pieces);
    place.replaceChildren(...pieces.map((piece) => (piece.kind === "same" ? piece.text : h(ELEMENTS[piece.kind], {}, piece.text))));
  }

  offer(before, text) {
    this.status.textContent = say("woven");
    const area = h("textarea", { class: "input", rows: "4", "aria-label": say("woven") });
    area.value = text;
    const shown = h("p", { class: "diff" });
    const draw = () => this.compare(shown, before, area.value);
    area.addEventListener("input", calm(draw, TYPED_MS));
    draw();
    const set = (value) => {
      this.prompt.value = value;
      this.prompt.dispatchEvent(new Event("input", { bubbles: true }));
    };
    const undo = h("button", { type: "button", class: "btn bare small", onclick: () => { set(before); this.result.replaceChildren(); this.status.textContent = say("woven_undone"); } }, say("undo"));
    this.result.replaceChildren(shown, area, h("p", { class: "btns" },
      h("button", { type: "button", class: "btn small main", onclick: () => {
        set(area.value);
        this.status.textContent = say("woven_used");
        this.result.replaceChildren(undo);
        undo.focus();
      } }, say("woven_use")),
      h("button", { type: "button", class: "btn bare small", onclick: () => { this.result.replaceChildren(); this.status.textContent = ""; this.button.focus(); } }, say("woven_leave"))));
    this.result.scrollIntoView({ block: "nearest" });
  }
}

customElements.define("revise-comments", ReviseComments);
