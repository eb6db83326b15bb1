// <text-page>: write on a text. Preview as one types, a draft on this device, revisions with what changed, one button that saves.

import { api, post } from "./api.js";
import { calm, h } from "./dom.js";
import { count, moment, number, say } from "./words.js";
import { openDialog } from "./frame/dialogs.js";
import { toast } from "./frame/toast-list.js";
import { showMarkdown } from "./markdown.js";
import { dropDraft, keepDraft, readDraft } from "./text/draft.js";
import { linesOf, points, toPoints } from "./text/offsets.js";
import { passagesOf } from "./text/passages.js";
import { mark, markLines, putAll } from "./text/writing.js";

class TextPage extends HTMLElement {
  connectedCallback() {
    this.asset = this.dataset.asset;
    this.newest = this.dataset.newest;
    this.area = this.querySelector("#writing");
    this.name = this.querySelector('[name="title"]');
    this.preview = this.querySelector(".preview");
    this.button = this.querySelector('[data-do="save"]');
    this.against = this.asset;
    this.kept = { text: this.area.value, title: this.name.value };
    this.drawSoon = calm(() => this.draw(), 120, 600);
    this.keepSoon = calm(() => this.keep(), 300, 1500);
    for (const box of [this.area, this.name]) box.addEventListener("input", () => { this.drawSoon(); this.keepSoon(); this.state(); });
    document.addEventListener("selectionchange", () => this.place());
    this.addEventListener("click", (event) => this.click(event));
    document.addEventListener("keydown", (event) => this.key(event));
    document.getElementById("newer").addEventListener("click", ({ target }) => this.afterNewer(target.dataset.newer));
    addEventListener("beforeunload", (event) => { if (this.changed && !this.keep()) event.preventDefault(); });
    addEventListener("pagehide", () => this.keep());
    this.bringDraft();
    this.draw();
    this.state();
    this.drafts();
  }

  get text() { return linesOf(this.area.value); }
  get changed() { return this.text !== this.kept.text || this.name.value !== this.kept.title; }
  get revision() { return this.dataset.revision; }

  /* ------------------------------------------------------------ what is shown */
  draw() {
    const { text } = this;
    showMarkdown(this.preview, text);
    const words = text.match(/\S+/g)?.length ?? 0;
    this.querySelector("[data-words]").textContent = count("words", words);
    this.querySelector("[data-characters]").textContent = count("characters", points(text));
    this.place();
    if (this.dataset.show === "changes") this.changes();
  }

  place() {
    if (document.activeElement !== this.area) return;
    const before = this.area.value.slice(0, this.area.selectionStart);
    const place = this.querySelector("[data-place]");
    place.textContent = say("at_place", { line: number(before.split("\n").length), at: number(toPoints(this.area.value, this.area.selectionStart)) });
    place.dataset.at = toPoints(this.area.value, this.area.selectionStart);
  }

  show(as) {
    this.dataset.show = as;
    for (const each of this.querySelectorAll("[data-show-as]")) each.setAttribute("aria-pressed", String(each.dataset.showAs === as));
    if (as === "changes") this.changes();
  }

  state(words) {
    this.button.disabled = !this.changed || !this.text.trim();
    this.querySelector("[data-state]").textContent = words ?? (this.changed ? say(this.unkept ? "state_unkept" : "state_draft") : say("state_saved", { n: this.revision }));
  }

  async changes() {
    const row = this.versions.find((each) => each.dataset.id === this.against);
    const n = row?.dataset.n ?? this.revision;
    const { text, against } = this;
    let found;
    try {
      found = await post(`assets/${against}/diff`, { text });
    } catch (error) {
      toast(error.message, { wrong: true });
      return;
    }
    if (this.against !== against) return;
    const same = found.every((each) => !each.changed);
    this.querySelector("#changes-name").textContent = say(same ? "nothing_changed" : "changes_from", { n });
    this.querySelector(".passages-place").replaceChildren(passagesOf(found));
  }

  /* ------------------------------------------------------------ drafts */
  keep() {
    if (!this.changed) {
      dropDraft(this.asset);
      return true;
    }
    const done = keepDraft(this.asset, { text: this.text, title: this.name.value });
    if (this.unkept === done) { this.unkept = !done; this.state(); }
    return done;
  }

  bringDraft() {
    this.unkept = false;
    const draft = readDraft(this.asset);
    if (!draft || (draft.text === this.kept.text && draft.title === this.kept.title)) return;
    this.area.value = draft.text;
    this.name.value = draft.title ?? this.kept.title;
    toast(say("draft_back", { time: moment(draft.at) }), { action: say("draft_drop"), onaction: () => this.drop(), stays: 20_000 });
  }

  drop() {
    this.name.value = this.kept.title;
    putAll(this.area, this.kept.text);
    this.draw();
    this.state();
    this.keep();
  }

