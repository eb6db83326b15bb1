// <when-choice>: when something begins: now, tonight, at a time by this browser's clock, or while nothing else waits.

import { post } from "../api.js";
import { toast } from "../frame/toast-list.js";
import { locale, say } from "../words.js";

const short = (at) => at.toLocaleString(locale, { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
const pad = (n) => String(n).padStart(2, "0");
/** A moment as a datetime-local field has it: by this clock, without a time zone. */
const local = (at) => `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}T${pad(at.getHours())}:${pad(at.getMinutes())}`;

/** When a job or batch begins, as the studio has it; "" for what may begin now. */
export function beginsWords({ starts_at: at, idle }) {
  return at ? say("when_at", { time: short(new Date(at)) }) : idle ? say("when_idle") : "";
}

class WhenChoice extends HTMLElement {
  connectedCallback() {
    this.select = this.querySelector("select");
    this.at = this.querySelector("input");
    this.select.addEventListener("change", () => this.chosen());
    this.at.addEventListener("input", () => this.chosen());
    this.select.addEventListener("pointerdown", () => this.label());
    this.select.addEventListener("focus", () => this.label());
    this.label();
    this.chosen({ quiet: true });
  }

  /** The next evening: the browser's own clock knows its time zone and the turns of summer time. */
  get tonight() {
    const at = new Date();
    at.setHours(Number(this.dataset.tonight), 0, 0, 0);
    if (at <= new Date()) at.setDate(at.getDate() + 1);
    return at;
  }

  label() {
    const at = this.tonight;
    const key = at.getDate() === new Date().getDate() ? "when_tonight" : "when_tomorrow";
    const words = say(key, { time: at.toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit" }) });
    const option = this.querySelector('option[value="tonight"]');
    if (option.textContent !== words) option.textContent = words;
  }

  chosen({ quiet = false } = {}) {
    const asked = this.select.value === "at";
    if (asked && this.at.hidden && !this.at.value) this.at.value = local(this.tonight);
    this.at.hidden = !asked;
    this.at.min = local(new Date());
    this.error = "";
    if (!quiet) this.dispatchEvent(new CustomEvent("when-change", { bubbles: true }));
  }

  /** The moment that is chosen; null where it is none, or begins at no certain one. */
  get moment() {
    if (this.select.value === "tonight") return this.tonight;
    if (this.select.value !== "at" || !this.at.value) return null;
    return new Date(this.at.value);
  }

  /** What the studio is asked for: "now", "idle", or a moment in UTC. */
  get value() {
    return this.moment?.toISOString() ?? (this.select.value === "idle" ? "idle" : "now");
  }

  set value(value) {
    this.select.value = value;
    this.chosen({ quiet: true });
  }

  /** Beside the estimate; "" for now. */
  get words() {
    if (this.moment) return say("when_at", { time: short(this.moment) });
    return this.select.value === "idle" ? say("when_idle") : "";
  }

  /** Whether it can be sent; says why not, and where. */
  check() {
    if (this.select.value !== "at") return true;
    this.error = !this.at.value ? say("when_missing") : this.moment <= new Date() ? say("when_past") : "";
    if (this.error) this.at.focus();
    return !this.error;
  }

  get error() {
    return this.querySelector(".wrong").textContent;
  }

  set error(words) {
    const note = this.querySelector(".wrong");
    note.textContent = words;
    note.hidden = !words;
    this.at.setAttribute("aria-invalid", String(Boolean(words)));
  }
}

customElements.define("when-choice", WhenChoice);

/** Ask in the page's dialog for another time of the job or batch at `path`, and change it. */
export function askWhen(path, title, ondone) {
  const dialog = document.getElementById("when-dialog");
  const form = dialog.querySelector("form");
  const note = form.querySelector(".note");
  const choice = form.querySelector("when-choice");
  dialog.querySelector("[data-of]").textContent = title;
  note.hidden = true;
  choice.value = "now";
  form.onsubmit = async (event) => {
    event.preventDefault();
    if (!choice.check()) return;
    try {
      await post(`${path}/when`, { when: choice.value });
      dialog.close();
      toast(choice.words ? say("when_set", { words: choice.words }) : say("when_set_now"));
      ondone();
    } catch (error) {
      note.textContent = error.message;
      note.hidden = false;
    }
  };
  dialog.showModal();
}
