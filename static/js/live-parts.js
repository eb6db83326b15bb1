// Parts of a page that follow the team's feed: <section id="…" data-live="team preset">, the kinds of events that change
// it. The page is asked for again, and what is otherwise there is put in place; open folds stay open and focus stays. A
// part in which somebody writes is left as it is, with a word on who changed what it shows. "live-part" on document:
// a part is new.

import { calm, h, icon } from "./dom.js";
import { say } from "./words.js";

const FIELDS = "input:not([type=hidden]), select, textarea";
const live = () => [...document.querySelectorAll("[data-live]")];

/** Whether a field of it holds something else than the page came with. */
const dirty = (part) => [...part.querySelectorAll(FIELDS)].some((field) => {
  if (field.matches("select")) return [...field.options].some((option) => option.selected !== option.defaultSelected) && [...field.options].some((option) => option.defaultSelected);
  return field.matches("[type=checkbox], [type=radio]") ? field.checked !== field.defaultChecked : field.value !== field.defaultValue;
});

const writing = (part) => dirty(part) || part.querySelector('[role="alert"], [aria-invalid="true"]') || (part.contains(document.activeElement) && document.activeElement.matches(`${FIELDS}, [contenteditable]`));

/** What finds an element again in the part that was drawn anew. */
const like = (element) => `${element.tagName} ${element.id || element.getAttribute("aria-label") || element.textContent.trim()}`;

function put(part, fresh) {
  const held = part.contains(document.activeElement) ? like(document.activeElement) : null;
  const open = new Set([...part.querySelectorAll("details[open] > summary")].map(like));
  part.replaceChildren(...fresh.childNodes);
  for (const summary of part.querySelectorAll("details > summary")) if (open.has(like(summary))) summary.parentElement.open = true;
  if (held) [...part.querySelectorAll("a, button, summary")].find((each) => like(each) === held)?.focus();
  document.dispatchEvent(new CustomEvent("live-part", { detail: part }));
}

function tell(part, by) {
  if (part.querySelector(":scope > .changed-meanwhile")) return;
  part.prepend(h("p", { class: "note calm changed-meanwhile", role: "status" }, icon("info"),
    h("span", {}, by ? say("changed_by", { name: by }) : say("changed_meanwhile")),
    h("button", { type: "button", class: "btn small end", onclick: () => location.reload() }, say("reload"))));
}

let heard = new Set();
let by = "";

const refresh = calm(async () => {
  const [kinds, name] = [heard, by];
  heard = new Set();
  const parts = live().filter((part) => part.dataset.live.split(" ").some((kind) => kinds.has(kind)));
  if (!parts.length) return;
  const answer = await fetch(location.href, { credentials: "same-origin" }).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of parts) {
    const fresh = page.getElementById(part.id);
    const now = part.asCame ?? part.innerHTML;
    if (!fresh) continue;
    const csrf = /name="csrfmiddlewaretoken" value="[^"]*"/g;
    if (fresh.innerHTML.replace(csrf, "") === now.replace(csrf, "")) continue;
    if (writing(part)) {
      tell(part, name);
      continue;
    }
    part.asCame = fresh.innerHTML;
    put(part, fresh);
  }
}, 150, 800);

for (const part of live()) part.asCame = part.innerHTML;
document.addEventListener("team-event", ({ detail }) => {
  heard.add(detail.kind);
  by = detail.by ?? "";
  refresh();
});
document.addEventListener("team-reset", () => {
  for (const part of live()) for (const kind of part.dataset.live.split(" ")) heard.add(kind);
  refresh();
});
