// Sounds and films that play as one: the first leads, the others are brought to its place; one of them is heard.

import { icon } from "../dom.js";
import { clock, say } from "../words.js";

const DRIFT = 0.12; // seconds that are not heard as an echo, for only one is heard, nor seen

/** Wire the bar of `page` to its sounds and films. */
export function playTogether(page) {
  const all = [...page.querySelectorAll("audio.played, video.work")];
  const button = page.querySelector('[data-do="play"]');
  const range = page.querySelector('[name="at"]');
  const told = page.querySelector("[data-clock]");
  const hear = [...page.querySelectorAll("[data-hear]")];
  const longest = () => Math.max(0, ...all.map((each) => (Number.isFinite(each.duration) ? each.duration : 0)));
  const lead = () => all.reduce((best, each) => ((each.duration || 0) > (best.duration || 0) ? each : best), all[0]);

  const draw = () => {
    const end = longest();
    const at = lead().currentTime;
    range.value = end ? Math.round((1000 * at) / end) : 0;
    range.style.setProperty("--v", range.value / 10);
    range.setAttribute("aria-valuetext", `${clock(at)} / ${clock(end)}`);
    told.textContent = `${clock(at)} / ${clock(end)}`;
    const playing = !lead().paused;
    if (button.dataset.now !== String(playing)) {
      button.dataset.now = String(playing);
      button.setAttribute("aria-label", say(playing ? "pause" : "play"));
      button.replaceChildren(icon(playing ? "pause" : "play", "solid"));
    }
  };
  const bring = (seconds) => {
    for (const each of all) if (Math.abs(each.currentTime - seconds) > 0.01) each.currentTime = Math.min(seconds, each.duration || seconds);
    draw();
  };
  const listen = (at) => all.forEach((each, one) => {
    each.muted = one !== at;
    hear[one].setAttribute("aria-pressed", String(one === at));
  });
  const toggle = async () => {
    if (!lead().paused) {
      for (const each of all) each.pause();
    } else {
      if (lead().ended) bring(0);
      else bring(lead().currentTime);
      await Promise.allSettled(all.filter((each) => !each.duration || each.currentTime < each.duration).map((each) => each.play()));
    }
    draw();
  };

  for (const each of all) {
    for (const kind of ["loadedmetadata", "durationchange", "pause", "play", "ended", "seeked"]) each.addEventListener(kind, draw);
    each.addEventListener("timeupdate", () => {
      if (each !== lead()) return;
      for (const other of all) {
        if (other !== each && !other.ended && !other.paused && Math.abs(other.currentTime - each.currentTime) > DRIFT) other.currentTime = each.currentTime;
      }
      draw();
    });
  }
  button.addEventListener("click", toggle);
  range.addEventListener("input", () => bring((longest() * range.value) / 1000));
  hear.forEach((each, at) => each.addEventListener("click", () => listen(at)));
  listen(0);
  draw();
  return toggle;
}
