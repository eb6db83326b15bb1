// Draws one asset large, and the ways on from it.

import { api } from "../api.js";
import { h, icon, vars } from "../dom.js";
import { say } from "../words.js";
import { toast } from "../frame/toast-list.js";
import { page } from "./page.js";

/** The asset as an element; a picture keeps its place before it is there. */
export async function drawAsset(asset) {
  const name = asset.title || asset.prompt || say(`medium_${asset.medium}`);
  const href = `/assets/${asset.id}/`;
  if (asset.medium === "image") {
    const picture = h("img", { src: asset.urls?.preview ?? asset.urls?.content, alt: name, width: asset.width, height: asset.height, decoding: "async" });
    return vars(h("a", { class: "pic", href }, picture), { ar: asset.width && asset.height ? asset.width / asset.height : 1 });
  }
  if (asset.medium === "video") {
    const film = h("video", { src: asset.urls?.content, poster: asset.urls?.thumbnail, controls: true, loop: true, playsinline: true, "aria-label": name });
    return vars(h("div", { class: "pic" }, film), { ar: asset.width && asset.height ? asset.width / asset.height : 16 / 9 });
  }
  if (asset.medium === "text") {
    const [{ showMarkdown }, text] = await Promise.all([import("../markdown.js"), fetchText(asset)]);
    const page = h("article", { class: "page-of-text prose written", tabindex: "0" });
    showMarkdown(page, text);
    return page;
  }
  return h("div", { class: "sound" }, icon(asset.medium), h("p", {}, name), h("audio", { src: asset.urls?.content, controls: true, "aria-label": name }));
}

async function fetchText(asset) {
  const answer = await fetch(asset.urls?.content ?? `/api/v1/assets/${asset.id}/content`, { credentials: "same-origin" });
  return answer.ok ? answer.text() : "";
}

/** The toolbar under it: Use, Edit, Vary, Revise, Copy, Download, Open. */
export function actionsFor(asset) {
  const facts = asset.facts ?? {};
  const bar = h("div", { class: "actions", role: "toolbar", "aria-label": say("go_on") });
  const button = (key, sign, onclick) => h("button", { type: "button", class: "btn", onclick }, icon(sign), say(key));
  const link = (key, sign, href, extra = {}) => h("a", { class: "btn", href, ...extra }, icon(sign), say(key));
  const uses = page.uses?.[asset.medium] ?? [];
  if (uses.length) {
    bar.append(h("details", { class: "pick-menu use" }, h("summary", { class: "btn" }, icon("use"), say("use")),
      h("div", { class: "menu" }, uses.map((each) => h("a", { href: `${each.path}?use=${asset.id}` }, icon(each.icon), each.label)))));
  }
  if (asset.medium === "image") bar.append(link("edit", "edit", `/canvas/${asset.id}/`));
  const offered = facts.tool && facts.tool !== "text.chat";
  if (facts.tool === page.tool?.name && "seed" in (facts.inputs ?? {})) {
    bar.append(button("vary", "vary", () => {
      const fill = { ...(facts.inputs ?? {}) };
      document.dispatchEvent(new CustomEvent("create-again", { detail: { fill, otherSeed: true } }));
    }));
  }
  if (offered) bar.append(link("revise", "revise", `/create/${facts.tool}/?from=${asset.id}`));
  bar.append(h("span", { class: "gap" }));
  if (asset.medium === "text") {
    bar.append(button("copy", "copy", async () => {
      await navigator.clipboard.writeText(await fetchText(asset));
      toast(say("copied"));
    }));
  }
  if (asset.medium === "image") bar.append(button("download_as", "download", async () => (await import("../download-as.js")).downloadAs(asset)));
  bar.append(link("download", "download", asset.urls?.content ?? `/api/v1/assets/${asset.id}/content`, { download: "" }), link("open", "expand", `/assets/${asset.id}/`));
  return bar;
}

/** A small tile for the strip. */
export function tileOf(asset) {
  const name = asset.title || asset.prompt || say(`medium_${asset.medium}`);
  const attributes = { href: `/assets/${asset.id}/`, "data-asset": asset.id };
  if (asset.medium === "image" || asset.medium === "video") {
    return h("a", { class: "pic", ...attributes }, h("img", { src: asset.urls?.thumbnail ?? asset.thumbnail, alt: name, width: asset.width, height: asset.height }));
  }
  if (asset.medium === "text") return h("a", { class: "card", ...attributes }, asset.words ? [h("span", { class: "vh" }, name), " ", asset.words] : name);
  return h("a", { class: "card tune", "aria-label": name, ...attributes }, icon(asset.medium));
}

export const loadAsset = (id) => api(`assets/${id}`);
