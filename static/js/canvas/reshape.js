// Growing, shrinking and feathering a mask, on plain bytes of alpha; runs in a worker, so the page stays quick.

const FAR = 1e20;

/** Squared distance along one line of `n` numbers at `at`, `step` apart, in place (Felzenszwalb & Huttenlocher 2012). */
function line(grid, at, step, n, f, v, z) {
  for (let q = 0; q < n; q += 1) f[q] = grid[at + q * step];
  let k = 0;
  v[0] = 0;
  z[0] = -FAR;
  z[1] = FAR;
  for (let q = 1; q < n; q += 1) {
    let s;
    do {
      const p = v[k];
      s = (f[q] + q * q - f[p] - p * p) / (2 * (q - p));
    } while (s <= z[k] && --k > -1);
    k += 1;
    v[k] = q;
    z[k] = s;
    z[k + 1] = FAR;
  }
  k = 0;
  for (let q = 0; q < n; q += 1) {
    while (z[k + 1] < q) k += 1;
    const d = q - v[k];
    grid[at + q * step] = d * d + f[v[k]];
  }
}

/** Squared distance of each pixel from the nearest for which `inside` holds. */
function distances(alpha, w, h, inside) {
  const grid = new Float64Array(w * h);
  for (let i = 0; i < grid.length; i += 1) grid[i] = inside(alpha[i]) ? 0 : FAR;
  const n = Math.max(w, h);
  const [f, v, z] = [new Float64Array(n), new Int32Array(n), new Float64Array(n + 1)];
  for (let x = 0; x < w; x += 1) line(grid, x, w, h, f, v, z);
  for (let y = 0; y < h; y += 1) line(grid, y * w, 1, w, f, v, z);
  return grid;
}

/** Grow by `by` pixels, round; below 0 shrink. Edges come out sharp, a pixel wide. */
export function grow(alpha, w, h, by) {
  const out = new Uint8Array(alpha.length);
  const grid = distances(alpha, w, h, by > 0 ? (a) => a > 127 : (a) => a < 128);
  for (let i = 0; i < out.length; i += 1) {
    const d = Math.sqrt(grid[i]);
    const cover = by > 0 ? by + 1 - d : d + by; // d runs from middle to middle
    out[i] = 255 * Math.min(1, Math.max(0, cover));
  }
  return out;
}

/** Soften edges: three box filters, near to a Gaussian that reaches `radius` pixels to each side. */
export function feather(alpha, w, h, radius) {
  let from = Float32Array.from(alpha);
  let to = new Float32Array(from.length);
  for (let pass = 0; pass < 3; pass += 1) {
    const r = Math.floor((radius + pass) / 3); // the three together reach `radius`
    if (r < 1) continue;
    box(from, to, h, w, w, 1, r);
    box(to, from, w, h, 1, w, r);
  }
  const out = new Uint8Array(alpha.length);
  for (let i = 0; i < out.length; i += 1) out[i] = Math.round(from[i]);
  return out;
}

function box(from, to, lines, n, over, along, r) {
  const share = 1 / (2 * r + 1);
  for (let i = 0; i < lines; i += 1) {
    const at = i * over;
    const get = (q) => (q < 0 || q >= n ? 0 : from[at + q * along]);
    let sum = 0;
    for (let q = -r; q <= r; q += 1) sum += get(q);
    for (let q = 0; q < n; q += 1) {
      to[at + q * along] = sum * share;
      sum += get(q + r + 1) - get(q - r);
    }
  }
}
