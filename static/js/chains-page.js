// The page of chains: a template is deleted with a way back.

import { post, remove } from "./api.js";
import { toast } from "./frame/toast-list.js";
import { say } from "./words.js";

document.querySelector(".chains").addEventListener("click", async (event) => {
  const button = event.target.closest("[data-delete]");
  const row = button?.closest("[data-chain]");
  if (!row) return;
  const { chain, name } = row.dataset;
  button.disabled = true;
  try {
    await remove(`chains/${chain}`);
    row.hidden = true;
    toast(say("chain_deleted", { name }), { action: say("undo"), onaction: () => back(row, button), stays: 20_000 });
  } catch (error) {
    button.disabled = false;
    toast(error.message, { wrong: true });
  }
});

async function back(row, button) {
  const { chain, name } = row.dataset;
  try {
    await post(`chains/${chain}/restore`, {});
    row.hidden = false;
    button.disabled = false;
    button.focus();
    toast(say("chain_back", { name }));
  } catch (error) {
    toast(error.message, { wrong: true });
  }
}
