// Draws the placeholder of a picture from its thumbhash until the picture is there. Without the library there is none.

import { breath } from "../dom.js";

const AT_ONCE = 6; // placeholders between two breaths; one takes up to a millisecond
let library = null;
const decoder = () => (library ??= import("../../npm/thumbhash/thumbhash.js").catch(() => null));

function bytes(base64) {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}

/** Draw every placeholder under `root`, and let each picture come in over its own. */
export async function drawPlaceholders(root) {
  const waiting = [...root.querySelectorAll("[data-thumbhash]:not([data-drawn])")];
  const pictures = waiting.filter((place) => {
    const img = place.querySelector("img");
    return img && !(img.complete && img.naturalWidth);
  });
  if (!pictures.length) return;
  const found = await decoder();
  if (!found) return;
  let n = 0;
  for (const place of pictures) {
    const img = place.querySelector("img");
    if (!img || !place.isConnected || "drawn" in place.dataset || (img.complete && img.naturalWidth)) continue;
    if (n && n % AT_ONCE === 0) await breath();
    n += 1;
    try {
      place.style.backgroundImage = `url("${found.thumbHashToDataURL(bytes(place.dataset.thumbhash))}")`;
    } catch {
      continue; // a hash that is none: the plain ground stays
    }
    place.dataset.drawn = "";
    const show = () => {
      img.classList.add("there");
      setTimeout(() => { place.style.backgroundImage = ""; }, 400);
    };
    img.addEventListener("load", show, { once: true });
    img.addEventListener("error", show, { once: true });
    if (img.complete) show();
  }
}
