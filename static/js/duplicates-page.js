// The page of duplicates: delete the others of a group, with a way back.

import { count, say } from "./words.js";
import { toast } from "./frame/toast-list.js";
import { deleteAll, restoreAll } from "./gallery/changes.js";

async function away(twins) {
  const group = twins[0].closest(".twin-group");
  const done = await deleteAll(twins.map((twin) => twin.dataset.id));
  if (!done.length) return;
  const show = (gone) => {
    for (const twin of twins) twin.hidden = gone;
    group.hidden = group.querySelectorAll(".twin:not([hidden])").length < 2;
  };
  show(true);
  toast(count("deleted", done.length), { action: say("undo"), onaction: async () => { if ((await restoreAll(done)).length) show(false); } });
}

document.querySelector(".twins").addEventListener("click", (event) => {
  const one = event.target.closest("[data-delete]");
  const keep = event.target.closest("[data-keep]");
  if (one) away([one.closest(".twin")]);
  else if (keep) away([...keep.closest(".twin-group").querySelectorAll(".twin:not([hidden])")].slice(1));
});
