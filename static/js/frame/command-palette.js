// <command-palette>: reaches every page, tool and recent asset. Arrows choose, Enter opens.

import { api } from "../api.js";
import { calm, h, handed, icon } from "../dom.js";
import { say } from "../words.js";
import { setTheme } from "./theme-switch.js";

const SHOWN = 6;

class CommandPalette extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input");
    this.list = this.querySelector('[role="listbox"]');
    this.search = calm(() => this.find(), 160);
    this.input.addEventListener("input", () => { this.draw([]); this.search(); });
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.list.addEventListener("click", (event) => {
      const option = event.target.closest('[role="option"]');
      if (option) this.run(option);
    });
    this.addEventListener("opened", () => {
      this.input.value = "";
      this.input.focus();
      this.draw([]);
      this.find();
    });
  }

  /** What can be opened without asking the studio: tools and pages, by the words typed. */
  known() {
    const tools = (handed("palette-places") ?? []).map((place) => ({ group: "found_tools", ...place }));
    const rooms = [...document.querySelectorAll(".rail > a:not(.mark)")].map((room) => ({
      path: room.getAttribute("href"), label: room.textContent.trim(), icon: room.querySelector("use")?.getAttribute("href").split("#")[1] ?? "right", group: "found_pages",
    }));
    const themes = [["dark", "moon"], ["light", "sun"], ["system", "sliders"]].map(([theme, sign]) => ({ label: say(`theme_${theme}`), icon: sign, group: "found_pages", run: () => setTheme(theme) }));
    const words = this.input.value.trim().toLowerCase();
    const all = [...tools, ...rooms, ...themes];
    return words ? all.filter((place) => `${place.label} ${place.about ?? ""}`.toLowerCase().includes(words)) : all;
  }

  async find() {
    const words = this.input.value.trim();
    this.wanted = words;
    try {
      const team = document.documentElement.dataset.team;
      const page = await api(`assets?limit=${SHOWN}&listed=true${team ? `&team=${team}` : ""}${words ? `&q=${encodeURIComponent(words)}` : ""}`);
      if (this.wanted !== words) return;
      this.draw(page.items.map((asset) => ({
        path: `/assets/${asset.id}/`, label: asset.title || asset.prompt || asset.id, icon: asset.medium, group: "found_assets",
        picture: asset.medium === "image" ? asset.urls?.thumbnail : null,
      })));
    } catch {
      // without the studio's answer, pages and tools can still be reached
    }
  }

  draw(assets) {
    this.entries = [...assets, ...this.known()];
    const out = [];
    let group = "";
    this.entries.forEach((entry, at) => {
      if (entry.group !== group) {
        group = entry.group;
        out.push(h("h3", { role: "presentation" }, say(group)));
      }
      const name = h("span", {}, ...this.marked(entry.label), entry.about ? h("small", {}, entry.about) : null);
      const sign = entry.picture ? h("span", { class: "pic" }, h("img", { src: entry.picture, alt: "", loading: "lazy" })) : icon(entry.icon);
      out.push(h("div", { role: "option", id: `found-${at}`, "data-at": at, "aria-selected": "false" }, sign, name, h("kbd", { "aria-hidden": "true" }, "Enter")));
    });
    if (!out.length) out.push(h("p", { class: "none" }, say("found_none")));
    this.list.replaceChildren(...out);
    this.choose(0);
  }

  marked(label) {
    const words = this.input.value.trim();
    const at = words ? label.toLowerCase().indexOf(words.toLowerCase()) : -1;
    if (at < 0) return [label];
    return [label.slice(0, at), h("mark", {}, label.slice(at, at + words.length)), label.slice(at + words.length)];
  }

  choose(at) {
    this.at = Math.max(0, Math.min(at, this.entries.length - 1));
    for (const option of this.list.querySelectorAll('[role="option"]')) {
      const chosen = Number(option.dataset.at) === this.at;
      option.setAttribute("aria-selected", String(chosen));
      if (chosen) {
        this.input.setAttribute("aria-activedescendant", option.id);
        option.scrollIntoView({ block: "nearest" });
      }
    }
  }

  key(event) {
    if (event.key === "ArrowDown") this.choose(this.at + 1);
    else if (event.key === "ArrowUp") this.choose(this.at - 1);
    else if (event.key === "Enter") this.run(this.list.querySelector('[aria-selected="true"]'));
    else return;
    event.preventDefault();
  }

  run(option) {
    const entry = option && this.entries[Number(option.dataset.at)];
    if (!entry) return;
    this.closest("dialog").close();
    if (entry.run) entry.run();
    else location.assign(entry.path);
  }
}

customElements.define("command-palette", CommandPalette);