  /** Other revisions on which something is written and not saved. */
  drafts() {
    for (const row of this.versions) {
      if (row.dataset.id === this.asset || !readDraft(row.dataset.id)) continue;
      row.querySelector("small").after(h("a", { class: "badge accent", href: `/assets/${row.dataset.id}/edit/` }, say("draft_there")));
    }
  }

  /* ------------------------------------------------------------ saving */
  async save({ on = this.asset, after = this.newest } = {}) {
    if (this.saving || !this.changed || !this.text.trim()) return;
    this.saving = true;
    this.state(say("state_saving"));
    const sent = { text: this.text, title: this.name.value };
    let made;
    try {
      made = await post(`assets/${on}/revisions`, { ...sent, after });
    } catch (error) {
      this.keep();
      if (error.type.endsWith("newer-revision")) await this.newer();
      else toast(error.at("text") || error.message, { wrong: true, stays: 15_000 });
      return;
    } finally {
      this.saving = false;
      this.state();
    }
    dropDraft(this.asset);
    this.kept = sent;
    this.addVersion(made);
    this.keep(); // what was typed while it was saved
    this.state();
    toast(say("saved_as", { n: this.revision }), { action: say("open"), href: `/assets/${made.id}/` });
  }

  /** Somebody saved meanwhile: say so, and let the person choose. */
  async newer() {
    const { items } = await api(`assets/${this.asset}/revisions`);
    this.theirs = items.at(-1);
    for (const item of items) if (!this.versions.some((row) => row.dataset.id === item.id)) this.addRow(item);
    const n = this.versions.find((row) => row.dataset.id === this.theirs.id).dataset.n;
    document.querySelector("[data-newer-words]").textContent = say("newer_text", { n, time: moment(this.theirs.created_at) });
    openDialog("newer");
  }

  afterNewer(what) {
    if (!what) return;
    document.getElementById("newer").close();
    if (what === "save") this.save({ on: this.theirs.id, after: this.theirs.id });
    else {
      this.against = this.theirs.id;
      this.show("changes");
    }
  }

  get versions() { return [...this.querySelectorAll(".versions li")]; }

  addRow(asset) {
    const n = Math.max(0, ...this.versions.map((row) => Number(row.dataset.n))) + 1;
    const first = this.versions[0];
    const row = first.cloneNode(true);
    row.removeAttribute("aria-current");
    Object.assign(row.dataset, { id: asset.id, n });
    row.querySelector("a").href = `/assets/${asset.id}/`;
    row.querySelector("a").textContent = say("version_n", { n });
    row.querySelector("small").textContent = moment(asset.created_at);
    row.querySelector(".badge")?.remove();
    row.querySelector('[data-do="changes-from"]').setAttribute("aria-label", say("changes_from", { n }));
    row.querySelector('[data-do="take"]').setAttribute("aria-label", say("take_text", { n }));
    first.before(row);
    return row;
  }

  addVersion(asset) {
    const row = this.addRow(asset);
    row.querySelector("small").textContent = say("by_you");
    for (const each of this.versions) each.toggleAttribute("aria-current", each === row);
    row.setAttribute("aria-current", "true");
    this.asset = asset.id;
    this.newest = asset.id;
    this.against = asset.id;
    this.dataset.revision = row.dataset.n;
    document.getElementById("back").href = `/assets/${asset.id}/`;
    document.querySelector(".bar h1 small")?.replaceChildren(say("version_n", { n: row.dataset.n }).toLowerCase());
    history.replaceState(null, "", `/assets/${asset.id}/edit/`);
  }

  /* ------------------------------------------------------------ what one presses */
  click({ target }) {
    const button = target.closest("button");
    if (!button) return;
    const { do: act, mark: sign, line, showAs } = button.dataset;
    const row = button.closest("li");
    if (sign) mark(this.area, sign);
    else if (line) markLines(this.area, line);
    else if (showAs) this.show(showAs);
    else if (act === "save") this.save();
    else if (act === "undo" || act === "redo") {
      this.area.focus();
      document.execCommand(act);
    } else if (act === "changes-from") {
      this.against = row.dataset.id;
      this.show("changes");
      this.querySelector(".changes").scrollIntoView({ block: "nearest" });
    } else if (act === "take") this.take(row);
  }

  async take(row) {
    const answer = await fetch(`/api/v1/assets/${row.dataset.id}/content`, { credentials: "same-origin" }).catch(() => null);
    if (!answer?.ok) {
      toast(say(answer ? "went_wrong" : "not_reached"), { wrong: true });
      return;
    }
    const words = linesOf(await answer.text());
    if (this.dataset.show !== "both") this.show("write");
    putAll(this.area, words);
    toast(say("taken", { n: row.dataset.n }));
  }

  key(event) {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || document.querySelector("dialog[open]")) return;
    const key = event.key.toLowerCase();
    if (key === "s") this.save();
    else if (event.target === this.area && key === "b") mark(this.area, "**");
    else if (event.target === this.area && key === "i") mark(this.area, "*");
    else return;
    event.preventDefault();
  }
}

customElements.define("text-page", TextPage);
