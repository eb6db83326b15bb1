// What the queue looks like now, shared by pill and drawer: one question at a time, at most one a second, fewer while
// the studio does not answer.

import { api } from "../api.js";

const PAUSE = 1000;
const LONGEST_PAUSE = 8000;
const PATIENCE = 30_000; // an answer that never comes must not keep the next question waiting
const SHARED = 100; // who asks so soon after another means the same moment
let asked = null;
let asked_at = 0;
let failures = 0; // in a row
let next = null;

function ask(team) {
  asked_at = Date.now();
  asked = api(`queue?team=${team}`, { signal: AbortSignal.timeout(PATIENCE) }).then(shape);
  asked.then(() => { failures = 0; }, () => { failures += 1; });
  return asked;
}

/** The moment for the next question: the last one is answered, and the pause since it was asked is over. */
async function turn() {
  await queueLast();
  const pause = Math.min(PAUSE * 2 ** failures, LONGEST_PAUSE);
  await new Promise((done) => { setTimeout(done, asked_at + pause - Date.now()); });
}

/** {running: [job], waiting: [job], waiting_total, left_s}: jobs of the team, in the order in which they will run.
 *  Never older than the call: who asks too soon waits for the next answer. */
export function queueNow(team) {
  if (!asked) return ask(team);
  if (Date.now() - asked_at < SHARED) return asked;
  next ??= turn().then(() => {
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
