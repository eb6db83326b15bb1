// <review-page>: one asset of a review at a time. A approve, R request changes, N comment, C compare, B blink, arrows;
// + - 0 1 zoom a picture, Shift and the arrows move it, H takes it in hand.

import { api, post } from "./api.js";
import { h, handed, icon } from "./dom.js";
import { say } from "./words.js";
import { Notes } from "./review/notes.js";
import { Stage } from "./review/stage.js";
import { toast } from "./frame/toast-list.js";
import { watchVars } from "./dom.js";

const MOST_BACK = 8; // revisions before this one that the strip shows

class ReviewPage extends HTMLElement {
  connectedCallback() {
    watchVars(this);
    const { review, start, may, me } = handed("review");
    Object.assign(this, { review, may, me, at: start });
    this.stage = new Stage(this.querySelector(".work"), { onpin: (pin) => this.notes.begin(pin) });
    this.notes = new Notes(this.querySelector(".notes"), {
      me, may, review: review.id, stage: this.stage, says: (words) => this.say(words),
    });
    this.addEventListener("click", (event) => {
      const key = event.target.closest("[data-do]");
      if (key) this[key.dataset.do]?.(key);
    });
    document.addEventListener("keydown", (event) => this.key(event));
    document.addEventListener("team-event", ({ detail }) => this.heard(detail));
    this.show(start);
  }

  get item() {
    return this.review.shown[this.at];
  }

  say(words) {
    this.querySelector("[data-says]").textContent = words;
  }

  key(event) {
    if (event.target.closest("input:not([type=range]), textarea, select, audio, video") || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.shiftKey && event.key.startsWith("Arrow")) {
      if (this.picture && this.picture.viewport.key(event.key)) event.preventDefault();
      return;
    }
    if (event.target.closest("input[type=range], [data-keys]") && event.key.startsWith("Arrow")) return;
    const act = { a: "approve", r: "changes", n: "comment", c: "compare", b: "blink", ArrowLeft: "previous", ArrowRight: "next", z: "takeBack",
      "+": "zoomIn", "=": "zoomIn", "-": "zoomOut", 0: "zoomFit", 1: "zoomFull", h: "hand" }[event.key];
    if (!act) return;
    event.preventDefault();
    this[act]();
  }

  previous() { this.go(-1); }
  next() { this.go(1); }
  comment() { this.notes.begin(null); }
  compare() { this.stage.compare(); }
  blink() { this.stage.blink(); }
  zoomIn() { this.picture?.in(); }
  zoomOut() { this.picture?.out(); }
  zoomFit() { this.picture?.fit(); }
  zoomFull() { this.picture?.full(); }
  hand() { this.picture?.toggle(); }

  /** What zooms the picture; null where the work is none. */
  get picture() {
    return this.item.asset.medium === "image" ? this.stage.zoom : null;
  }

  go(by) {
    const to = this.at + by;
    if (to >= 0 && to < this.review.shown.length) this.show(to);
  }

  async show(at) {
    this.at = at;
    const { item, review } = this;
    this.drawSteps();
    this.drawVerdict();
    this.querySelector(".of").textContent = say("of", { n: at + 1, all: review.shown.length });
    this.say(item.asset.title || say("of", { n: at + 1, all: review.shown.length }));
    const chain = [item.asset];
    await Promise.all([this.stage.show(item.asset), this.notes.show(item.asset)]);
    if (this.item !== item) return;
    this.drawChain(chain);
    while (chain.length < MOST_BACK) {
      const before = chain[0].parents.find((each) => each.role === "parent");
      if (!before) break;
      try {
        chain.unshift(await api(`assets/${before.id}`));
      } catch {
        break; // in the bin, or not ours any more
      }
      if (this.item !== item) return;
    }
    this.stage.earlier(chain.at(-2) ?? null);
    this.drawChain(chain);
  }

  drawSteps() {
    const steps = this.review.shown.map((item, at) =>
      h("button", {
        type: "button", class: "tick", dataset: { v: item.state }, "aria-current": at === this.at ? "step" : null,
        "aria-label": `${at + 1}: ${item.asset.title || ""} ${say(item.state)}`, onclick: () => this.show(at),
      }));
    this.querySelector(".steps").replaceChildren(...steps);
  }

  drawChain(chain) {
    const strip = chain.map((asset, at) =>
      h("li", {}, h("button", {
        type: "button", "aria-current": asset.id === this.item.asset.id ? "true" : null,
        "aria-label": say("revision", { n: at + 1 }), onclick: () => this.stage.against(asset),
      }, asset.urls.thumbnail ? h("img", { src: asset.urls.thumbnail, alt: "" }) : icon(asset.medium), h("small", {}, String(at + 1)))));
    this.querySelector(".chain").replaceChildren(...(chain.length > 1 ? strip : []));
    for (const name of ["compare", "blink"]) this.querySelector(`[data-do="${name}"]`).toggleAttribute("data-none", chain.length < 2 || this.item.asset.medium !== "image");
  }

