// The form of a chain's steps: buttons move a step up or down. The studio puts what the form says in the other order and
// sends the steps back; nothing is kept before Save. The focus stays on the step that moved.

import { toast } from "./frame/toast-list.js";
import { say } from "./words.js";

const form = document.querySelector(".chain-edit");
const said = form.querySelector("[data-said]");
let busy = false;

form.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-move]");
  if (button && !busy) move(button.closest("[data-was]"), button.dataset.move);
});

async function move(step, way) {
  const sent = new FormData(form);
  sent.set("move", `${step.dataset.number} ${way}`);
  busy = true;
  try {
    const answer = await fetch(location.href, { method: "POST", body: sent, headers: { "X-Fragment": "steps" }, credentials: "same-origin" });
    if (!answer.ok) throw new Error(say("went_wrong"));
    show(new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-steps]"), step.dataset.was, way);
  } catch (error) {
    toast(error instanceof TypeError ? say("not_reached") : error.message, { wrong: true });
  } finally {
    busy = false;
  }
}

/** was: the number by which the step that moved is known, whatever its place. */
function show(steps, was, way) {
  for (const open of form.querySelectorAll("[data-was]:has(details[open])")) {
    steps.querySelector(`[data-was="${open.dataset.was}"] details`).open = true;
  }
  form.querySelector("[data-steps]").replaceWith(steps);
  const step = steps.querySelector(`[data-was="${was}"]`);
  const button = step.querySelector(`[data-move="${way}"]:enabled`) ?? step.querySelector("[data-move]:enabled");
  button.focus();
  step.scrollIntoView({ block: "nearest" });
  const { title, number: n } = step.dataset;
  const later = [...steps.querySelectorAll('[aria-invalid="true"]')].map((each) => each.dataset.label);
  said.textContent = [
    say("chain_moved", { title, n, of: steps.querySelectorAll("[data-was]").length }),
    later.length && say("chain_later", { names: later.join(", ") }),
  ].filter(Boolean).join(" ");
}
