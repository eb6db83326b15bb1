// Tells the person when a long job ends while the tab is in the background.

import { say } from "../words.js";
import { toast } from "../frame/toast-list.js";

const LONG = 8000; // ms; what ends sooner was being waited for
const name = document.title;
let told = false;
let asking = null;

/** Ask, once and only by the person's own act, whether notices may be shown. */
export function askNotice() {
  if (told || !("Notification" in window) || Notification.permission !== "default") return;
  told = true;
  try {
    if (localStorage.getItem("notice-asked")) return;
    localStorage.setItem("notice-asked", "1");
  } catch {
    return;
  }
  asking = toast(say("allow_notice"), { action: say("yes"), stays: 12_000, onaction: async () => {
    if ((await Notification.requestPermission()) === "granted") toast(say("notice_on"));
  } });
}

/** A job has ended; `ms` is how long it ran. */
export function tellEnd(words, ms) {
  asking?.remove();
  if (!document.hidden || ms < LONG) return;
  document.title = `● ${words}`;
  if ("Notification" in window && Notification.permission === "granted") {
    const notice = new Notification(words, { tag: "studio-job" });
    notice.onclick = () => { focus(); notice.close(); };
  }
  document.addEventListener("visibilitychange", () => {
    document.title = name;
    toast(words);
  }, { once: true });
}
