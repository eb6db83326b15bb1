// The page's one reader of the team's feed. Others listen on document: "team-event" (detail: the event), "team-reset",
// "notices" (one's own may have changed), "here" (who else is: {here: [{id, name, beside}], n}).

import { Feed } from "../feed.js";
import { h, icon } from "../dom.js";
import { say, moment } from "../words.js";
import { toast } from "./toast-list.js";

const PATIENCE = 4000; // a connection that comes back sooner is not worth a word
const AWAY_AFTER = 60_000; // a page that lies behind others for so long has nobody before it
const ASK_EVERY = 10_000; // where sockets are blocked but the studio answers, pages ask instead

const { team, feedN, here } = document.documentElement.dataset;
let note = null;
let timer = 0;
let asking = 0;
let feed = null;

const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));

/** The feed is down: say so if the studio is not reached at all, else ask now and then. */
async function down() {
  const reached = await fetch("/healthz").then((answer) => answer.ok, () => false);
  if (reached) {
    asking ||= setInterval(() => tell("team-reset"), ASK_EVERY);
    return;
  }
  if (note) return;
  note = h("div", { class: "note calm offline", role: "status" }, icon("offline"),
    h("span", {}, h("b", {}, say("offline_title", { time: moment(Date.now()) })), h("br"), say("offline_text")),
    h("button", { type: "button", class: "btn small end", onclick: () => feed?.wake() }, say("try_now")));
  document.getElementById("main")?.prepend(note);
}

if (team) {
  feed = new Feed("team", team, {
    after: Number(feedN ?? 0),
    onevent: (event) => tell("team-event", event),
    onreset: () => tell("team-reset"),
    onnotices: () => tell("notices"),
    here,
    onhere: (others) => tell("here", others),
    onlink: (up) => {
      clearTimeout(timer);
      if (up) tell("notices"); // what was said meanwhile, nobody heard
      if (!up) {
        tell("here", { here: [], n: 0 });
        timer = setTimeout(down, PATIENCE);
        return;
      }
      clearInterval(asking);
      asking = 0;
      if (note) {
        note.remove();
        note = null;
        tell("team-reset");
        toast(say("online_again"));
      }
    },
  });

  let leaving = 0;
  const looked = () => {
    clearTimeout(leaving);
    if (document.hidden) leaving = setTimeout(() => { feed.away = true; }, AWAY_AFTER);
    else feed.away = false;
  };
  document.addEventListener("visibilitychange", looked);
  looked();
}
