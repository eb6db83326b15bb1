// <chat-thread>: turns with streamed answers, branches, edits; the box to write the next one in.

import { api, freshKey, patch, post, remove } from "../api.js";
import { calm, grow, h, handed, icon } from "../dom.js";
import { Feed } from "../feed.js";
import { showMarkdown } from "../markdown.js";
import { count, moment, number, say, time } from "../words.js";
import { toast } from "../frame/toast-list.js";
import { tellEnd } from "../create/notice.js";
import { keepDraft, readDraft, dropDraft } from "../create/draft.js";
import { Tree } from "./tree.js";

const FINAL = new Set(["succeeded", "failed", "cancelled"]);
const LETTERS_A_TOKEN = 4; // rough, for the room that is left
const TOKENS_A_WORD = 1.4;
const LITTLE = 0.15;
const FIELDS = "model-field, slider-field, seed-field, number-field, brand-field";

const page = handed("chat-page");

class ChatThread extends HTMLElement {
  connectedCallback() {
    this.turnsBox = this.querySelector(".turns");
    this.titleLine = this.querySelector("[data-title]");
    this.form = this.querySelector("form");
    this.area = this.querySelector("#say");
    this.fields = [...this.querySelectorAll(FIELDS)];
    this.tree = new Tree();
    this.feeds = new Map();
    this.live = new Map(); // turn id -> {text, attempt, progress}
    this.threadId = page.thread;
    this.key = freshKey();
    this.listen();
    const draft = readDraft("chat", this.threadId ?? "new");
    if (draft?.text) this.area.value = draft.text;
    this.ready();
    if (this.threadId) this.load();
    else this.area.focus();
  }

  disconnectedCallback() {
    for (const feed of this.feeds.values()) feed.close();
  }

