// The page of notices takes in what comes while it is open, unless one is in the middle of it.

import { calm } from "./dom.js";

const rows = document.querySelector(".notices");

async function refresh() {
  if (document.hidden || !rows.isConnected || rows.contains(document.activeElement)) return;
  const answer = await fetch(location.href, { credentials: "same-origin" }).catch(() => null);
  if (!answer?.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(".notices");
  if (fresh && !rows.contains(document.activeElement)) rows.replaceChildren(...fresh.childNodes);
}

document.addEventListener("notices", calm(refresh, 400, 2000));
