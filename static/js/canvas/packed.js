// A tile of the mask in few bytes: a number where all its pixels are alike, else PackBits (runs and literals).

/** Uint8Array → number | Uint8Array. */
export function pack(bytes) {
  const n = bytes.length;
  const out = new Uint8Array(n + Math.ceil(n / 128) + 1);
  let at = 0;
  let to = 0;
  while (at < n) {
    let run = 1;
    while (at + run < n && bytes[at + run] === bytes[at]) run += 1;
    if (run === n) return bytes[0];
    if (run > 2) {
      for (let left = run; left > 0; left -= 129) {
        if (left < 3) { // too short for a run of its own
          out[to++] = left - 1;
          for (let i = 0; i < left; i += 1) out[to++] = bytes[at];
        } else {
          out[to++] = 128 + Math.min(left, 129) - 2;
          out[to++] = bytes[at];
        }
      }
      at += run;
      continue;
    }
    const from = at;
    while (at < n && at - from < 128 && !(at + 2 < n && bytes[at] === bytes[at + 1] && bytes[at] === bytes[at + 2])) at += 1;
    out[to++] = at - from - 1;
    out.set(bytes.subarray(from, at), to);
    to += at - from;
  }
  return out.slice(0, to);
}

/** The other way, into `length` bytes. */
export function unpack(packed, length) {
  const out = new Uint8Array(length);
  if (typeof packed === "number") return out.fill(packed);
  let to = 0;
  for (let at = 0; at < packed.length;) {
    const head = packed[at++];
    if (head < 128) {
      out.set(packed.subarray(at, at + head + 1), to);
      at += head + 1;
      to += head + 1;
    } else {
      out.fill(packed[at++], to, to + head - 126);
      to += head - 126;
    }
  }
  return out;
}

/** About how many bytes it holds. */
export const sizeOf = (packed) => (typeof packed === "number" ? 8 : packed.length);
