// Buttons of jobs on any page: data-cancel, data-retry (a job's id), data-batch with data-verb, data-start and data-when
// (the path of a job or batch), data-post (any call that takes nothing).

import { post } from "../api.js";
import { toast } from "../frame/toast-list.js";
import { say } from "../words.js";
import { askWhen } from "./when-choice.js";

/** Wire the buttons inside `root`. ondone(): something has changed. */
export function wireVerbs(root, ondone) {
  root.addEventListener("click", async (event) => {
    const button = event.target.closest("button:is([data-cancel], [data-retry], [data-batch], [data-move], [data-start], [data-when], [data-post])");
    if (!button || button.disabled) return;
    const { cancel, retry, batch, verb, move, before, start, when } = button.dataset;
    if (when) {
      askWhen(when, button.dataset.title, ondone);
      return;
    }
    button.disabled = true;
    try {
      if (cancel) await post(`jobs/${cancel}/cancel`, {});
      else if (batch) await post(`batches/${batch}/${verb}`, {});
      else if (button.dataset.post) await post(button.dataset.post, {});
      else if (start) {
        await post(`${start}/when`, { when: "now" });
        toast(say("when_set_now"));
      } else if (move) await post("queue/move", { job: move, before: before || null });
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
