// Places in a text, counted alike in Python and in the browser (studio/gallery/offsets.py is the same in Python).
//
// An offset counts Unicode code points of the text with every line end as one "\n". A string's own indexes count
// UTF-16 units, of which an emoji has two. A combining mark counts for itself.

/** The text with every line end as "\n": what offsets count in. */
export const linesOf = (text) => text.replace(/\r\n?/g, "\n");

const inPair = (text, at) => at > 0 && at < text.length && (text.charCodeAt(at) & 0xfc00) === 0xdc00 && (text.charCodeAt(at - 1) & 0xfc00) === 0xd800;

/** Where in UTF-16 units the code point at `offset` begins; an offset outside goes to the nearest end. */
export function toUnits(text, offset) {
  let at = 0;
  for (let points = 0; points < offset && at < text.length; points += 1) at += inPair(text, at + 1) ? 2 : 1;
  return at;
}

/** How many code points begin before this place in UTF-16 units; in the middle of one: at its beginning. */
export function toPoints(text, units) {
  const end = inPair(text, units) ? units - 1 : Math.min(Math.max(0, units), text.length);
  let points = 0;
  for (let at = 0; at < end; points += 1) at += inPair(text, at + 1) ? 2 : 1;
  return points;
}

/** How many code points a text has. */
export const points = (text) => toPoints(text, text.length);
