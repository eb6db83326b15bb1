// <create-form>: the composer. Gathers the fields, says what it will cost, submits, and keeps a draft.

import { post, freshKey } from "../api.js";
import { calm, h, icon } from "../dom.js";
import { say, count, number, size, time } from "../words.js";
import { toast } from "../frame/toast-list.js";
import { upload } from "../upload.js";
import { page } from "./page.js";
import { askCarried, readCarried } from "./carried-dialog.js";
import { keepDraft, readDraft } from "./draft.js";

const FIELDS = "prompt-field, line-field, text-field, lines-field, number-field, choice-field, model-field, toggle-field, segments-field, slider-field, seed-field, shape-field, asset-field, mask-field, loras-field, frame-field, brand-field";

/** Also the composer of other pages: `complete` lets them add to an order what only they know. */
export class CreateForm extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.fields = [...this.querySelectorAll(FIELDS)];
    this.count = this.querySelector("#count");
    this.matrix = {};
    this.items = null; // rows of a file
    this.key = freshKey();
    if (!page.filled) this.restore();
    if (Object.keys(page.taken ?? {}).length) this.fill(page.taken);
    this.listen();
    this.mark();
    this.estimate();
  }

  listen() {
    const later = calm(() => this.keep(), 300);
    this.estimateSoon = calm(() => this.estimate(), 500);
    this.addEventListener("field-change", ({ target }) => {
      if (target.matches("model-field")) this.adopt(target);
      this.touched(later);
    });
    this.count.addEventListener("input", () => {
      this.showCount();
      this.touched(later);
    });
    for (const button of this.querySelectorAll("[data-step]")) {
      button.addEventListener("click", () => {
        this.count.value = Math.max(1, Math.min(Number(this.count.max), this.wantedCount + Number(button.dataset.step)));
        this.showCount();
        this.touched(later);
      });
    }
    this.addEventListener("reference", ({ detail }) => this.takeFiles(detail));
    this.addEventListener("when-change", () => {
      this.key = freshKey();
      this.problem("");
    });
    page.shared = () => this.inputs;
    document.addEventListener("sheet-change", ({ detail }) => {
      this.items = detail;
      this.touched(later);
    });
    document.addEventListener("matrix-change", ({ detail }) => {
      this.matrix = detail;
      this.touched(later);
    });
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    document.addEventListener("create-again", ({ detail }) => this.again(detail));
    document.addEventListener("job-shown", ({ detail }) => this.take(detail));
    document.addEventListener("create-try", ({ detail }) => {
      this.fill({ ...detail });
      this.submit();
    });
  }

  touched(later) {
    this.key = freshKey();
    this.problem("");
    later();
    this.mark();
    this.estimateSoon();
  }

  /** As it was typed, though it be too many; an empty field is one. */
  get wantedCount() {
    return Math.max(1, Math.floor(Number(this.count.value)) || 1);
  }

  /** Say beside the count what may be asked for, where it is none of that; whether it can be sent. */
  showCount() {
    const right = this.count.validity.valid; // whole, and from min to max
    const note = this.querySelector("#count-wrong");
    note.textContent = right ? "" : say("count_wrong", { most: number(Number(this.count.max)) });
    note.hidden = right;
    this.count.setAttribute("aria-invalid", String(!right));
    return right;
  }

  /** Each input by name; what is empty is left out, so that the studio's default counts. */
  get inputs() {
    const inputs = {};
    for (const field of this.fields) {
      const entries = field.entries ?? { [field.name]: field.value };
      for (const [name, value] of Object.entries(entries)) if (value !== null && value !== undefined) inputs[name] = value;
    }
    return inputs;
  }

  /** The defaults of the model that is chosen, where it has its own. */
  adopt(model) {
    const own = JSON.parse(model.querySelector("option:checked")?.dataset.own ?? "{}");
    for (const field of this.fields) {
      const { name, pair } = field.dataset;
      if (pair && name in own) field.adopt([own[name], own[pair]]);
      else if (name in own) field.adopt(own[name]);
    }
  }

  fill(values) {
    for (const field of this.fields.filter((each) => each.matches("model-field") && each.name in values)) {
      field.value = values[field.name];
      this.adopt(field);
    }
    for (const field of this.fields) {
      if (field.take) field.take(values);
      else if (field.name in values) field.value = values[field.name];
    }
    this.mark();
    this.keep();
    this.querySelector("prompt-coach")?.look?.();
    this.estimateSoon?.();
  }

  /** A job from elsewhere (the first visit) fills a form in which nothing is written; its seed and model stay its own. */
  take(job) {
    if (job.tool !== page.tool.name || !this.prompt || this.prompt.value) return;
    const own = new Set(this.fields.filter((field) => field.matches("seed-field, model-field")).map((field) => field.name));
    this.fill(Object.fromEntries(Object.entries(job.inputs).filter(([name]) => !own.has(name))));
  }

  /** Under what a draft is kept. */
  get draft() {
    return page.draft ?? page.tool.name;
  }

  restore() {
    const draft = readDraft(page.team, this.draft);
    if (!draft) return;
    this.fill(draft.inputs ?? {});
    if (draft.count > 1) this.count.value = draft.count;
    this.showCount();
    if (draft.matrix && Object.keys(draft.matrix).length) {
      this.matrix = draft.matrix;
      document.dispatchEvent(new CustomEvent("matrix-show", { detail: draft.matrix }));
    }
  }

  keep() {
    keepDraft(page.team, this.draft, { inputs: this.inputs, count: this.wantedCount, matrix: this.matrix });
  }

  mark() {
    const n = this.querySelectorAll(".more-inputs .field[data-changed]").length;
    const says = this.querySelector("[data-changed-count]");
    if (says) says.textContent = n ? count("changed", n) : "";
    const axes = Object.keys(this.matrix).length;
    const matrixSays = this.querySelector("[data-matrix-says]");
    if (matrixSays) matrixSays.textContent = axes ? Object.values(this.matrix).map((values) => values.length).join(" × ") : "";
    const sheetSays = this.querySelector("[data-sheet-says]");
    if (sheetSays) sheetSays.textContent = this.items ? number(this.items.length) : "";
    const total = this.total;
    this.querySelector("[data-total]").textContent = number(total);
    this.querySelector("[data-jobs]").textContent = count("jobs", total);
  }

  get begins() {
    return this.querySelector("when-choice");
  }

  get prompt() {
    return this.querySelector("prompt-field");
  }

  get total() {
    const axes = Object.values(this.matrix).reduce((product, values) => product * values.length, 1);
    return this.wantedCount * axes * (this.items?.length ?? 1) * (this.given(this.prompt?.name) ? 1 : this.prompt?.wordings ?? 1);
  }

  /** Whether the rows of a file give this input. */
  given(name) {
    return this.items?.some((item) => name in item) ?? false;
  }

  /** What a job without a prompt is called: the tool, and what it works on. */
  get name() {
    const given = this.fields.filter((field) => field.matches("asset-field, mask-field") && field.value).map((field) => field.shownName).filter(Boolean);
    return [page.tool.title, given[0]].filter(Boolean).join(": ").slice(0, 200);
  }

  /** What the studio is asked for: one job, or a batch. */
  get order() {
    const inputs = this.inputs;
    const body = { tool: page.tool.name, inputs };
    if (page.team) body.team = page.team;
    if (page.parent) body.parent = page.parent;
    if (!this.prompt) body.title = this.name;
    if (this.begins && this.begins.value !== "now") body.when = this.begins.value;
    if (this.total > 1 || this.items) {
      if (Object.keys(this.matrix).length) body.matrix = this.matrix;
      if (this.wantedCount > 1) body.count = this.wantedCount;
      if (this.items) body.items = this.items;
      if ((this.prompt?.wordings ?? 1) > 1 && !this.given(this.prompt.name)) body.prompts = inputs[this.prompt.name];
    }
    return body;
  }

  /** The order as it is sent. */
  complete(order) {
    return order;
  }

  async estimate() {
    const says = this.querySelector("[data-estimate]");
    const missing = this.fields.some((field) => "required" in field.dataset && !field.value && !this.given(field.name));
    if (missing || !this.count.validity.valid || this.prompt?.value.length > this.prompt?.most) {
      says.textContent = "";
      this.offerQuicker(null);
      return;
    }
    this.asking?.abort();
    this.asking = new AbortController();
    try {
      const plan = await post("batches?dry_run=1", this.order, { signal: this.asking.signal });
      const told = [plan.time_s ? say("about", { time: time(plan.time_s) }) : say("time_unknown")];
      if (plan.total > 1 && plan.disk_bytes !== null) told.push(size(plan.disk_bytes));
      says.textContent = told.join(", ");
      this.offerQuicker(plan);
    } catch (problem) {
      if (problem.name === "AbortError") return;
      says.textContent = "";
      this.offerQuicker(null);
    }
  }

  /** Where it takes long and another model takes much less: say both times, and take that model by one click. */
  offerQuicker(plan) {
    const note = this.querySelector("[data-quicker]");
    const field = this.fields.find((each) => each.matches("model-field"));
    const other = field ? plan?.quicker : null;
    note.hidden = !other;
    if (!other) {
      note.replaceChildren();
      return;
    }
    const take = h("button", { type: "button", class: "link", onclick: () => {
      this.fill({ [field.name]: other.name });
      field.querySelector("select")?.focus();
    } }, say("quicker_take", { title: other.title }));
    note.replaceChildren(icon("clock"), h("span", {}, say("quicker", { time: time(plan.time_s), title: other.title, less: time(other.time_s) }), " ", take));
  }

  async submit() {
    if (this.busy) return;
    this.clearErrors();
    const missing = this.fields.find((field) => "required" in field.dataset && !this.given(field.name) && (field.value === null || String(field.value).trim() === ""));
    if (missing) {
      missing.error = missing === this.prompt ? say("prompt_missing") : say("wrong_inputs");
      missing.querySelector("textarea, input, button")?.focus();
      return;
    }
    if (this.prompt && this.prompt.value.length > this.prompt.most) {
      this.prompt.area.dispatchEvent(new Event("input"));
      this.prompt.area.focus();
      return;
    }
    if (!this.showCount()) {
      this.count.focus();
      return;
    }
    if (this.begins && !this.begins.check()) return;
    const button = this.querySelector('button[type="submit"]');
    this.busy = true;
    button.setAttribute("aria-busy", "true");
    const batch = this.total > 1 || Boolean(this.items);
    try {
      this.keep();
      const order = await this.complete(this.order);
      const made = await post(batch ? "batches" : "jobs", order, { key: this.key });
      this.key = freshKey();
      document.dispatchEvent(new CustomEvent("submitted", { detail: batch ? { batch: made } : { job: made } }));
    } catch (problem) {
      this.show(problem);
    } finally {
      this.busy = false;
      button.removeAttribute("aria-busy");
    }
  }

  /** The same inputs with some changed, at once: a variation. */
  again(changes) {
    if (changes.fill) this.fill(changes.fill);
    for (const field of this.querySelectorAll("seed-field")) if (changes.otherSeed) field.value = null;
    this.key = freshKey();
    this.submit();
  }

  clearErrors() {
    for (const field of this.fields) field.error = "";
    this.problem("");
  }

  show(problem) {
    let first = null;
    const left = [];
    for (const error of problem.errors ?? []) {
      const loc = [error.loc].flat().map(String);
      const field = this.fields.find((each) => loc.includes(each.name) || loc.includes(each.dataset.pair));
      if (field) {
        field.error = error.msg;
        first ??= field;
        field.closest("details")?.setAttribute("open", "");
      } else left.push(error.msg);
    }
    this.problem(first && !left.length ? say("wrong_inputs") : left[0] ?? problem.message, problem);
    first?.querySelector("textarea, input, select")?.focus();
  }

  problem(words, problem = null) {
    const note = this.querySelector("[data-problem]");
    note.hidden = !words;
    if (!words) {
      note.replaceChildren();
      return;
    }
    const way = problem?.status === 422 && String(problem.type).includes("model") ? h("a", { class: "link", href: "/models/" }, say("install_model")) : null;
    note.replaceChildren(icon("warn"), h("span", {}, words, way ? " " : "", way ?? ""));
  }

  /** What a picture says of how it was made, as far as the person wants it; whether they wanted any. */
  async takeCarried(carried, name) {
    const values = await askCarried(carried, name);
    if (!values || !Object.keys(values).length) return false;
    this.fill(values);
    toast(say("carried_done", { name }));
    return true;
  }

  async takeFiles(files) {
    for (const file of files) {
      const medium = file.type.startsWith("image/") ? "image" : file.type.startsWith("audio/") ? "music" : file.type.startsWith("video/") ? "video" : "text";
      const places = this.fields.filter((field) => field.matches("asset-field, mask-field") && field.dataset.medium === medium);
      const place = places.find((field) => !field.value) ?? places[0];
      const carried = medium === "image" && this.prompt ? await readCarried(file, page.tool.name) : null;
      const filledIn = carried ? await this.takeCarried(carried, file.name) : false;
      // Who wanted its words did not ask for the picture itself to lead the drawing.
      if (filledIn && place && !("required" in place.dataset)) continue;
      if (!place) {
        if (carried) continue;
        toast(say("no_place", { medium }), { wrong: true });
        continue;
      }
      const asset = await upload(file, page.team);
      if (asset) {
        place.value = asset.id;
        place.changed();
        place.closest("details")?.setAttribute("open", "");
      }
    }
  }
}

customElements.define("create-form", CreateForm);
