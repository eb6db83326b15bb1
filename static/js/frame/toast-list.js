// <toast-list>: short words about what has just happened, with one way on. A polite live region.

import { h, icon } from "../dom.js";
import { say } from "../words.js";

const STAYS = 7000;

class ToastList extends HTMLElement {
  connectedCallback() {
    for (const note of document.querySelectorAll("[data-toast]")) {
      this.show(note.textContent.trim(), { wrong: note.dataset.toast === "error" });
      note.remove();
    }
  }

  show(text, { wrong = false, action = "", onaction = null, href = null, stays = STAYS } = {}) {
    const toast = h("div", { class: wrong ? "toast wrong" : "toast" }, icon(wrong ? "warn" : "check"), h("span", {}, text));
    const go = () => toast.remove();
    if (href) toast.append(h("a", { class: "btn bare small", href }, action));
    else if (action) toast.append(h("button", { type: "button", class: "btn bare small", onclick: () => { go(); onaction?.(); } }, action));
    toast.append(h("button", { type: "button", class: "btn bare only small", "aria-label": say("close"), onclick: go }, icon("x", "small")));
    this.append(toast);
    let timer = setTimeout(go, stays);
    toast.addEventListener("pointerenter", () => clearTimeout(timer));
    toast.addEventListener("focusin", () => clearTimeout(timer));
    toast.addEventListener("pointerleave", () => { timer = setTimeout(go, stays); });
    return toast;
  }
}

customElements.define("toast-list", ToastList);

/** Say something in a toast. See ToastList.show. */
export const toast = (text, options) => document.querySelector("toast-list")?.show(text, options);
