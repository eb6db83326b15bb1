// One sound at a time: buttons with data-plays="address" play and pause it.

import { icon } from "../dom.js";
import { clock } from "../words.js";

const audio = new Audio();
let button = null;

function stop() {
  if (!button) return;
  button.setAttribute("aria-pressed", "false");
  button.replaceChildren(icon("play", "solid"));
  button = null;
}

audio.addEventListener("ended", stop);
audio.addEventListener("timeupdate", () => {
  const place = button?.parentElement.querySelector("[data-at]");
  if (place) place.textContent = `${clock(audio.currentTime)} / `;
});

/** Play or pause what this button stands for. */
export function toggle(pressed) {
  if (pressed === button) {
    audio.pause();
    stop();
    return;
  }
  stop();
  if (!audio.src.endsWith(pressed.dataset.plays)) audio.src = pressed.dataset.plays;
  button = pressed;
  button.setAttribute("aria-pressed", "true");
  button.replaceChildren(icon("pause", "solid"));
  audio.play().catch(stop);
}
