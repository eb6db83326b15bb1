// The worker in which a mask is reshaped: {alpha, w, h, kind, by} in, the new alpha out.

import { feather, grow } from "./reshape.js";

addEventListener("message", ({ data: { alpha, w, h, kind, by } }) => {
  const out = kind === "feather" ? feather(alpha, w, h, by) : grow(alpha, w, h, by);
  postMessage(out, [out.buffer]);
});
