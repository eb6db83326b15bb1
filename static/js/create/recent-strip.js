// <recent-strip>: the batch that runs, then earlier work; a press shows it on the stage.

import { api } from "../api.js";
import { calm, h, icon, vars } from "../dom.js";
import { say } from "../words.js";
import { beginsWords } from "../jobs/when-choice.js";
import { tileOf } from "./show-asset.js";
import { asked, remember } from "./page.js";

const SHOWN = 60; // tiles of a batch; the queue page has them all
const FINAL = new Set(["succeeded", "failed", "cancelled"]);

class RecentStrip extends HTMLElement {
  connectedCallback() {
    this.batchBox = this.querySelector("[data-batch]");
    this.earlier = this.querySelector("[data-earlier]");
    this.addEventListener("click", (event) => {
      const tile = event.target.closest("[data-asset], [data-job]");
      if (!tile || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      const name = tile.dataset.asset ? "show-asset" : "show-job";
      document.dispatchEvent(new CustomEvent(name, { detail: tile.dataset.asset ?? { id: tile.dataset.job, quiet: true } }));
    });
    document.addEventListener("asset-made", ({ detail }) => this.add(detail));
    document.addEventListener("job-shown", ({ detail }) => this.current(detail.assets?.[0]?.id));
    document.addEventListener("asset-shown", ({ detail }) => this.current(detail));
    document.addEventListener("submitted", ({ detail }) => {
      if (detail.batch) this.follow(detail.batch.id, true);
      else this.leaveBatch();
    });
    this.refreshSoon = calm(() => this.refresh(), 400);
    document.addEventListener("team-event", ({ detail }) => { if (this.batch && (detail.batch === this.batch || detail.kind === "asset")) this.refreshSoon(); });
    document.addEventListener("job-ended", () => { if (this.batch) this.refreshSoon(); });
    if (asked("batch")) this.follow(asked("batch"), true);
  }

  add(asset) {
    if (this.batch || asset.listed === false || this.querySelector(`[data-asset="${asset.id}"]`)) return;
    this.earlier.hidden = false;
    this.earlier.querySelector(".row").prepend(tileOf(asset));
  }

  current(id) {
    this.chosen = id;
    for (const tile of this.querySelectorAll("[aria-current]")) tile.removeAttribute("aria-current");
    if (id) this.querySelector(`[data-asset="${id}"]:not([hidden])`)?.setAttribute("aria-current", "true");
  }

  leaveBatch() {
    this.batch = null;
    this.batchBox.hidden = true;
    for (const tile of this.earlier.querySelectorAll("[hidden]")) tile.hidden = false;
  }

  async follow(id, show) {
    this.batch = id;
    this.wants = show;
    remember("batch", id);
    await this.refresh();
  }

  async refresh() {
    const id = this.batch;
    const turn = (this.turn = (this.turn ?? 0) + 1);
    const [{ items }, batch] = await Promise.all([api(`jobs?batch=${id}&limit=200`), api(`batches/${id}`)]);
    if (this.batch !== id || this.turn !== turn) return;
    const jobs = items.reverse();
    const done = [...FINAL].reduce((sum, state) => sum + (batch.counts[state] ?? 0), 0);
    const made = new Set(jobs.flatMap((job) => (job.assets ?? []).map((asset) => asset.id)));
    for (const tile of this.earlier.querySelectorAll("[data-asset]")) tile.hidden = made.has(tile.dataset.asset);
    const row = this.batchBox.querySelector(".row");
    const waiting = batch.counts.queued ?? 0;
    const tiles = jobs.filter((job) => job.state !== "queued").slice(-SHOWN).map((job) => this.tile(job));
    this.batchBox.hidden = !jobs.length;
    const name = this.querySelector("[data-batch-name]");
    const begins = waiting ? beginsWords(batch) : "";
    name.textContent = [say("this_batch", { done, total: batch.total }), begins].filter(Boolean).join(", ");
    name.href = `/batches/${id}/grid/`;
    row.replaceChildren(...tiles, ...(waiting ? [h("a", { class: "rest", href: `/batches/${id}/grid/` }, `+${waiting}`)] : []));
    this.current(this.chosen);
    if (this.wants && jobs.length) {
      const next = jobs.find((job) => job.state === "running") ?? (done ? jobs.findLast((job) => FINAL.has(job.state)) : jobs[0]);
      this.wants = false;
      this.shown = next.id;
      document.dispatchEvent(new CustomEvent("show-job", { detail: { id: next.id, quiet: true } }));
    } else {
      const shown = jobs.find((job) => job.id === this.shown);
      const running = jobs.find((job) => job.state === "running");
      if (shown && FINAL.has(shown.state) && running) {
        this.shown = running.id;
        document.dispatchEvent(new CustomEvent("show-job", { detail: { id: running.id, quiet: true } }));
      }
    }
  }

  tile(job) {
    const made = job.assets?.[0]?.id;
    if (made) {
      const { width, height } = job.inputs;
      return tileOf({ id: made, medium: job.medium, title: job.title, width, height, urls: { thumbnail: `/api/v1/assets/${made}/thumbnail` } });
    }
    if (job.state === "running") {
      const line = vars(h("span", { class: "line" }), { p: Math.round((job.progress ?? 0) * 100) });
      return vars(h("a", { class: "pic", href: `?job=${job.id}`, "data-job": job.id, "data-run": "", "aria-label": say("state_running") }, line), { ar: (job.inputs.width ?? 1) / (job.inputs.height ?? 1) });
    }
    return h("a", { class: "rest bad", href: `?job=${job.id}`, "data-job": job.id, "aria-label": say(`state_${job.state}`) }, icon(job.state === "failed" ? "warn" : "x"));
  }
}

customElements.define("recent-strip", RecentStrip);
