// <queue-page>: what the server drew, drawn again as the team's feed tells; running jobs are followed one by one.

import { post } from "./api.js";
import { calm } from "./dom.js";
import { clock } from "./words.js";
import { toast } from "./frame/toast-list.js";
import { follow } from "./jobs/live-job.js";
import { wireVerbs } from "./jobs/verbs.js";

const FOLLOWED = 6; // sockets at once; the others show their progress when the page is drawn again
const AGAIN_MS = 200;
const LATEST_MS = 1000;

class QueuePage extends HTMLElement {
  connectedCallback() {
    this.followed = new Map();
    this.redraw = calm(() => this.draw(), AGAIN_MS, LATEST_MS);
    document.addEventListener("team-event", ({ detail }) => {
      if (detail.kind !== "asset") this.redraw();
    });
    document.addEventListener("team-reset", this.redraw);
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.redraw(); });
    wireVerbs(this, this.redraw);
    this.wireDragging();
    this.watch();
    // Nodes report without an event, and waiting times shrink: look again now and then.
    setInterval(() => { if (!document.hidden) this.draw(); }, Number(this.dataset.every ?? 10) * 1000);
    setInterval(() => this.tick(), 1000);
  }

  async draw() {
    if (this.dragging) return;
    if (this.busy) {
      this.stale = true; // what is on its way may be older than what has just happened
      return;
    }
    this.busy = true;
    try {
      const answer = await fetch(this.dataset.here, { headers: { "X-Fragment": "all" }, credentials: "same-origin", signal: AbortSignal.timeout(10_000) });
      if (!answer.ok) return;
      const fresh = document.createElement("template");
      fresh.innerHTML = await answer.text();
      this.put(fresh.content);
    } catch {
      // the frame says that the connection is gone
    } finally {
      this.busy = false;
      if (this.stale) {
        this.stale = false;
        this.redraw();
      }
    }
  }

  /** Put what is new in place; the pictures and words of jobs that still run stay as they are, and so does focus. */
  put(content) {
    const kept = new Map([...this.querySelectorAll(".running [data-job]")].map((card) => [card.dataset.job, card]));
    for (const card of content.querySelectorAll(".running [data-job]")) {
      const old = kept.get(card.dataset.job);
      if (old) {
        old.dataset.node = card.dataset.node;
        card.replaceWith(old);
      }
    }
    const active = document.activeElement;
    const row = active?.closest?.("[data-job]")?.dataset.job;
    const what = ["move", "cancel", "retry", "batch"].find((key) => active?.dataset?.[key] !== undefined);
    this.replaceChildren(content);
    if (row && what && !active.isConnected) {
      const place = this.querySelector(`[data-job="${row}"]`);
      (place?.querySelector(`[data-${what}]`) ?? place?.querySelector("a"))?.focus();
    } else if (active?.isConnected && active !== document.activeElement) active.focus();
    this.watch();
  }

  watch() {
    const cards = [...this.querySelectorAll(".running [data-job]")];
    const here = new Set(cards.map((card) => card.dataset.job));
    for (const [job, end] of this.followed) {
      if (!here.has(job)) {
        end();
        this.followed.delete(job);
      }
    }
    for (const card of cards) {
      if (this.followed.size >= FOLLOWED) break;
      if (!this.followed.has(card.dataset.job)) {
        card.dataset.state = "running";
        this.followed.set(card.dataset.job, follow(card, { onend: this.redraw }));
      }
    }
  }

  tick() {
    const number = this.querySelector("[data-left]");
    if (!number) return;
    const left = Math.max(1, Number(number.dataset.left) - 1);
    number.dataset.left = String(left);
    number.textContent = clock(left);
  }

  wireDragging() {
    let row = null;
    this.addEventListener("dragstart", (event) => {
      row = event.target.closest?.('.waiting [draggable="true"]');
      if (!row) return;
      this.dragging = true;
      row.dataset.dragged = "";
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", row.dataset.job);
    });
    this.addEventListener("dragover", (event) => {
      const over = event.target.closest?.(".waiting [data-job]");
      if (!row || !over || over === row || over.dataset.group !== row.dataset.group || !over.draggable) return;
      event.preventDefault();
      const after = event.clientY > over.getBoundingClientRect().top + over.offsetHeight / 2;
      over.parentElement.insertBefore(row, after ? over.nextElementSibling : over);
    });
    this.addEventListener("drop", (event) => { if (row) event.preventDefault(); });
    this.addEventListener("dragend", async () => {
      if (!row) return;
      const moved = row;
      row = null;
      delete moved.dataset.dragged;
      let next = moved.nextElementSibling;
      while (next && (next.dataset.group !== moved.dataset.group || !next.draggable)) next = next.nextElementSibling;
      try {
        await post("queue/move", { job: moved.dataset.job, before: next?.dataset.job ?? null });
      } catch (error) {
        toast(error.message, { wrong: true });
      }
      this.dragging = false;
      this.draw();
    });
  }
}

customElements.define("queue-page", QueuePage);
