// The page of brand kits: one is deleted with a way back.

import { post, remove } from "./api.js";
import { toast } from "./frame/toast-list.js";
import { say } from "./words.js";

document.querySelector("#brands").addEventListener("click", async (event) => {
  const button = event.target.closest("[data-delete]");
  const row = button?.closest("[data-brand]");
  if (!row) return;
  const { brand, name } = row.dataset;
  button.disabled = true;
  try {
    await remove(`brands/${brand}`);
    row.hidden = true;
    toast(say("brand_deleted", { name }), { action: say("undo"), onaction: () => back(row, button), stays: 20_000 });
  } catch (error) {
    button.disabled = false;
    toast(error.message, { wrong: true });
  }
});

/** The part may have been drawn anew since (live-parts.js); then it brings the row itself. */
async function back(row, button) {
  const { brand, name } = row.dataset;
  try {
    await post(`brands/${brand}/restore`, {});
    row.hidden = false;
    button.disabled = false;
    button.focus();
    toast(say("brand_back", { name }));
  } catch (error) {
    toast(error.message, { wrong: true });
  }
}
