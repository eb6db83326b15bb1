// A slider over the time that the list spans: drag it, or use its keys, to be at any month at once.

import { locale } from "../words.js";

const STEPS = 1000;

/** Wire the slider of `page`; jump(ms) goes to what came at that time. Gives tell(ms) and span(newest, oldest). */
export function wireTimeline(page, jump) {
  const box = page.querySelector(".timeline");
  if (!box) return { tell() {}, span() {} };
  const slider = box.querySelector("input");
  const told = box.querySelector("output");
  const month = new Intl.DateTimeFormat(locale, { month: "short", year: "numeric" });
  let newest = 0;
  let oldest = 0;
  let held = false;
  const at = () => newest - (Number(slider.value) / STEPS) * (newest - oldest);
  const say = (ms) => {
    told.textContent = month.format(ms);
    slider.setAttribute("aria-valuetext", told.textContent);
    box.style.setProperty("--at", slider.value / STEPS);
  };
  slider.addEventListener("input", () => { held = true; say(at()); });
  slider.addEventListener("change", () => {
    held = false;
    const last = Number(slider.value) >= STEPS;
    jump(last ? null : Math.ceil(at()));
  });
  return {
    tell(ms) {
      if (held || newest <= oldest) return;
      slider.value = String(Math.round(((newest - ms) / (newest - oldest)) * STEPS));
      say(ms);
    },
    span(from, to) {
      newest = from;
      oldest = to;
      box.hidden = newest - oldest < 2 * 86_400_000;
    },
  };
}

/** The cursor of a list from which everything that came up to this moment follows. */
export function cursorAt(ms) {
  const hex = (ms + 1).toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}

/** When an asset came, by its id. */
export const cameAt = (id) => parseInt(id.replaceAll("-", "").slice(0, 12), 16);
