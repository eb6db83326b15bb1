// <asset-page>: rate, tag, rename, copy, delete with undo; what the job says of time and energy.

import { api, patch, post, remove } from "./api.js";
import { calm, h, icon } from "./dom.js";
import { number, say, time } from "./words.js";
import { copy } from "./copy-text.js";
import { toast } from "./frame/toast-list.js";
import { drawPlaceholders } from "./gallery/thumbhash.js";

class AssetPage extends HTMLElement {
  connectedCallback() {
    this.asset = this.dataset.asset;
    drawPlaceholders(this);
    this.wireRating();
    this.wireTitle();
    this.wireTags();
    this.wireCopies();
    this.wireBin();
    this.tellJob();
    const heard = calm(() => this.drawAgain(), 150, 600);
    document.addEventListener("team-event", ({ detail }) => {
      if (detail.kind !== "asset" || !(detail.assets ?? [detail.asset]).includes(this.asset)) return;
      if (detail.deleted === undefined) heard();
      else if (!this.mine) toast(say(detail.deleted ? "gone_meanwhile" : "back_meanwhile"), { action: say("reload"), onaction: () => location.reload() });
    });
    document.addEventListener("keydown", (event) => {
      if (event.target.closest("input, textarea, select, audio, video, [tabindex='0'].scroll") || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
      if (event.key === "ArrowLeft") document.getElementById("newer")?.click();
      else if (event.key === "ArrowRight") document.getElementById("older")?.click();
      else if (/^[1-5]$/.test(event.key)) this.rate(Number(event.key));
      else if (event.key === "e") this.querySelector(".about .btn.main")?.click();
    });
  }

  wireRating() {
    this.stars = [...this.querySelectorAll(".star")];
    this.mark(Number(this.querySelector(".rating")?.dataset.rating ?? 0));
    this.querySelector(".rating")?.addEventListener("click", (event) => {
      const star = event.target.closest(".star");
      if (star) this.rate(Number(star.dataset.rate));
    });
  }

  mark(n) {
    this.rating = n;
    for (const star of this.stars) {
      const own = Number(star.dataset.rate);
      star.classList.toggle("on", own <= n);
      star.setAttribute("aria-pressed", String(own === n));
    }
  }

  async rate(n) {
    if (this.stars[0]?.disabled) return;
    const before = this.rating;
    this.mark(n);
    try {
      await patch(`assets/${this.asset}`, { rating: n });
    } catch (error) {
      this.mark(before);
      toast(error.message, { wrong: true });
    }
  }

  /** Somebody else, or another tab, may have rated, named or tagged it. What is being written stays. */
  async drawAgain() {
    const asset = await api(`assets/${this.asset}`).catch(() => null);
    if (!asset) return;
    this.mark(asset.rating.own ?? 0);
    const rating = this.querySelector(".rating");
    rating?.querySelector(".small-print")?.remove();
    if (asset.rating.n > 1) rating?.append(h("span", { class: "faint small-print" }, say("rated_by", { mean: number(asset.rating.mean), n: asset.rating.n })));
    const title = this.querySelector("#title");
    if (title && document.activeElement !== title) title.value = this.kept = asset.title;
    if (asset.title) {
      document.title = asset.title;
      for (const name of document.querySelectorAll(title ? ".crumbs > .cut" : ".crumbs > .cut, .about h1.title")) name.textContent = asset.title;
    }
    const place = this.querySelector(".tags");
    if (place && !place.contains(document.activeElement)) {
      for (const chip of place.querySelectorAll("[data-tag]")) if (!asset.tags.includes(chip.dataset.tag)) chip.remove();
      for (const tag of asset.tags) if (!this.tags.includes(tag)) place.insertBefore(this.chip(tag), place.querySelector("form"));
    }
  }

  chip(tag) {
    return h("span", { class: "chip", "data-tag": tag }, h("a", { href: `/gallery/?tag=${encodeURIComponent(tag)}` }, tag),
      this.querySelector(".tags form") && h("button", { type: "button", class: "off", "aria-label": say("remove_tag", { name: tag }) }, icon("x")));
  }

  wireTitle() {
    const title = this.querySelector("#title");
    if (!title) return;
    this.kept = title.value;
    title.addEventListener("keydown", (event) => {
      if (event.key === "Enter") {
        event.preventDefault();
        title.blur();
      } else if (event.key === "Escape") {
        title.value = this.kept;
        title.blur();
      }
    });
    title.addEventListener("blur", async () => {
      const now = title.value.replace(/\s+/g, " ").trim();
      if (now === this.kept) return;
      try {
        await patch(`assets/${this.asset}`, { title: now });
        this.kept = now;
        toast(say("saved"));
        if (now) document.title = now;
      } catch (error) {
        toast(error.message, { wrong: true });
      }
    });
  }

  get tags() { return [...this.querySelectorAll(".tags [data-tag]")].map((chip) => chip.dataset.tag); }

  wireTags() {
    const place = this.querySelector(".tags");
    place?.addEventListener("click", async (event) => {
      const off = event.target.closest(".off");
      if (!off) return;
      const chip = off.closest("[data-tag]");
      await patch(`assets/${this.asset}`, { tags: this.tags.filter((tag) => tag !== chip.dataset.tag) });
      chip.remove();
      place.querySelector("input")?.focus();
    });
    place?.querySelector("form")?.addEventListener("submit", async (event) => {
      event.preventDefault();
      const input = event.target.elements.tag;
      const tag = input.value.trim();
      if (!tag || this.tags.includes(tag)) return;
      try {
        await patch(`assets/${this.asset}`, { tags: [...this.tags, tag] });
      } catch (error) {
        toast(error.message, { wrong: true });
        return;
      }
      input.value = "";
      if (!this.tags.includes(tag)) event.target.before(this.chip(tag));
    });
  }

  wireCopies() {
    this.addEventListener("click", (event) => {
      const button = event.target.closest("[data-copies]");
      if (!button) return;
      if (button.dataset.copies === "prompt") copy(this.querySelector("#prompt").textContent);
      else if (button.dataset.copies === "written") copy(this.querySelector("#written").content.textContent);
      else this.copyPicture();
    });
  }

  async copyPicture() {
    const img = this.querySelector(".big img");
    try {
      const canvas = new OffscreenCanvas(img.naturalWidth, img.naturalHeight);
      canvas.getContext("2d").drawImage(img, 0, 0);
      await navigator.clipboard.write([new ClipboardItem({ "image/png": await canvas.convertToBlob({ type: "image/png" }) })]);
      toast(say("copied"));
    } catch {
      await copy(new URL(img.getAttribute("src"), location.href).href);
    }
  }

  wireBin() {
    this.querySelector('[data-do="download-as"]')?.addEventListener("click", async () => (await import("./download-as.js")).downloadAs({ id: this.asset }));
    this.querySelector('[data-do="send"]')?.addEventListener("click", async ({ currentTarget }) => {
      const { openSend } = await import("./gallery/send.js");
      openSend({ ids: [this.asset], here: this.dataset.team, mayMove: "mayMove" in currentTarget.dataset, onback: () => location.reload() });
    });
    this.querySelector('[data-do="delete"]')?.addEventListener("click", async ({ currentTarget }) => {
      currentTarget.disabled = true;
      this.mine = true; // the team's word about it is no news here
      try {
        await remove(`assets/${this.asset}`);
      } catch (error) {
        currentTarget.disabled = false;
        toast(error.message, { wrong: true });
        return;
      }
      toast(say("binned"), { action: say("undo"), onaction: async () => { await post(`assets/${this.asset}/restore`, {}); location.reload(); } });
    });
    this.querySelector('[data-do="restore"]')?.addEventListener("click", async () => {
      await post(`assets/${this.asset}/restore`, {});
      location.reload();
    });
  }

  /** Time and energy are the job's to tell; a job that is gone tells nothing. */
  async tellJob() {
    const row = this.querySelector("[data-job]");
    if (!row) return;
    let job;
    try {
      job = await api(`jobs/${row.dataset.job}`);
    } catch {
      return;
    }
    if (job.run_s) row.querySelector("[data-run]").textContent = `, ${job.run_s < 10 ? say("seconds", { n: number(Math.round(job.run_s * 10) / 10) }) : time(job.run_s)}`;
    if (job.energy_wh) {
      const energy = this.querySelector("[data-energy]");
      energy.hidden = false;
      const words = new Intl.NumberFormat(document.documentElement.lang, { maximumSignificantDigits: 2 }).format(job.energy_wh);
      energy.querySelector("dd").textContent = `${words} Wh`;
    }
  }
}

customElements.define("asset-page", AssetPage);
