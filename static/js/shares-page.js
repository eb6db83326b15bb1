// The page of share links: copies the link that was just made.

import { copy } from "./copy-text.js";

for (const button of document.querySelectorAll("[data-copies]")) {
  button.addEventListener("click", () => {
    const field = document.getElementById(button.dataset.copies);
    field.select();
    copy(field.value);
  });
}
