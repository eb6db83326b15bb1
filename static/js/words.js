// The sentences that scripts say; the page hands them over in the person's language.

import { handed } from "./dom.js";

const words = { ...handed("words"), ...handed("page-words"), ...handed("more-words") }; // more: of a piece of another app
const language = document.documentElement.lang || "en";
/** The person's own kind of that language (en-GB), for clocks and numbers. */
export const locale = navigator.languages.find((each) => each.split("-")[0] === language.split("-")[0]) ?? language;
const plural = new Intl.PluralRules(language);

/** The sentence under `key` with {placeholders} filled in. */
export function say(key, values = {}) {
  const sentence = words[key] ?? key;
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** The sentence under key_one or key_other, as the number asks. */
export function count(key, n, values = {}) {
  const form = `${key}_${plural.select(n)}`;
  return say(form in words ? form : `${key}_other`, { n: number(n), ...values });
}

const numbers = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });

/** A number as the person's language writes it. */
export function number(n) {
  return numbers.format(n);
}

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"];

/** Bytes as people say them: 1.8 MB. */
export function size(bytes) {
  const at = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const value = bytes / 1000 ** at;
  return new Intl.NumberFormat(locale, { style: "unit", unit: UNITS[at], unitDisplay: at ? "short" : "long", maximumFractionDigits: at && value < 100 ? 1 : 0 }).format(value);
}

/** Seconds in words: 4 s, 1 min 10 s, 2 h 5 min. */
export function time(seconds) {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return say("seconds", { n: Math.max(1, s) });
  if (s < 600) return s % 60 ? say("minutes_seconds", { m: Math.floor(s / 60), s: s % 60 }) : say("minutes", { n: s / 60 });
  if (s < 3600) return say("minutes", { n: Math.round(s / 60) });
  return say("hours_minutes", { h: Math.floor(s / 3600), m: Math.round((s % 3600) / 60) });
}

/** Seconds as a clock: 1:10. */
export function clock(seconds) {
  const s = Math.max(0, Math.round(seconds));
  return `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`;
}

/** A moment as the person's clock says it: the time today, else the day. */
export function moment(value) {
  const at = new Date(value);
  const today = at.toDateString() === new Date().toDateString();
  const day = Date.now() - at.getTime() < 6 * 86_400_000 ? { weekday: "short" } : { day: "numeric", month: "short" };
  return at.toLocaleString(locale, today ? { hour: "2-digit", minute: "2-digit" } : day);
}
