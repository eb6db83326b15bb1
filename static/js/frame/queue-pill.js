// <queue-pill>: running, waiting, time left; always live; opens the queue as a drawer.

import { h, icon, vars, calm } from "../dom.js";
import { say, time } from "../words.js";
import { queueNow } from "./queue-data.js";
import { openDialog } from "./dialogs.js";

class QueuePill extends HTMLElement {
  connectedCallback() {
    this.link = this.querySelector("a");
    this.link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || matchMedia("(max-width: 47.99rem)").matches) return;
      if (location.pathname.startsWith("/queue/")) return;
      event.preventDefault();
      openDialog("queue-drawer");
    });
    const soon = calm(() => this.refresh(), 250, 1000); // many small jobs are never quiet
    document.addEventListener("team-event", ({ detail }) => {
      if (detail.kind === "state" || detail.kind === "progress") soon();
    });
    document.addEventListener("team-reset", soon);
    document.addEventListener("visibilitychange", () => { if (!document.hidden) soon(); });
    this.busy = Number(this.dataset.running) + Number(this.dataset.waiting) > 0;
    this.left = Number(this.dataset.left) || null;
    if (this.busy) this.refresh();
    setInterval(() => this.tick(), 1000);
  }

  async refresh() {
    if (!this.dataset.team || document.hidden) return;
    let queue;
    try {
      queue = await queueNow(this.dataset.team);
    } catch {
      return; // the frame says by itself that the connection is gone
    }
    this.draw(queue);
  }

  draw({ running, waiting_total, left_s }) {
    this.busy = running.length + waiting_total > 0;
    this.left = left_s;
    if (!this.busy) {
      this.link.replaceChildren(icon("queue"), h("span", { class: "word" }, say("queue_empty")));
      return;
    }
    const done = running.reduce((sum, job) => sum + (job.progress ?? 0), 0) / Math.max(1, running.length);
    this.clock = h("span", { class: "time" });
    this.link.replaceChildren(
      vars(h("span", { class: "ring" }), { p: Math.round(done * 100) }),
      h("span", { class: "vh" }, `${say("queue")}: `), h("b", {}, String(running.length)), " ", h("span", { class: "word" }, say("running")),
      ...(waiting_total ? [" ", h("b", { class: "waits" }, String(waiting_total)), " ", h("span", { class: "word" }, say("waiting"))] : []),
      this.clock,
    );
    this.tick(0);
  }

  tick(passed = 1) {
    if (!this.clock) return;
    if (this.left && passed) this.left = Math.max(1, this.left - passed);
    this.clock.textContent = this.left ? time(this.left) : "";
  }
}

customElements.define("queue-pill", QueuePill);
