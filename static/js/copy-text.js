// <copy-text data-from="id"> or <copy-text data-text="…">: its button copies the words and says so.

import { say } from "./words.js";
import { toast } from "./frame/toast-list.js";

/** Copy words; where the browser's clipboard is closed (plain http), by way of a selection. */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const box = document.createElement("textarea");
    box.value = text;
    box.className = "vh";
    document.body.append(box);
    box.select();
    document.execCommand("copy");
    box.remove();
  }
  toast(say("copied"));
}

class CopyText extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => {
      if (!event.target.closest("button")) return;
      copy(this.dataset.text ?? document.getElementById(this.dataset.from)?.textContent ?? "");
    });
  }
}

customElements.define("copy-text", CopyText);
