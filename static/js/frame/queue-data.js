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

function shape({ running, items: waiting, waiting_total, left_s }) {
  return { running, waiting, waiting_total: waiting_total ?? waiting.length, left_s: left_s || null };
}
