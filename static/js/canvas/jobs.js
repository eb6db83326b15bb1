// Jobs on the picture: what they are given, how far they are, and what they have made, until it is taken or left.
//
// A run is the jobs asked for of one picture and mask: {under, place, expands, replaces, stencil, jobs, shown}.
// `under`: what the picture was (see layers.keyOf); `place`: where results lie; `replaces`: a result is a new picture, no
// layer; `stencil`: the part that a result may show. A job: {id, state, starts_at, idle, step, total, eta, asset, message};
// it outlives a reload. Event "run": something of it has changed.

import { api, post } from "../api.js";
import { Feed } from "../feed.js";
import { say } from "../words.js";
import { NONE, expanded, expands } from "./geometry.js";
import { begin, keyOf, layerOf, pngOf, withLayers } from "./layers.js";
import { cutOut } from "./painter.js";
import { fetchPicture } from "./pictures.js";

const FINAL = new Set(["succeeded", "failed", "cancelled"]);
const MOST = 12; // of a batch that are looked at here; the gallery has them all

const fits = (picture, place) => picture.width === place.w && picture.height === place.h;

/** Send a file as an asset; `parent`: what it was made from by hand. */
async function send(file, { team, parent = null, listed = false, title = "" }) {
  const form = new FormData();
  form.append("file", file);
  if (team) form.append("team", team);
  if (parent) form.append("parent", parent);
  form.append("listed", String(listed));
  if (title) form.append("title", title);
  return post("assets", form);
}

export class Jobs extends EventTarget {
  #feeds = new Map();
  #pictures = new Map(); // by job: what it has made, or its latest preview

  constructor(work, { team, limit }) {
    super();
    this.work = work;
    this.team = team;
    this.limit = limit;
  }

  get run() {
    return this.work.run;
  }

  /** The asset that holds the picture; it is sent where there is none. */
  async picture() {
    const { work } = this;
    if (work.flatAsset) return work.flatAsset;
    const state = work.state;
    const sent = await send(await pngOf(work.flat, "canvas.png"), { team: this.team, parent: work.asset.id, title: work.asset.title });
    work.learn(sent.id, state);
    return sent.id;
  }

  /** The asset that holds the mask, or null where it is empty. */
  async mask() {
    const { work } = this;
    if (!work.mask.bounds()) return null;
    if (!work.maskAsset) {
      const file = await pngOf(work.mask.grey(), "mask.png");
      work.maskAsset = (await send(file, { team: this.team, title: say("mask") })).id;
    }
    return work.maskAsset;
  }

  /** Keep the picture in the gallery, as a child of the one that was opened. */
  async save(title) {
    const { work } = this;
    const state = work.state;
    const sent = await send(await pngOf(work.flat, "canvas.png"), { team: this.team, parent: work.asset.id, listed: true, title });
    work.learn(sent.id, state);
    return sent;
  }

  /** What a run about to be asked for is about. */
  about({ replaces = false } = {}) {
    const { state, mask } = this.work;
    const grows = !replaces && expands(state.expand);
    return {
      under: keyOf(state), replaces, expands: grows,
      place: grows ? expanded(state.rect, state.expand) : state.rect,
      stencil: replaces || grows ? null : mask.stencil(),
    };
  }

  /** Jobs have been asked for: follow them. The same picture and mask again adds to the run. */
  begin(about, jobs) {
    const asked = (run) => run && JSON.stringify([run.under, run.place, run.replaces, run.stencil]);
    if (asked(this.run) !== asked(about)) {
      this.#leave();
      this.work.run = { ...about, jobs: [], shown: 0 };
    }
    const { run } = this;
    run.shown = run.jobs.length;
    for (const job of jobs.slice(0, MOST)) {
      run.jobs.push({ id: job.id, state: job.state, starts_at: job.starts_at, idle: job.idle, name: job.inputs?.prompt || job.title || "" });
      this.#follow(run.jobs.at(-1));
    }
    this.#tell();
  }

  /** A run that was left by a reload. */
  resume() {
    for (const job of this.run?.jobs ?? []) {
      if (FINAL.has(job.state)) this.#fetch(job);
      else this.#follow(job);
    }
    if (this.run) this.#tell();
  }

