// The comments beside the work: threads, a new one pinned to a place, replies, resolve.

import { api, patch, post, remove } from "../api.js";
import { h, icon } from "../dom.js";
import { moment, say } from "../words.js";
import { toast } from "../frame/toast-list.js";

export class Notes {
  constructor(element, { me, may, review, stage, says }) {
    Object.assign(this, { element, me, may, review, stage, says });
    this.draft = this.answering = "";
  }

  async show(asset) {
    this.asset = asset;
    this.pin = undefined;
    this.list = [];
    this.element.replaceChildren();
    await this.refresh();
  }

  async refresh() {
    const { asset } = this;
    const { items } = await api(`comments?asset=${asset.id}`);
    if (this.asset !== asset) return;
    this.list = items;
    this.draw();
  }

  /** The item's state, for the way on to a revision. */
  state(_state, item) {
    this.item = item;
    if (this.list) this.draw();
  }

  /** What stands below the comments: how the picks came out. */
  results(section) {
    this.below = section;
    if (this.list) this.draw();
  }

  /** Whether this person has an open comment here. */
  said(me) {
    return this.list.some((each) => each.author?.id === me && !each.resolved_at);
  }

  /** Write a new comment; pin null: on the whole, or where the player stands. */
  begin(pin) {
    if (!this.may.comment) return;
    this.pin = pin ?? this.stage.now() ?? null;
    this.draw();
    this.element.querySelector(".new textarea")?.focus();
  }

  /** Draw all of it anew; who is writing stays where they are. */
  draw() {
    const area = document.activeElement;
    const writing = area?.matches?.("textarea") && this.element.contains(area) ? { of: area.dataset.of, from: area.selectionStart, to: area.selectionEnd } : null;
    this.build();
    if (!writing) return;
    const again = this.element.querySelector(`textarea[data-of="${writing.of}"]`);
    again?.focus({ preventScroll: true });
    again?.setSelectionRange(writing.from, writing.to);
  }

  build() {
    const { asset } = this;
    const threads = this.list.map((each, at) => this.thread(each, at + 1));
    const revise = this.item?.state === "changes" && this.may.make && asset.tool
      ? h("a", { class: "btn main", href: `/create/${asset.tool}/?from=${asset.id}` }, icon("revise"), say("revise_it"))
      : "";
    this.element.replaceChildren(
      h("h2", {}, asset.title || ""),
      asset.prompt && asset.prompt !== asset.title ? h("p", { class: "faint prompt" }, asset.prompt) : "",
      revise,
      ...(threads.length || this.pin !== undefined ? threads : [h("p", { class: "quiet" }, say("no_comments"))]),
      this.pin !== undefined ? this.writing() : "",
      this.below ?? "");
    this.stage.pins(this.list.map((each, at) => ({ id: each.id, number: at + 1, pin: each.pin, done: Boolean(each.resolved_at) })));
  }

  thread(each, number) {
    const words = (one) => h("p", { class: "words" }, one.text);
    const by = (one) => [h("b", {}, one.author?.name ?? one.guest ?? say("former")), h("span", { class: "faint" }, moment(one.created_at))];
    const own = each.author?.id === this.me;
    return h("article", { id: `comment-${each.id}`, tabindex: "-1", dataset: each.resolved_at ? { done: "" } : {} },
      h("p", { class: "by" }, h("span", { class: "no" }, String(number)), ...by(each),
        each.resolved_at ? h("span", { class: "badge good" }, icon("check", "small"), say("resolved")) : "",
        each.carried ? h("span", { class: "badge" }, say("carried")) : ""),
      each.where ? h("p", { class: "faint" }, each.where) : "",
      words(each),
      each.replies.map((reply) => h("div", { class: "reply" }, h("p", { class: "by" }, ...by(reply)), words(reply))),
      this.may.comment
        ? h("p", { class: "btns" },
            h("button", { type: "button", class: "btn bare small", onclick: () => this.answer(each) }, say("reply")),
            h("button", { type: "button", class: "btn bare small", onclick: () => this.settle(each) }, say(each.resolved_at ? "reopen" : "resolve")),
            own ? h("button", { type: "button", class: "btn bare small", onclick: () => this.takeAway(each) }, say("delete")) : "")
        : "",
      this.replying === each.id ? this.form({ reply: each.id }) : "");
  }

  writing() {
    return h("article", { class: "now new" },
      h("p", { class: "by" }, h("span", { class: "no" }, "+"), h("span", { class: "faint", dataset: { place: "" } }, this.pin ? place(this.pin) : say("comment_on"))),
      this.form({ pin: this.pin }));
  }

