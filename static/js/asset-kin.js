// The relatives on an asset's page: the family in view, keys that compare, and what changed from another relative.

import { say } from "./words.js";
import { toast } from "./frame/toast-list.js";

const KEYS = { c: "compare", b: "blink" };

/** Scroll what holds `element` so that it is in the middle of it, and the page not at all. */
function centre(element) {
  const box = element?.closest(".scroll");
  if (!box) return;
  const at = element.getBoundingClientRect();
  const around = box.getBoundingClientRect();
  box.scrollLeft += at.left + at.width / 2 - around.left - around.width / 2;
}

async function showChanges(section, other) {
  const place = section.querySelector("#difference");
  place.ariaBusy = "true";
  try {
    const answer = await fetch(`/assets/${section.dataset.asset}/diff/${other}/`, { headers: { "X-Fragment": "difference" }, credentials: "same-origin" });
    if (!answer.ok) throw new Error(say(answer.status === 401 ? "signed_out" : "went_wrong"));
    const words = await answer.text();
    if (section.querySelector("#changed-from").value !== other) return; // another was chosen meanwhile
    const fresh = document.createElement("template");
    fresh.innerHTML = words;
    place.replaceChildren(fresh.content);
    section.querySelector("#beside-it").href = `/compare/?a=${other}&b=${section.dataset.asset}`;
  } catch (error) {
    toast(error instanceof TypeError ? say("not_reached") : error.message, { wrong: true });
  } finally {
    place.ariaBusy = "false";
  }
}

centre(document.querySelector(".tree [aria-current]"));
centre(document.querySelector(".strip [aria-current]"));

const changed = document.querySelector(".changed");
changed?.querySelector("#changed-from").addEventListener("change", ({ target }) => showChanges(changed, target.value));

document.addEventListener("keydown", (event) => {
  if (event.target.closest("input, textarea, select") || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  document.getElementById(KEYS[event.key])?.click();
});
