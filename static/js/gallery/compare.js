// The chosen assets beside one another: two to four.

import { say } from "../words.js";
import { toast } from "../frame/toast-list.js";

const PLACES = "abcd";

/** Go to the page that compares these. */
export function compare(ids) {
  if (ids.length < 2 || ids.length > PLACES.length) {
    toast(say("compare_some"));
    return;
  }
  const query = new URLSearchParams(ids.map((id, at) => [PLACES[at], id]));
  location.href = `/compare/?${query}`;
}
