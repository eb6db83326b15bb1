// What one does to many assets at once: tag, rate, delete, restore. A few calls at a time, one word at the end.

import { api, patch, post, remove } from "../api.js";
import { say } from "../words.js";
import { toast } from "../frame/toast-list.js";

const AT_ONCE = 4;

/** Do `act` for each id; gives the ids for which it worked, and says why others did not. */
async function each(ids, act) {
  const rest = [...ids];
  const done = [];
  let reason = "";
  const hand = async () => {
    while (rest.length) {
      const id = rest.shift();
      try {
        await act(id);
        done.push(id);
      } catch (error) {
        reason ||= error.message;
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, hand));
  if (reason) toast(say("some_failed", { reason }), { wrong: true });
  return done;
}

export const deleteAll = (ids) => each(ids, (id) => remove(`assets/${id}`));
export const restoreAll = (ids) => each(ids, (id) => post(`assets/${id}/restore`, {}));
export const rateAll = (ids, rating) => each(ids, (id) => patch(`assets/${id}`, { rating }));

/** Add tags to each; those it has stay. */
export const tagAll = (ids, tags) => each(ids, async (id) => {
  const asset = await api(`assets/${id}`);
  await patch(`assets/${id}`, { tags: [...new Set([...asset.tags, ...tags])] });
});

/** "a, b" as ["a", "b"]. */
export const tagsOf = (words) => [...new Set(words.split(",").map((word) => word.trim()).filter(Boolean))];
