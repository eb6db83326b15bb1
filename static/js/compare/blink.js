// One picture after the other in the same place. Where the person's system asks for less motion nothing changes by itself.

import { say } from "../words.js";

const less = matchMedia("(prefers-reduced-motion: reduce)");

export class Blink {
  #timer = 0;
  at = 0;

  /** page: <compare-page>. */
  constructor(page) {
    this.panes = [...page.querySelectorAll(".pane")];
    this.button = page.querySelector('[data-do="blink"]');
    this.time = page.querySelector('[name="ms"]');
    this.note = page.querySelector(".less-motion");
    this.time.addEventListener("input", () => {
      this.time.nextElementSibling.textContent = `${this.time.value} ms`;
      this.time.style.setProperty("--v", (100 * (this.time.value - this.time.min)) / (this.time.max - this.time.min));
      if (this.running) this.start();
    });
    this.time.dispatchEvent(new Event("input"));
    less.addEventListener("change", () => { if (less.matches) this.stop(); this.#say(); });
    document.addEventListener("visibilitychange", () => { if (document.hidden) this.stop(); });
    this.show(0);
    this.#say();
  }

  get running() { return this.#timer !== 0; }

  show(at) {
    this.at = at % this.panes.length;
    this.panes.forEach((pane, each) => pane.toggleAttribute("data-shown", each === this.at));
  }

  start() {
    clearInterval(this.#timer);
    this.#timer = 0;
    if (!less.matches) this.#timer = setInterval(() => this.show(this.at + 1), Number(this.time.value));
    this.#say();
  }

  stop() {
    clearInterval(this.#timer);
    this.#timer = 0;
    this.#say();
  }

  /** What B and the button do: stop, go on, or, with less motion, show the other. */
  press() {
    if (less.matches) this.show(this.at + 1);
    else if (this.running) this.stop();
    else this.start();
  }

  #say() {
    this.note.hidden = !less.matches;
    this.button.textContent = say(less.matches ? "blink_next" : this.running ? "blink_stop" : "blink_go");
  }
}
