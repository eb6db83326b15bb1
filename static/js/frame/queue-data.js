// What the queue looks like now, asked at most once a second, shared by pill and drawer.

import { api } from "../api.js";

const PAUSE = 1000;
const SHARED = 100; // who asks so soon after another means the same moment
let asked = null;
let asked_at = 0;
let next = null;

function ask(team) {
  asked_at = Date.now();
  asked = api(`queue?team=${team}`).then(shape);
  return asked;
}

/** {running: [job], waiting: [job], waiting_total, left_s}: jobs of the team, in the order in which they will run.
 *  Never older than the call: who asks too soon waits for the next answer. */
export function queueNow(team) {
  const since = Date.now() - asked_at;
  if (asked && since < SHARED) return asked;
  if (since >= PAUSE) return ask(team);
  next ??= new Promise((done) => { setTimeout(done, PAUSE - since); }).then(() => {
    next = null;
    return ask(team);
  });
  return next;
}

/** The last answer, to draw with until there is a new one; null before the first. */
export const queueLast = () => (asked ? asked.catch(() => null) : Promise.resolve(null));

function shape({ running, items: waiting, waiting_total, left_s }) {
  return { running, waiting, waiting_total: waiting_total ?? waiting.length, left_s: left_s || null };
}