  drawVerdict() {
    const { item, review, may } = this;
    const place = this.querySelector(".verdict");
    const mine = item.decisions.filter((each) => each.user?.id === this.me && each.asset === item.asset.id).at(-1)?.verdict;
    if (review.closed_at) {
      place.replaceChildren(h("span", { class: "quiet" }, say("closed")));
    } else if (review.kind === "pick") {
      const n = review.picks - review.shown.filter((each) => each.mine).length;
      place.replaceChildren(
        may.decide && h("button", { type: "button", class: "key big ok", dataset: { do: "approve" }, "aria-pressed": String(item.mine) },
          h("kbd", {}, "A"), h("span", {}, say(item.mine ? "picked" : "pick"), n > 0 ? h("small", {}, say("picks_left", { n })) : "")) || "");
      this.notes.results(this.results());
    } else {
      const verdict = (kind, letter, act, words) =>
        h("button", { type: "button", class: `key big ${kind}`, dataset: { do: act }, "aria-pressed": String(mine === (act === "approve" ? "approved" : "changes")) },
          h("kbd", {}, letter), h("span", {}, words));
      const others = item.decisions.filter((each) => each.asset === item.asset.id && each.verdict !== "waiting");
      place.replaceChildren(
        ...(may.decide ? [verdict("ok", "A", "approve", say("approve")), verdict("no", "R", "changes", say("request_changes"))] : []),
        ...(item.state === "approved" ? [h("span", { class: "quiet" }, say("locked")),
          may.unlock && h("button", { type: "button", class: "btn small", dataset: { do: "unlock" } }, icon("unlock"), say("unlock"))].filter(Boolean) : []),
        ...(others.length ? [h("span", { class: "said" }, others.map((each) => say("says", { who: each.user?.name ?? say("former"), verdict: say(each.verdict) })).join(" · "))] : []));
      this.notes.state(item.state, this.review.closed_at ? null : item);
    }
  }

  /** The items by how many picked them. */
  results() {
    const all = this.review.people.length;
    const order = this.review.shown.map((item, at) => ({ item, at, n: item.picked_by.length })).sort((a, b) => b.n - a.n || a.at - b.at);
    return h("section", { "aria-labelledby": "results-name" }, h("h3", { class: "label", id: "results-name" }, say("results")),
      h("ol", { class: "results" }, order.map(({ item, at, n }) =>
        h("li", {}, h("button", { type: "button", onclick: () => this.show(at), "aria-label": `${at + 1}: ${item.asset.title || ""} ${say("picked_by", { n, all })}` },
          item.asset.urls.thumbnail ? h("img", { src: item.asset.urls.thumbnail, alt: "" }) : icon(item.asset.medium),
          h("meter", { min: "0", max: String(all || 1), value: String(n) }), h("span", {}, say("picked_by", { n, all })))))));
  }

  approve() {
    if (!this.may.decide) return;
    if (this.review.kind === "pick") this.pick();
    else this.decide("approved");
  }

  changes() {
    if (!this.may.decide || this.review.kind === "pick") return;
    if (!this.notes.said(this.me)) {
      this.notes.begin(null);
      this.say(say("nothing_written"));
      toast(say("nothing_written"));
      return;
    }
    this.decide("changes");
  }

  takeBack() {
    if (this.may.decide && this.review.kind !== "pick") this.decide("waiting");
  }

  async decide(verdict) {
    const { item, at } = this;
    try {
      const answer = await post(`reviews/${this.review.id}/items/${item.id}/decide`, { verdict, asset: item.asset.id });
      this.review.shown[at] = answer;
      this.say(say(verdict === "waiting" ? "taken_back" : verdict));
      toast(say(verdict === "waiting" ? "taken_back" : verdict));
      const open = this.review.shown.findIndex((each, place) => place > at && each.state === "waiting");
      if (verdict === "approved" && open > 0 && this.at === at) this.show(open);
      else if (this.at === at) { this.drawSteps(); this.drawVerdict(); }
    } catch (problem) {
      toast(problem.message, { wrong: true });
      if (problem.status === 409) this.reload();
    }
  }

  async pick() {
    const { item } = this;
    const items = this.review.shown.filter((each) => (each === item ? !each.mine : each.mine)).map((each) => each.id);
    while (items.length > this.review.picks) items.shift();
    try {
      this.review = await api(`reviews/${this.review.id}/picks`, { method: "PUT", body: { items } });
      this.drawSteps();
      this.drawVerdict();
      this.say(say(this.item.mine ? "picked" : "taken_back"));
    } catch (problem) {
      toast(problem.message, { wrong: true });
    }
  }

  async unlock() {
    try {
      this.review.shown[this.at] = await post(`reviews/${this.review.id}/items/${this.item.id}/unlock`);
      toast(say("unlocked"));
      this.drawSteps();
      this.drawVerdict();
    } catch (problem) {
      toast(problem.message, { wrong: true });
    }
  }

  async reload() {
    const shown = this.item.asset.id;
    this.review = await api(`reviews/${this.review.id}`);
    if (this.item.asset.id !== shown) this.show(this.at);
    else { this.drawSteps(); this.drawVerdict(); }
  }

  async heard({ kind, review, asset, comment }) {
    if (kind !== "review") return;
    if (comment && asset) this.notes.refresh();
    if (review !== this.review.id || comment) return;
    const before = this.item.asset.id;
    const fresh = await api(`reviews/${review}`);
    const revised = fresh.shown[this.at].asset.id !== before;
    if (revised) {
      toast(say("new_revision"), { action: say("show_it"), onaction: () => { this.review = fresh; this.show(this.at); } });
    } else {
      this.review = fresh;
      this.drawSteps();
      this.drawVerdict();
    }
  }
}

customElements.define("review-page", ReviewPage);
