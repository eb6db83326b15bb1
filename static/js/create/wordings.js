// Dynamic prompts as the studio counts them: {a|b} stands for each of its wordings; choices nest; \ keeps a character.

function parse(text, at, depth) {
  const ways = [[]];
  while (at < text.length) {
    const char = text[at];
    if (char === "\\" && at + 1 < text.length) {
      at += 2;
    } else if (char === "{") {
      const [inner, end, closed] = parse(text, at + 1, depth + 1);
      if (closed && inner.length > 1) {
        ways.at(-1).push({ ways: inner, from: at, to: end });
        at = end;
      } else at += 1;
    } else if (char === "|" && depth) {
      ways.push([]);
      at += 1;
    } else if (char === "}" && depth) {
      return [ways, at + 1, true];
    } else at += 1;
  }
  return [ways, at, false];
}

const countWay = (way) => way.reduce((product, choice) => product * countChoice(choice), 1);
const countChoice = (choice) => choice.ways.reduce((sum, way) => sum + countWay(way), 0);

/** How many prompts the text stands for. */
export function wordings(text) {
  return countWay(parse(text, 0, 0)[0][0]);
}

/** The text in pieces: {text, choice}; a choice is marked. */
export function parts(text) {
  const out = [];
  let at = 0;
  for (const choice of parse(text, 0, 0)[0][0]) {
    if (choice.from > at) out.push({ text: text.slice(at, choice.from), choice: false });
    out.push({ text: text.slice(choice.from, choice.to), choice: true });
    at = choice.to;
  }
  if (at < text.length) out.push({ text: text.slice(at), choice: false });
  return out;
}
