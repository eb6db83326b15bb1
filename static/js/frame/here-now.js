// <here-now>: who else of the team is here, those first who look at the same thing. Empty where nobody is. What the last
// page knew is drawn at once, so that nothing moves when the feed says the same again.

import { h } from "../dom.js";
import { count, say } from "../words.js";

const ROUND = 3; // marks in the bar
const KEPT = "here";
const MINUTE = 60_000;

const hue = (id) => [...id].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % 6; // as the filter `hue`
const mark = ({ id, name, beside }) =>
  h("span", { class: beside ? "avatar beside" : "avatar", "data-hue": hue(id), "aria-hidden": "true" }, name.trim().slice(0, 1).toUpperCase() || "?");

class HereNow extends HTMLElement {
  connectedCallback() {
    const { team = "" } = document.documentElement.dataset;
    this.key = `${KEPT}:${team}`;
    this.asDrawn = "";
    const kept = JSON.parse(sessionStorage.getItem(this.key) ?? "null");
    if (kept && Date.now() - kept.at < MINUTE) this.draw({ ...kept, here: kept.here.map((each) => ({ ...each, beside: false })) });
    document.addEventListener("here", ({ detail }) => {
      sessionStorage.setItem(this.key, JSON.stringify({ ...detail, at: Date.now() }));
      this.draw(detail);
    });
    document.addEventListener("click", ({ target }) => { if (!this.contains(target)) this.querySelector("details")?.removeAttribute("open"); });
    this.addEventListener("keydown", ({ key }) => {
      const open = key === "Escape" && this.querySelector("details[open]");
      if (open) { open.open = false; open.querySelector("summary").focus(); }
    });
  }

  draw({ here, n }) {
    const drawn = JSON.stringify([here, n]);
    if (drawn === this.asDrawn) return;
    this.asDrawn = drawn;
    if (!here.length) {
      this.replaceChildren();
      return;
    }
    const [beside, elsewhere] = [here.filter((each) => each.beside), here.filter((each) => !each.beside)];
    const summary = h("summary", { "aria-label": say("here_now", { names: here.map((each) => each.name).join(", ") }) },
      h("span", { class: "avatars" }, here.slice(0, ROUND).map(mark)),
      n > ROUND && h("span", { class: "faint wide-only", "aria-hidden": "true" }, `+${n - ROUND}`),
      n > 1 && h("span", { class: "faint narrow", "aria-hidden": "true" }, `+${n - 1}`));
    const menu = h("div", { class: "menu" },
      beside.length > 0 && [h("p", { class: "whose" }, say("here_beside")), this.list(beside)],
      elsewhere.length > 0 && [h("p", { class: "whose" }, say("here_elsewhere")), this.list(elsewhere)],
      n > here.length && h("p", { class: "whose" }, count("here_more", n - here.length)));
    const old = this.querySelector("details");
    if (old) {
      old.querySelector("summary").setAttribute("aria-label", summary.getAttribute("aria-label"));
      old.querySelector("summary").replaceChildren(...summary.childNodes);
      old.querySelector(".menu").replaceWith(menu);
    } else {
      this.append(h("details", { class: "here-menu" }, summary, menu));
    }
  }

  list(people) {
    return h("ul", {}, people.map((each) => h("li", {}, mark(each), h("span", { class: "cut" }, each.name))));
  }
}

customElements.define("here-now", HereNow);
