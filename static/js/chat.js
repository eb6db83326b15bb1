// The chat page.

import "./fields/plain-fields.js";
import "./fields/slider-field.js";
import "./fields/seed-field.js";
import "./fields/brand-field.js";
import "./create/model-offer.js";
import "./chat/chat-thread.js";

const threads = document.getElementById("threads");
const opener = document.querySelector("[data-threads]");
opener?.addEventListener("click", () => {
  const open = threads.classList.toggle("open");
  opener.setAttribute("aria-expanded", String(open));
  if (open) threads.querySelector("a")?.focus();
});
