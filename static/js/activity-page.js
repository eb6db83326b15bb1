// The page of activity: what happens while it is open comes in, unless one is in the middle of it. A choice is sent at once.

import { calm } from "./dom.js";

const rows = document.querySelector(".activity");
const filter = document.querySelector(".activity-filter");

filter.querySelector("button").hidden = true;
filter.addEventListener("change", () => filter.requestSubmit());

async function refresh() {
  if (rows.contains(document.activeElement)) return;
  const answer = await fetch(location.href, { credentials: "same-origin" }).catch(() => null);
  if (!answer?.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(".activity");
  if (!fresh || rows.contains(document.activeElement) || fresh.innerHTML === rows.innerHTML) return;
  rows.replaceChildren(...fresh.childNodes);
}

if ("live" in rows.dataset) {
  const soon = calm(refresh, 300, 1500);
  for (const heard of ["team-event", "team-reset"]) document.addEventListener(heard, soon);
  rows.addEventListener("focusout", soon);
}
