// Two texts as one: what went, what came, and long passages that stayed folded away.

import { h } from "../dom.js";
import { count } from "../words.js";

const SAME = 6; // lines shown at each end of a passage that stayed
const ELEMENTS = { out: "del", in: "ins" };

/** An element for what the API's diff of texts told. */
export function passagesOf(found) {
  return h("div", { class: "passages" }, found.map((each) => (each.changed ? changed(each) : stayed(each))).flat());
}

const changed = ({ pieces }) => h("div", { class: "passage new" }, pieces.map(({ kind, text }) => (kind === "same" ? text : h(ELEMENTS[kind], {}, text))));

function stayed({ pieces }) {
  const lines = pieces[0].text.match(/[^\n]*\n|[^\n]+/g) ?? [];
  const plain = (some) => h("div", { class: "passage" }, some.join(""));
  const hidden = lines.length - 2 * SAME;
  if (hidden <= 0) return plain(lines);
  return [
    plain(lines.slice(0, SAME)),
    h("details", { class: "passage" }, h("summary", { class: "link" }, count("lines_same", hidden)), lines.slice(SAME, -SAME).join("")),
    plain(lines.slice(-SAME)),
  ];
}