  form({ pin = null, reply = null }) {
    const area = h("textarea", { class: "input", rows: "3", maxlength: "10000", "aria-label": say("write"), dataset: { of: reply ?? "" } });
    const kept = reply ? "answering" : "draft";
    area.value = this[kept];
    area.addEventListener("input", () => { this[kept] = area.value; });
    const send = async () => {
      const text = area.value.trim();
      if (!text) { area.focus(); return; }
      try {
        await post("comments", { asset: this.asset.id, text, review: this.review, ...(reply ? { reply_to: reply } : this.pin ? { pin: this.pin } : {}) });
        if (!reply) this.draft = "";
        this.drop();
        await this.refresh();
        this.says(text);
      } catch (problem) {
        toast(problem.message, { wrong: true });
      }
    };
    area.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); send(); }
      if (event.key === "Escape") { event.preventDefault(); this.drop(); this.draw(); }
    });
    return h("div", {}, area, this.asset.medium === "music" && !reply ? this.bars(pin) : "", h("p", { class: "btns" },
      h("button", { type: "button", class: "btn small", onclick: send }, say(pin ? "pin" : "post")),
      pin?.kind === "time" ? h("button", { type: "button", class: "btn bare small", onclick: () => this.end(pin) }, say("mark_end")) : "",
      h("button", { type: "button", class: "btn bare small", onclick: () => { this.drop(); this.draw(); } }, say("discard"))));
  }

  /** For music: whether the place is a time or bars, and which bars. */
  bars(pin) {
    const counted = pin?.kind === "bars";
    const turn = h("button", {
      type: "button", class: "btn bare small", "aria-pressed": String(counted),
      onclick: () => {
        this.pin = counted ? this.stage.now() : { kind: "bars", start: 1, end: 1 };
        this.draw();
        this.element.querySelector(counted ? ".new textarea" : ".new [name=start]")?.focus();
      },
    }, say("in_bars"));
    if (!counted) return h("p", { class: "btns" }, turn);
    const tell = (writing = document.activeElement) => {
      this.element.querySelector(".new [data-place]").textContent = place(this.pin);
      for (const each of this.element.querySelectorAll(".new input[type=number]")) if (each !== writing) each.value = this.pin[each.name];
    };
    const bar = (name) => h("label", {}, say(`bar_${name}`), " ", h("input", {
      class: "input", type: "number", name, min: "1", max: "100000", step: "1", value: pin[name],
      oninput: ({ target }) => {
        this.pin[name] = Math.max(1, Math.round(target.valueAsNumber) || 1);
        if (name === "start" && this.pin.end < this.pin.start) this.pin.end = this.pin.start;
        tell(target);
      },
      onchange: () => { // only now is it known that no digit follows
        this.pin.start = Math.min(this.pin.start, this.pin.end);
        tell();
      },
    }));
    return h("p", { class: "btns bars" }, turn, h("span", { class: "btns" }, bar("start"), bar("end")));
  }

  end(pin) {
    const now = this.stage.now();
    this.pin = { ...pin, start: Math.min(pin.start, now.end), end: Math.max(pin.start, now.end) };
    this.draw();
    this.element.querySelector(".new textarea")?.focus();
  }

  drop() {
    this.pin = undefined;
    this.replying = null;
    this.answering = "";
    this.stage.mark(null);
  }

  answer(each) {
    if (this.replying !== each.id) this.answering = "";
    this.replying = each.id;
    this.draw();
    this.element.querySelector(`#comment-${each.id} textarea`)?.focus();
  }

  async settle(each) {
    await this.attempt(() => patch(`comments/${each.id}`, { resolved: !each.resolved_at }));
    document.getElementById(`comment-${each.id}`)?.focus();
  }

  async takeAway(each) {
    await this.attempt(() => remove(`comments/${each.id}`));
    toast(say("deleted"), {
      action: say("undo"),
      onaction: () => this.attempt(() => post("comments", { asset: each.asset, text: each.text, review: each.review, ...(each.pin ? { pin: each.pin } : {}) })),
    });
  }

  async attempt(call) {
    try {
      await call();
      await this.refresh();
    } catch (problem) {
      toast(problem.message, { wrong: true });
    }
  }
}

/** A place in words, before the studio has said it. */
function place(pin) {
  if (pin.kind === "text") return say("text", { quote: pin.quote.slice(0, 80) });
  if (pin.kind === "bars") return say("where", { where: say("bars", pin) });
  if (pin.kind === "time") return say("time", { start: pin.start.toFixed(1), end: pin.end.toFixed(1) });
  return say("where", { where: say(pin.kind) });
}
