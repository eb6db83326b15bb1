// <queue-list>: the queue as a drawer over any page: what runs, then what waits and why.

import { api } from "../api.js";
import { calm, h, handed, icon, vars } from "../dom.js";
import { say, clock, time } from "../words.js";
import { queueLast, queueNow } from "./queue-data.js";

const MEDIA = new Set(["text", "image", "music", "video", "speech"]);

/** What a job is called: its title, else its tool's. */
function nameOf(job) {
  return job.title || (handed("palette-places") ?? []).find((place) => place.path === `/create/${job.tool}/`)?.label || job.tool;
}

class QueueList extends HTMLElement {
  connectedCallback() {
    this.addEventListener("opened", async () => {
      const known = await queueLast();
      if (known) this.draw(known);
      this.refresh();
    });
    const soon = calm(() => { if (this.closest("dialog")?.open) this.refresh(); }, 300, 1000);
    document.addEventListener("team-event", soon);
    document.addEventListener("team-reset", soon);
  }

  async refresh() {
    let queue;
    try {
      queue = await queueNow(this.dataset.team);
    } catch (error) {
      this.replaceChildren(h("p", { class: "none" }, error.message));
      return;
    }
    this.draw(queue);
  }

  draw({ running, waiting, waiting_total, left_s }) {
    const held = document.activeElement?.dataset?.job;
    if (!running.length && !waiting.length) {
      this.replaceChildren(h("p", { class: "none" }, say("queue_none")));
      return;
    }
    const numbers = { running: running.length, waiting: waiting_total };
    this.replaceChildren(
      h("p", { class: "sum", role: "status" }, left_s ? h("span", { class: "num-big" }, clock(left_s)) : null,
        say(left_s ? "queue_sum" : "queue_sum_plain", numbers)),
      ...(running.length ? [this.section("section_running", running.map((job) => this.runs(job)))] : []),
      ...(waiting.length ? [this.section("section_waiting", waiting.map((job) => this.waits(job)))] : []),
    );
    if (held) this.querySelector(`[data-job="${held}"]`)?.focus();
  }

  section(key, rows) {
    return h("section", { "aria-label": say(key) }, h("h3", {}, say(key)), rows);
  }

  runs(job) {
    const medium = MEDIA.has(job.medium) ? job.medium : String(job.tool ?? "").split(".")[0];
    const progress = Math.round((job.progress ?? 0) * 100);
    const line = vars(h("span", { class: "line", role: "progressbar", "aria-label": nameOf(job), "aria-valuenow": progress }), { p: progress });
    const place = h("span", { class: "pic" }, icon(MEDIA.has(medium) ? medium : "models"), line);
    if ((medium === "image" || medium === "video") && job.progress > 0) {
      const picture = h("img", { src: `/api/v1/jobs/${job.id}/preview?${Date.now()}`, alt: "" });
      picture.addEventListener("error", () => picture.remove());
      place.prepend(picture);
    }
    const facts = [job.eta_s ? h("b", {}, `${time(job.eta_s)} ${say("left")}`) : null, job.node ? say("on_node", { node: job.node }) : null].filter(Boolean);
    return h("div", { class: "job-s" }, place,
      h("div", {}, h("p", {}, nameOf(job)), h("p", {}, ...facts.flatMap((fact, at) => (at ? [" · ", fact] : [fact])))),
      this.stopper(job, "stop"));
  }

  waits(job) {
    const medium = MEDIA.has(job.medium) ? job.medium : String(job.tool ?? "").split(".")[0];
    const reason = job.waiting_for || (job.eta_s ? say("about", { time: time(job.eta_s) }) : say("next"));
    return h("div", { class: "job-s wait" }, icon(MEDIA.has(medium) ? medium : "models"),
      h("div", {}, h("p", {}, nameOf(job)), h("p", {}, reason)), this.stopper(job, "cancel"));
  }

  stopper(job, word) {
    return h("button", {
      type: "button", class: "btn bare only small", "data-job": job.id, "aria-label": `${say(word)}: ${nameOf(job)}`,
      onclick: async ({ currentTarget }) => {
        currentTarget.disabled = true;
        await api(`jobs/${job.id}/cancel`, { method: "POST", body: {} });
        this.refresh();
      },
    }, icon(word === "stop" ? "stop" : "x"));
  }
}

customElements.define("queue-list", QueueList);