  listen() {
    const later = calm(() => (this.area.value ? keepDraft("chat", this.threadId ?? "new", { text: this.area.value }) : dropDraft("chat", this.threadId ?? "new")), 300);
    this.area.addEventListener("input", () => {
      this.key = freshKey();
      this.ready();
      this.room();
      later();
    });
    this.area.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        this.form.requestSubmit();
      }
    });
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit(this.area.value, this.tree.path.at(-1)?.id ?? null, { fromBox: true });
    });
    this.addEventListener("field-change", () => this.room());
    this.querySelector("[data-rename]").addEventListener("click", () => this.rename());
    document.querySelector("[data-take-away]").addEventListener("click", async () => {
      await remove(`threads/${this.threadId}`);
      location.assign("/chat/");
    });
  }

  ready() {
    grow(this.area);
    const button = this.form.querySelector('[type="submit"]');
    if (!button.dataset.off) button.dataset.off = button.disabled ? "role" : "none";
    button.disabled = button.dataset.off === "role" || !this.area.value.trim();
  }

  // ------------------------------------------------------------ loading

  async load() {
    try {
      const thread = await api(`threads/${this.threadId}`);
      this.tree = new Tree(thread.turns ?? []);
      this.name(thread.title);
    } catch (problem) {
      this.problem(problem.message);
      return;
    }
    this.draw();
    for (const turn of this.tree.turns.values()) if (turn.job && !FINAL.has(turn.state)) this.follow(turn);
    this.turnsBox.scrollTop = this.turnsBox.scrollHeight;
  }

  follow(turn) {
    if (this.feeds.has(turn.id)) return;
    const live = { text: "", attempt: 0, progress: null, waits: "" };
    this.live.set(turn.id, live);
    const feed = new Feed("jobs", turn.job, {
      onevent: (event) => this.take(turn, live, event),
      onreset: () => this.load(),
    });
    this.feeds.set(turn.id, feed);
  }

  take(turn, live, event) {
    if (event.kind === "state") {
      turn.state = event.state;
      if (event.state === "running" && event.attempt !== live.attempt) {
        live.attempt = event.attempt;
        live.text = "";
        live.started = Date.parse(event.at) || Date.now();
      }
      live.waits = event.waiting_for ?? "";
      if (event.error) turn.error = event.error.message;
      if (FINAL.has(event.state)) {
        this.feeds.get(turn.id)?.close();
        this.feeds.delete(turn.id);
        this.finished(turn, live);
        return;
      }
    } else if (event.attempt < live.attempt) {
      return;
    } else if (event.kind === "token") live.text += event.text;
    else if (event.kind === "progress") live.progress = event;
    else if (event.kind === "asset") turn.asset = event.asset?.id ?? event.asset;
    this.update(turn);
  }

  async finished(turn, live) {
    turn.text = live.text;
    this.live.delete(turn.id);
    if (live.started) tellEnd(say(turn.state === "failed" ? "job_failed" : "job_done", { title: this.titleLine.textContent || turn.prompt.slice(0, 60) }), Date.now() - live.started);
    try {
      const thread = await api(`threads/${this.threadId}`);
      const fresh = thread.turns.find((each) => each.id === turn.id);
      if (fresh) Object.assign(turn, fresh, { text: fresh.text || turn.text });
      this.name(thread.title);
    } catch {
      // what was streamed is enough
    }
    this.draw();
    this.mark("");
  }

  /** The thread has a name: here, in the list and in the tab. */
  name(title) {
    if (!title) return;
    this.titleLine.textContent = title;
    this.titleLine.classList.remove("vh");
    const link = document.querySelector(`[data-thread="${this.threadId}"] .cut`);
    if (link) link.textContent = title;
  }

  rename() {
    const old = this.titleLine.textContent;
    const input = h("input", { class: "input", type: "text", maxlength: "200", "aria-label": say("rename"), value: old });
    this.querySelector(".title details").open = false;
    this.titleLine.replaceWith(input);
    input.select();
    let done = false;
    const end = async (keep) => {
      if (done) return;
      done = true;
      input.replaceWith(this.titleLine);
      const title = input.value.trim();
      if (keep && title && title !== old) this.name((await patch(`threads/${this.threadId}`, { title })).title);
    };
    input.addEventListener("keydown", ({ key }) => { if (key === "Enter" || key === "Escape") end(key === "Enter"); });
    input.addEventListener("blur", () => end(true));
  }

  // ------------------------------------------------------------ submitting

  get inputs() {
    const inputs = {};
    for (const field of this.fields) if (field.value !== null && field.isChanged) inputs[field.name] = field.value;
    return inputs;
  }

  async submit(words, parent, { fromBox = false } = {}) {
    const prompt = words.trim();
    if (!prompt || this.busy) return;
    this.busy = true;
    this.problem("");
    try {
      if (!this.threadId) {
        const thread = await post("threads", page.team ? { team: page.team } : {});
        this.threadId = thread.id;
        history.replaceState(null, "", `/chat/${thread.id}/`);
        dropDraft("chat", "new");
        this.list(prompt);
      }
      const { turn } = await post(`threads/${this.threadId}/turns`, { prompt, parent, inputs: this.inputs }, { key: this.key });
      this.key = freshKey();
      if (fromBox) {
        this.area.value = "";
        dropDraft("chat", this.threadId);
        this.ready();
      }
      this.begun(turn);
    } catch (problem) {
      this.problem(problem.errors?.[0]?.msg ?? problem.message);
    } finally {
      this.busy = false;
    }
  }

  /** A turn was accepted: show it and follow its answer. */
  begun(turn) {
    this.tree.add(turn);
    this.tree.reveal(turn.id);
    this.querySelector("[data-idle]")?.remove();
    this.querySelector("model-offer")?.remove();
    this.follow(turn);
    this.draw();
    this.mark("writing_now");
    this.turnsBox.scrollTop = this.turnsBox.scrollHeight;
  }

  async again(turn, button) {
    button.disabled = true;
    try {
      this.begun((await post(`threads/${this.threadId}/turns/${turn.id}/regenerate`, {}, { key: freshKey() })).turn);
    } catch (problem) {
      button.disabled = false;
      this.problem(problem.message);
    }
  }

  /** Put a new thread into the list at left. */
  list(prompt) {
    const aside = document.querySelector(".threads");
    aside?.querySelector(".none")?.remove();
    const row = h("ol", {}, h("li", {}, h("a", { href: `/chat/${this.threadId}/`, "data-thread": this.threadId, "aria-current": "true" }, h("span", { class: "cut" }, prompt.slice(0, 60)), h("small", {}))));
    const today = [...(aside?.querySelectorAll("h2") ?? [])].find((name) => name.textContent === say("today"));
    if (today) today.after(row);
    else aside?.querySelector(".tool-switch")?.after(h("h2", { class: "label" }, say("today")), row);
  }

  mark(key) {
    const small = document.querySelector(`[data-thread="${this.threadId}"] small`);
    if (small) small.textContent = key ? say(key) : moment(Date.now());
  }

  problem(words) {
    const note = this.querySelector("[data-problem]");
    note.hidden = !words;
    note.replaceChildren(...(words ? [icon("warn"), h("span", {}, words)] : []));
  }

  // ------------------------------------------------------------ drawing

  draw() {
    const keep = [this.querySelector(".title"), this.querySelector("[data-idle]")].filter(Boolean);
    const articles = this.tree.path.flatMap((turn) => [this.asked(turn), this.answer(turn)]);
    this.turnsBox.replaceChildren(...keep, ...articles);
    this.room();
  }

  asked(turn) {
    const { name = say("you"), initial = "", hue = "0" } = document.querySelector(".account .avatar")?.dataset ?? {};
    const article = h("article", { class: "turn me", "data-turn": turn.id });
    const avatar = document.querySelector(".account .avatar")?.cloneNode(true) ?? h("span", { class: "avatar", "data-hue": hue }, initial);
    const said = h("p", { class: "said" }, turn.prompt);
    const edit = h("button", { type: "button", class: "btn bare small", onclick: () => this.edit(article, turn) }, icon("edit", "small"), say("edit"));
    article.append(h("p", { class: "by" }, avatar, h("b", {}, name), h("span", { class: "faint" }, moment(turn.created_at ?? Date.now()))), said, h("p", { class: "under" }, edit));
    return article;
  }

  edit(article, turn) {
    const area = h("textarea", { class: "input", "aria-label": say("edit") });
    area.value = turn.prompt;
    const leave = () => this.draw();
    const go = () => this.submit(area.value, turn.parent ?? null);
    area.addEventListener("keydown", (event) => {
      if (event.key === "Escape") leave();
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) go();
    });
    article.classList.add("edits");
    article.querySelector(".under").remove();
    article.querySelector(".said").replaceWith(h("div", { class: "edit-box" }, area, h("div", { class: "btns" },
      h("button", { type: "button", class: "btn", onclick: go }, say("save_submit")), h("button", { type: "button", class: "btn bare", onclick: leave }, say("leave_it")))));
    area.focus();
  }

  answer(turn) {
    const article = h("article", { class: "turn", "data-answer": turn.id });
    this.fill(article, turn);
    return article;
  }

  update(turn) {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      const article = this.querySelector(`[data-answer="${turn.id}"]`);
      if (!article) return;
      const box = this.turnsBox;
      const low = box.scrollHeight - box.scrollTop - box.clientHeight < 80;
      this.fill(article, turn);
      if (low) box.scrollTop = box.scrollHeight;
    });
  }

  fill(article, turn) {
    const live = this.live.get(turn.id);
    const busy = !FINAL.has(turn.state);
    const text = live ? live.text : turn.text ?? "";
    if (!article.firstChild) {
      article.append(h("p", { class: "by" }, h("span", { class: "model-mark" }, icon("text")), h("b", {}, turn.model_title ?? turn.model ?? page.model), h("span", { class: "accent", "data-state": "" })), h("div", { class: "prose" }));
    }
    if (busy) article.setAttribute("aria-busy", "true");
    else article.removeAttribute("aria-busy");
    article.querySelector("[data-state]").textContent = busy ? say(turn.state === "running" ? "writing" : "waits") : "";
    const prose = article.querySelector(".prose");
    if (busy) {
      prose.setAttribute("role", "log");
      prose.setAttribute("aria-live", "polite");
    } else {
      prose.removeAttribute("role");
      prose.removeAttribute("aria-live");
    }
    showMarkdown(prose, text);
    this.below(article, turn, busy, live, text);
  }

  below(article, turn, busy, live, text) {
    if (busy) {
      let row = article.querySelector(".live");
      if (!row) {
        article.querySelector(".under, .wrong")?.remove();
        const stop = h("button", { type: "button", class: "btn small", onclick: async () => { stop.disabled = true; await post(`jobs/${turn.job}/cancel`, {}); } }, icon("stop", "small"), say("stop"));
        row = h("p", { class: "live" }, h("span", { "data-left": "" }), h("span", { "data-words": "" }), stop);
        article.append(row);
      }
      const words = text.split(/\s+/).filter(Boolean).length;
      const left = live?.progress?.eta_s;
      row.querySelector("[data-left]").replaceChildren(...(left ? [h("b", {}, time(left)), ` ${say("left")}`] : [live?.waits ? say("waits_for", { reason: live.waits }) : ""]));
      row.querySelector("[data-words]").textContent = words ? count("words", words) : "";
      return;
    }
    for (const old of article.querySelectorAll(".live, .under, .wrong, .noted")) old.remove();
    if (turn.state === "failed") article.append(h("p", { class: "wrong" }, icon("warn", "small"), say("chat_failed", { reason: turn.error || say("went_wrong") })));
    if (turn.state === "cancelled") article.append(h("p", { class: "wrong" }, icon("stop", "small"), say("chat_stopped")));
    for (const note of turn.notes ?? []) article.append(h("p", { class: "noted" }, icon("info", "small"), note));
    article.append(this.under(turn, text));
  }

  under(turn, text) {
    const row = h("p", { class: "under" });
    const { at, total, previous, next } = this.tree.beside(turn);
    if (total > 1) {
      const to = (other) => () => { if (other) { this.tree.choose(other); this.draw(); } };
      row.append(h("span", { class: "branch", role: "group", "aria-label": say("branch", { at, total }) },
        h("button", { type: "button", class: "btn bare only small", "aria-label": say("previous_branch"), disabled: !previous, onclick: to(previous) }, icon("left", "small")),
        `${at}/${total}`,
        h("button", { type: "button", class: "btn bare only small", "aria-label": say("next_branch"), disabled: !next, onclick: to(next) }, icon("right", "small"))));
    }
    const button = (key, sign, onclick, extra = {}) => h("button", { type: "button", class: "btn bare small", onclick, ...extra }, icon(sign, "small"), say(key));
    row.append(button("again", "retry", ({ currentTarget }) => this.again(turn, currentTarget)));
    if (text) row.append(button("copy", "copy", async () => { await navigator.clipboard.writeText(text); toast(say("copied")); }));
    if (turn.asset && turn.state === "succeeded") {
      row.append(turn.kept ? h("a", { class: "btn bare small", href: `/assets/${turn.asset}/` }, icon("keep", "small solid"), say("kept")) : button("keep", "keep", () => this.keep(turn)));
    }
    return row;
  }

  async keep(turn) {
    Object.assign(turn, await post(`threads/${this.threadId}/turns/${turn.id}/keep`, {}));
    toast(say("kept_text"), { action: say("open"), href: `/assets/${turn.asset}/` });
    this.draw();
  }

  /** How much the model can still hold, in words. */
  room() {
    const says = this.querySelector("[data-room]");
    const model = this.fields.find((field) => field.matches("model-field"))?.value ?? page.best;
    const context = page.context[model];
    if (!context) return;
    const letters = this.tree.path.reduce((sum, turn) => sum + turn.prompt.length + (this.live.get(turn.id)?.text ?? turn.text ?? "").length, this.area.value.length);
    const left = Math.max(0, Math.floor((context - letters / LETTERS_A_TOKEN) / TOKENS_A_WORD));
    const rounded = left > 200 ? Math.round(left / 100) * 100 : Math.round(left / 10) * 10;
    const little = left * TOKENS_A_WORD < context * LITTLE;
    says.textContent = left <= 0 ? say("room_none") : say(little ? "room_little" : "room_words", { n: number(rounded) });
    says.classList.toggle("accent", little);
  }
}

customElements.define("chat-thread", ChatThread);
