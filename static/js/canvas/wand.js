// What a click on a colour takes in: the pixels that look like the one that was clicked.

/** Whether each pixel's colour differs from that at `at` by no more than `tolerance` (0 to 255) in any channel: 255 or 0. */
function alike(pixels, at, tolerance) {
  const out = new Uint8Array(pixels.length / 4);
  const [r, g, b, a] = pixels.subarray(4 * at, 4 * at + 4);
  for (let i = 0, p = 0; i < out.length; i += 1, p += 4) {
    const near = Math.abs(pixels[p] - r) <= tolerance && Math.abs(pixels[p + 1] - g) <= tolerance && Math.abs(pixels[p + 2] - b) <= tolerance;
    out[i] = near && Math.abs(pixels[p + 3] - a) <= tolerance ? 255 : 0;
  }
  return out;
}

/** Of a map of 255 and 0 only what hangs together with `at`, side by side: line by line, so that no queue grows large. */
function touching(map, w, h, at) {
  const out = new Uint8Array(map.length);
  const seeds = [at];
  while (seeds.length) {
    const seed = seeds.pop();
    if (out[seed]) continue;
    const row = seed - (seed % w);
    let [left, right] = [seed, seed];
    while (left > row && map[left - 1]) left -= 1;
    while (right < row + w - 1 && map[right + 1]) right += 1;
    out.fill(255, left, right + 1);
    for (const next of [row - w, row + w]) {
      if (next < 0 || next >= w * h) continue;
      for (let i = left + next - row, was = false; i <= right + next - row; i += 1) {
        const open = map[i] === 255 && !out[i];
        if (open && !was) seeds.push(i);
        was = open;
      }
    }
  }
  return out;
}

/** {data, width, height} of a picture and a pixel of it → 255 for each pixel that is taken in. together: only those that
 * hang together with it. */
export function pick({ data, width, height }, { x, y }, { tolerance, together }) {
  const at = y * width + x;
  const map = alike(data, at, tolerance);
  return together ? touching(map, width, height, at) : map;
}
