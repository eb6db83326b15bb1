// A slideshow of the pictures and films of the list: full screen, on by itself unless the person wants things still.

import { h, icon } from "../dom.js";
import { say } from "../words.js";

const STAYS = 5000;
const SHOWN = new Set(["image", "video"]);

/** Show from this tile on. more() brings further tiles; resolves to whether there were any. */
export function slideshow(rows, from, more) {
  const dialog = document.getElementById("slides");
  const stage = dialog.querySelector(".slide");
  const told = dialog.querySelector(".slide-name");
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  let list = [];
  let at = 0;
  let runs = !still;
  let timer = 0;

  const gather = () => { list = rows.list.filter((item) => SHOWN.has(rows.nodeOf(item).dataset.medium)); };
  const stop = () => clearTimeout(timer);
  const later = () => {
    stop();
    if (runs && dialog.open && !stage.querySelector("video")) timer = setTimeout(() => go(1), STAYS);
  };
  const button = dialog.querySelector("[data-slides]");
  const tell = () => {
    button.replaceChildren(icon(runs ? "pause" : "play", "solid"));
    button.setAttribute("aria-label", say(runs ? "pause" : "play"));
  };
  const show = () => {
    const item = list[at];
    const name = rows.nodeOf(item).querySelector(".name, b")?.textContent ?? "";
    const content = `/api/v1/assets/${item.id}/content`;
    const film = rows.nodeOf(item).dataset.medium === "video";
    const work = film ? h("video", { src: content, autoplay: !still, controls: true, onended: () => runs && go(1) }) : h("img", { src: content, alt: name });
    stage.replaceChildren(work);
    told.textContent = `${name} · ${say("slide", { n: at + 1, of: list.length })}`;
    const next = list[at + 1];
    if (next && rows.nodeOf(next).dataset.medium === "image") new Image().src = `/api/v1/assets/${next.id}/content`;
    if (work.decode) work.decode().catch(() => {}).then(later);
    else later();
  };
  const go = async (by) => {
    if (at + by >= list.length && (await more())) gather();
    at = (at + by + list.length) % list.length;
    show();
  };
  const key = (event) => {
    const act = {
      ArrowRight: () => go(1), ArrowLeft: () => go(-1), Home: () => { at = 0; show(); }, End: () => { at = list.length - 1; show(); },
      " ": () => toggle(),
    }[event.key];
    if (!act || event.target.closest("video") || (event.key === " " && event.target.closest("button"))) return;
    event.preventDefault();
    act();
  };
  const toggle = () => {
    runs = !runs;
    tell();
    later();
  };
  const clicked = (event) => {
    const step = event.target.closest("[data-step]");
    if (step) go(Number(step.dataset.step));
    else if (event.target.closest("[data-slides]")) toggle();
  };

  gather();
  if (!list.length) return;
  at = Math.max(0, list.indexOf(from));
  dialog.addEventListener("keydown", key);
  dialog.addEventListener("click", clicked);
  dialog.addEventListener("close", () => {
    stop();
    dialog.removeEventListener("keydown", key);
    dialog.removeEventListener("click", clicked);
    stage.replaceChildren();
    if (document.fullscreenElement) document.exitFullscreen().catch(() => {});
    rows.reveal(list[at])?.querySelector("a")?.focus();
  }, { once: true });
  dialog.showModal();
  dialog.requestFullscreen?.().catch(() => {}); // where the browser allows none, the dialog fills the window
  tell();
  show();
}