  #tell() {
    this.work.keepSoon();
    this.dispatchEvent(new CustomEvent("run"));
  }

  #follow(job) {
    if (FINAL.has(job.state)) {
      this.#end(job);
      return;
    }
    let attempt = 0;
    this.#feeds.set(job.id, new Feed("jobs", job.id, {
      onevent: (event) => {
        if (event.attempt && event.attempt < attempt) return;
        attempt = event.attempt ?? attempt;
        if (event.kind === "state") job.state = event.state;
        if (event.kind === "progress") Object.assign(job, { step: event.step, total: event.total, eta: event.eta_s ?? null });
        if (FINAL.has(job.state)) this.#end(job);
        else this.#tell();
      },
      onpreview: async (header, blob) => {
        if (header.attempt < attempt || FINAL.has(job.state)) return;
        const picture = await createImageBitmap(blob);
        if (FINAL.has(job.state) || !this.#feeds.has(job.id)) picture.close();
        else this.#show(job, picture);
      },
      onreset: () => this.#end(job),
    }));
  }

  #show(job, picture) {
    const old = this.#pictures.get(job.id);
    this.#pictures.set(job.id, picture);
    this.#tell();
    old?.close?.();
  }

  async #end(job) {
    this.#feeds.get(job.id)?.close();
    this.#feeds.delete(job.id);
    try {
      const now = await api(`jobs/${job.id}`);
      if (!FINAL.has(now.state)) {
        job.state = now.state;
        this.#follow(job);
        return;
      }
      Object.assign(job, { state: now.state, asset: now.assets?.[0]?.id, seed: now.inputs?.seed, message: now.error?.message });
    } catch (problem) {
      Object.assign(job, { state: "failed", message: problem.message });
    }
    await this.#fetch(job);
  }

  async #fetch(job) {
    if (job.asset) {
      try {
        this.#show(job, await fetchPicture(job.asset));
        return;
      } catch (problem) {
        Object.assign(job, { state: "failed", asset: null, message: problem.message });
      }
    }
    this.#tell();
  }

  // ------------------------------------------------------------ looking, taking, leaving

  /** The job that is looked at. */
  get job() {
    return this.run?.jobs[this.run.shown] ?? null;
  }

  of(job) {
    return this.#pictures.get(job.id);
  }

  /** Jobs whose results can be taken. */
  get made() {
    return (this.run?.jobs ?? []).filter((job) => job.asset && this.of(job));
  }

  get running() {
    return (this.run?.jobs ?? []).filter((job) => !FINAL.has(job.state));
  }

  /** Whether something is made now or next: what waits for a time, or for the studio to be idle, is not. */
  get busy() {
    return this.running.some((job) => job.state === "running" || !(job.starts_at || job.idle));
  }

  show(at) {
    const { run } = this;
    if (!run) return;
    run.shown = (at + run.jobs.length) % run.jobs.length;
    this.#tell();
  }

  async stop() {
    await Promise.all(this.running.map((job) => post(`jobs/${job.id}/cancel`, {})));
  }

  /** A result as a layer, {layer, pixels}: only what the stencil leaves of it. */
  #layer(job) {
    const { stencil, place, replaces } = this.run;
    const picture = this.of(job);
    const asset = { id: job.asset, width: picture.width, height: picture.height };
    const name = job.name || say("result");
    if (replaces) return { layer: begin(asset, name).layers[0], pixels: picture };
    const layer = layerOf(asset, name, place);
    if (!stencil && fits(picture, place)) return { layer, pixels: picture };
    const pixels = cutOut(picture, stencil ?? { ...place, data: 255 }, place);
    const { x, y } = stencil ?? place;
    return { layer: { ...layer, x, y, w: pixels.width, h: pixels.height, whole: false }, pixels };
  }

  /** Take what is looked at: as a layer, or as the new picture. With `all` each result is a layer, and those that are not
   * looked at are hidden below it. Resolves to false where it is too large to work on. */
  async accept({ all = false } = {}) {
    const { run, job, work } = this;
    const picture = this.of(job);
    if (Math.max(picture.width, picture.height) > this.limit) return false;
    const taken = [...(all ? this.made.filter((each) => each !== job) : []), job].map((each) => this.#layer(each));
    for (const { layer } of taken.slice(0, -1)) layer.visible = false;
    const layers = taken.map(({ layer }) => layer);
    let state;
    if (run.replaces) state = { ...begin({ id: job.asset, width: picture.width, height: picture.height }, ""), layers };
    else {
      state = withLayers(work.state, (under) => [...under, ...layers]);
      if (run.expands) state = { ...state, rect: run.place, expand: NONE };
    }
    const exact = run.replaces || (fits(picture, run.place) && keyOf(work.state) === run.under);
    for (const { layer, pixels } of taken) await work.pictures.add(layer, pixels);
    this.#leave(taken.map(({ pixels }) => pixels));
    work.change(state, { clear: true });
    if (exact) work.learn(job.asset, work.state);
    this.#tell();
    return true;
  }

  /** Leave all of it; what was made stays in the gallery. */
  async discard() {
    const stopping = this.stop();
    this.#leave();
    this.#tell();
    await stopping;
  }

  #leave(but = []) {
    for (const feed of this.#feeds.values()) feed.close();
    for (const picture of this.#pictures.values()) if (!but.includes(picture)) picture.close?.();
    this.#feeds.clear();
    this.#pictures.clear();
    this.work.run = null;
  }
}
