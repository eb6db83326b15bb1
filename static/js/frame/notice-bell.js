// <notice-bell>: how many notices are unread, always live; says to a screen reader what has come.

import { api } from "../api.js";
import { calm } from "../dom.js";
import { count, say } from "../words.js";

const MOST = 99;

class NoticeBell extends HTMLElement {
  connectedCallback() {
    this.link = this.querySelector("a");
    this.number = this.querySelector("b");
    this.status = this.querySelector('[role="status"]');
    this.unread = Number(this.dataset.unread);
    this.draw();
    const soon = calm(() => this.refresh(), 250, 1000);
    document.addEventListener("notices", soon);
    document.addEventListener("team-reset", soon);
    document.addEventListener("visibilitychange", () => { if (!document.hidden) soon(); });
  }

  async refresh() {
    let told;
    try {
      told = await api("notices?unread=true&limit=1");
    } catch {
      return; // the frame says by itself that the connection is gone
    }
    const [newest] = told.items;
    const isNew = newest && newest.id !== this.newest && told.unread > 0 && (this.newest ? newest.id > this.newest : told.unread > this.unread);
    if (newest) this.newest = newest.id;
    this.unread = told.unread;
    this.draw();
    if (isNew) this.status.textContent = say("notice_new", { title: newest.title });
  }

  draw() {
    this.number.textContent = this.unread > MOST ? `${MOST}+` : String(this.unread);
    this.number.hidden = !this.unread;
    this.link.setAttribute("aria-label", this.unread ? count("bell", this.unread) : say("bell"));
  }
}

customElements.define("notice-bell", NoticeBell);
