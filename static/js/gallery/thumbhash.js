// Draws the placeholder of a picture from its thumbhash until the picture is there. Without the library there is none.

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
  for (const place of pictures) {
    const img = place.querySelector("img");
    if (!img || (img.complete && img.naturalWidth)) continue;
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
