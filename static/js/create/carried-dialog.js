// A picture from elsewhere may carry its prompt: shows what was understood, and fills in what the person ticks.

import { post } from "../api.js";
import { h } from "../dom.js";
import { say, count } from "../words.js";

/** What the file says, or null where it says nothing, or nothing that can be read. */
export async function readCarried(file, tool) {
  const form = new FormData();
  form.append("file", file);
  form.append("tool", tool);
  try {
    const told = await post("pictures/read", form);
    return told.source ? told : null;
  } catch {
    return null; // the upload says what is wrong with the file
  }
}

const SHOWN = 400; // characters of a value

function row(name, label, value) {
  const box = h("input", { type: "checkbox", name, checked: true });
  return h("label", { class: "tick carried-row" }, box, h("b", {}, label), h("span", {}, value.length > SHOWN ? `${value.slice(0, SHOWN)}…` : value));
}

/** Ask which of it to take. Resolves to the chosen inputs, or to null. */
export function askCarried(told, fileName) {
  return new Promise((resolve) => {
    let answer = null;
    const rows = told.understood.map((each) => row(each.name, each.label, each.value));
    const left = told.left.length
      ? h("details", { class: "carried-left" },
        h("summary", { class: "link" }, count("carried_left", told.left.length)),
        h("dl", { class: "facts" }, told.left.map((each) => h("div", {}, h("dt", {}, each.label), h("dd", {}, each.value.slice(0, SHOWN), h("small", { class: "faint" }, ` ${each.why}`))))))
      : null;
    const close = h("button", { type: "button", class: "btn bare", onclick: () => dialog.close() }, say("carried_no"));
    const take = h("button", { type: "submit", class: "btn main" }, say("carried_take"));
    const form = h("form", { class: "form" }, h("fieldset", { class: "carried" }, h("legend", { class: "vh" }, say("carried_what")), rows), left, h("p", { class: "btns end" }, close, rows.length ? take : null));
    const dialog = h("dialog", { class: "dialog wide", "aria-labelledby": "carried-name" },
      h("h2", { id: "carried-name" }, say("carried_title")),
      h("p", {}, rows.length ? say("carried_from", { source: told.source, name: fileName }) : say("carried_none", { source: told.source, name: fileName })),
      form);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const chosen = [...form.querySelectorAll("input:checked")].map((box) => box.name);
      answer = Object.fromEntries(Object.entries(told.inputs).filter(([name]) => chosen.includes(name)));
      dialog.close();
    });
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(answer);
    });
    document.body.append(dialog);
    dialog.showModal();
    (rows.length ? take : close).focus();
  });
}
