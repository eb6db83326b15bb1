// A text box whose every change can be undone: what buttons write goes in as if it were typed.

/** Put `text` in place of what stands from `start` to `end` (UTF-16), and choose what it says of `chosen`. */
export function put(area, text, start, end, chosen = [start + text.length, start + text.length]) {
  area.focus();
  area.setSelectionRange(start, end);
  // The old command is the one that keeps the browser's own undo; where it is gone, undo ends here.
  const done = text ? document.execCommand("insertText", false, text) : start === end || document.execCommand("delete");
  if (!done) {
    area.setRangeText(text, start, end);
    area.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }
  area.setSelectionRange(...chosen);
}

/** All of it anew. */
export const putAll = (area, text) => put(area, text, 0, area.value.length, [0, 0]);

/** Put marks around what is chosen, or take them off again. */
export function mark(area, sign) {
  const { value, selectionStart: start, selectionEnd: end } = area;
  const n = sign.length;
  if (value.slice(start - n, start) === sign && value.slice(end, end + n) === sign) {
    put(area, value.slice(start, end), start - n, end + n, [start - n, end - n]);
  } else put(area, sign + value.slice(start, end) + sign, start, end, [start + n, end + n]);
}

/** Begin each chosen line with `sign`, or take it off where all have it. */
export function markLines(area, sign) {
  const { value, selectionStart, selectionEnd } = area;
  const start = value.lastIndexOf("\n", selectionStart - 1) + 1;
  const next = value.indexOf("\n", Math.max(start, selectionEnd - (selectionEnd > selectionStart ? 1 : 0)));
  const end = next < 0 ? value.length : next;
  const lines = value.slice(start, end).split("\n");
  const has = lines.every((line) => line.startsWith(sign));
  const text = lines.map((line) => (has ? line.slice(sign.length) : sign + line)).join("\n");
  put(area, text, start, end, [start, start + text.length]);
}
