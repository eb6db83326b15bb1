// What the queue looks like now, asked at most once a second, shared by pill and drawer.

import { api } from "../api.js";

const PAUSE = 1000;
let asked = null;
let asked_at = 0;

/** {running: [job], waiting: [job], left_s}: jobs of the team, in the order in which they will run. */
export function queueNow(team) {
  if (!asked || Date.now() - asked_at > PAUSE) {
    asked_at = Date.now();
    asked = api(`queue?team=${team}`).then(shape);
    asked.catch(() => { asked = null; });
  }
  return asked;
}

function shape(answer) {
  const items = answer.items ?? answer.jobs ?? [];
  const running = answer.running ?? items.filter((job) => job.state === "running");
  const waiting = answer.waiting ?? items.filter((job) => job.state === "queued");
  const left = answer.left_s ?? Math.max(0, ...running.map((job) => job.eta_s ?? 0), ...waiting.map((job) => job.eta_s ?? 0));
  return { running, waiting, left_s: left || null };
}
