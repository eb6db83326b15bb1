// Buttons of jobs on any page: data-cancel, data-retry (a job's id), data-batch with data-verb.

import { post } from "../api.js";
import { toast } from "../frame/toast-list.js";
import { say } from "../words.js";

/** Wire the buttons inside `root`. ondone(): something has changed. */
export function wireVerbs(root, ondone) {
  root.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-cancel], [data-retry], [data-batch], [data-move]");
    if (!button || button.disabled) return;
    button.disabled = true;
    const { cancel, retry, batch, verb, move, before } = button.dataset;
    try {
      if (cancel) await post(`jobs/${cancel}/cancel`, {});
      else if (batch) await post(`batches/${batch}/${verb}`, {});
      else if (move) await post("queue/move", { job: move, before: before || null });
      else {
        const again = await post(`jobs/${retry}/retry`, {});
        toast(say("retried"), { action: say("open"), href: `/jobs/${again.id}/` });
      }
      ondone();
    } catch (error) {
      button.disabled = false;
      toast(error.message, { wrong: true });
    }
  });
}
