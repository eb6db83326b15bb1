// "Export as one picture": asked for in the background, so that a refusal is said where one asked.

import { h } from "../dom.js";
import { say } from "../words.js";
import { toast } from "../frame/toast-list.js";

/** Wire the dialog of a <grid-page>. */
export function wireExport(page) {
  const dialog = document.getElementById("picture-dialog");
  const form = dialog?.querySelector("form");
  form?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector('[type="submit"]');
    const note = form.querySelector('[role="alert"]');
    note.hidden = true;
    button.disabled = true;
    button.setAttribute("aria-busy", "true");
    try {
      const address = `${page.querySelector("[data-picture]").dataset.picture}&${new URLSearchParams(new FormData(form))}`;
      const answer = await fetch(address, { credentials: "same-origin" });
      if (!answer.ok) throw new Error((await answer.json().catch(() => null))?.detail || say("went_wrong"));
      save(await answer.blob(), nameOf(answer) ?? `grid.${form.elements.format.value}`);
      dialog.close();
      toast(say("picture_made"));
    } catch (error) {
      note.textContent = error instanceof TypeError ? say("not_reached") : error.message;
      note.hidden = false;
    } finally {
      button.disabled = false;
      button.removeAttribute("aria-busy");
    }
  });
}

/** The file's name as the studio says it. */
function nameOf(answer) {
  const said = answer.headers.get("Content-Disposition") ?? "";
  const wide = /filename\*=utf-8''([^;]+)/i.exec(said);
  return wide ? decodeURIComponent(wide[1]) : /filename="([^"]+)"/.exec(said)?.[1];
}

function save(blob, name) {
  const link = h("a", { href: URL.createObjectURL(blob), download: name, hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
