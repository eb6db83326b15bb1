// Calls of the studio's own API: same origin, the session's cookie, problem documents as errors.

import { say } from "./words.js";

/** What the studio answered instead of the thing asked for. `errors`: [{loc, msg}] of inputs; status 0: not reached. */
export class Problem extends Error {
  constructor(status, document = {}) {
    super(document.detail || document.title || say(status ? "went_wrong" : "not_reached"));
    this.status = status;
    this.type = document.type ?? "";
    this.errors = document.errors ?? [];
    this.document = document;
  }

  /** The message for one input, or "". */
  at(name) {
    const found = this.errors.find((error) => [error.loc].flat().map(String).includes(name));
    return found ? found.msg : "";
  }
}

const csrf = () => document.querySelector('meta[name="csrf"]')?.content ?? "";

/** Fetch JSON. `body` is sent as JSON, or as it is where it is a FormData. Throws Problem. */
export async function api(path, { method = "GET", body, headers = {}, signal } = {}) {
  const sent = { Accept: "application/json", ...headers };
  if (method !== "GET") sent["X-CSRFToken"] = csrf();
  let payload = body;
  if (body !== undefined && !(body instanceof FormData)) {
    sent["Content-Type"] = "application/json";
    payload = JSON.stringify(body);
  }
  let answer;
  try {
    answer = await fetch(path.startsWith("/") ? path : `/api/v1/${path}`, {
      method, headers: sent, body: payload, signal, credentials: "same-origin",
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(0);
  }
  if (answer.status === 204) return null;
  const text = await answer.text();
  let data = null;
  try {
    data = text ? JSON.parse(text) : null;
  } catch {
    data = { detail: "" };
  }
  if (answer.ok) return data;
  if (answer.status === 401) throw new Problem(401, { ...data, detail: say("signed_out") });
  throw new Problem(answer.status, data ?? {});
}

/** POST. `key` makes it safe to send twice: the same key and body give the same job. */
export const post = (path, body, { key, ...rest } = {}) =>
  api(path, { method: "POST", body, headers: key ? { "Idempotency-Key": key } : {}, ...rest });

export const patch = (path, body) => api(path, { method: "PATCH", body });
export const remove = (path) => api(path, { method: "DELETE" });

/** A key for one act of the person. */
export const freshKey = () => crypto.randomUUID?.() ?? `${Date.now()}-${Math.random().toString(36).slice(2)}`;
