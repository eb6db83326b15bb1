// <job-page>: one job, followed until it ends, drawn again when its state changes.

import { calm } from "./dom.js";
import { follow } from "./jobs/live-job.js";
import { wireVerbs } from "./jobs/verbs.js";

class JobPage extends HTMLElement {
  connectedCallback() {
    this.redraw = calm(() => this.draw(), 200);
    wireVerbs(this, this.redraw);
    document.addEventListener("team-event", ({ detail }) => {
      if (detail.job === this.dataset.job) this.redraw();
      else if (this.querySelector('[data-state="queued"]')) this.redraw();
    });
    document.addEventListener("team-reset", this.redraw);
    this.watch();
  }

  async draw() {
    const answer = await fetch(this.dataset.here, { headers: { "X-Fragment": "all" }, credentials: "same-origin", signal: AbortSignal.timeout(10_000) }).catch(() => null);
    if (!answer?.ok) return;
    const fresh = document.createElement("template");
    fresh.innerHTML = await answer.text();
    const old = this.querySelector(".live-work");
    const now = fresh.content.querySelector(".live-work");
    if (old && now && this.dataset.state === "running") now.replaceWith(old); // its picture and words stay
    this.dataset.state = fresh.content.querySelector(".asset-work").dataset.state;
    this.replaceChildren(fresh.content);
    this.watch();
  }

  watch() {
    const live = this.querySelector(".live-work");
    if (live === this.live) return;
    this.end?.();
    this.live = live;
    if (!live) return;
    live.dataset.state = this.dataset.state;
    this.end = follow(live, { onend: this.redraw });
  }
}

customElements.define("job-page", JobPage);
