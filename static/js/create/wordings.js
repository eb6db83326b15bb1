// Dynamic prompts as the studio counts them; the grammar stands in studio.presets.wordings.py. Lists come as
// {name: [how many wordings each of its lines stands for]}.

const NUMBER = /(\d{1,2})(?:-(\d{1,2}))?\$\$(?:[^{}|\\$]{0,40}\$\$)?/y;
const LIST = /__([\p{L}\p{N}](?:(?:(?!__)[\p{L}\p{N}_ -]){0,38}[\p{L}\p{N}])?)__/uy;

function matched(pattern, text, at) {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/** Where each choice begins and ends: braces with a partner, and a bar of their own or a number. */
function choices(text) {
  const found = new Map();
  const open = [];
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (char === "\\") at += 1;
    else if (char === "{") open.push({ at, choice: Boolean(matched(NUMBER, text, at + 1)) });
    else if (char === "|" && open.length) open.at(-1).choice = true;
    else if (char === "}" && open.length) {
      const begun = open.pop();
      if (begun.choice) found.set(begun.at, at);
    }
  }
  return found;
}

function parse(text, at, end, found, lists, depth = 0) {
  const ways = [[]];
  while (at < end) {
    const char = text[at];
    const named = char === "_" ? matched(LIST, text, at) : null;
    if (char === "\\" && at + 1 < end) {
      at += 2;
    } else if (named && Object.hasOwn(lists, named[1]) && at + named[0].length <= end) {
      ways.at(-1).push({ from: at, to: at + named[0].length, lines: lists[named[1]] });
      at += named[0].length;
    } else if (found.has(at)) {
      const to = found.get(at);
      const number = matched(NUMBER, text, at + 1);
      const inner = parse(text, at + 1 + (number?.[0].length ?? 0), to, found, lists, depth + 1);
      const takes = number && [Number(number[1]), Number(number[2] ?? number[1])];

      ways.at(-1).push({ from: at, to: to + 1, ways: inner, takes });
      at = to + 1;
    } else if (char === "|" && depth) {
      ways.push([]);
      at += 1;
    } else {
      ways.at(-1).texts = true;
      at += 1;
    }
  }
  return ways;
}

const sum = (counts) => counts.reduce((total, count) => total + count, 0);
const countWay = (way) => way.reduce((product, node) => product * countNode(node), 1);

function countNode(node) {
  if (node.lines) return node.lines.length ? sum(node.lines) : 1;
  const counts = node.ways.flatMap((way) => (way.length === 1 && !way.texts && way[0].lines?.length ? way[0].lines : [countWay(way)]));
  if (!node.takes) return sum(counts);
  const [least, most] = node.takes;
  const taken = [1, ...Array(most).fill(0)]; // so many ways taken → wordings
  for (const count of counts) for (let n = most; n > 0; n -= 1) taken[n] += count * taken[n - 1];
  return sum(taken.slice(least));
}

const tree = (text, lists) => parse(text, 0, text.length, choices(text), lists)[0];

/** How many prompts the text stands for. */
export function wordings(text, lists = {}) {
  return countWay(tree(text, lists));
}

/** The text in pieces: {text, choice}; a choice is marked. */
export function parts(text, lists = {}) {
  const out = [];
  let at = 0;
  for (const node of tree(text, lists)) {
    if (node.from > at) out.push({ text: text.slice(at, node.from), choice: false });
    out.push({ text: text.slice(node.from, node.to), choice: true });
    at = node.to;
  }
  if (at < text.length) out.push({ text: text.slice(at), choice: false });
  return out;
}
