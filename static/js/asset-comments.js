// <asset-comments>: what people say of an asset, on its own page. A comment may be pinned to a place in the picture, to
// where the player stands, to bars, or to words of a text, which is shown as it is stored meanwhile.

import { h, handed } from "./dom.js";
import { say } from "./words.js";
import { linesOf } from "./text/offsets.js";
import { Notes } from "./review/notes.js";
import { Stage } from "./review/stage.js";

/** The page's own picture or player as the stage: places lie above it, and are chosen while `choosing`. */
class Beside extends Stage {
  show(asset) {
    this.asset = asset;
    this.shownPins = [];
    const work = this.element;
    if (asset.medium === "image") {
      this.layer = h("div", { class: "pins" });
      this.frame = h("div", { class: "places", role: "application", "aria-label": `${asset.title || ""} ${say("place_hint")}`, dataset: { keys: "" } }, this.layer);
      work.querySelector(".big")?.append(this.frame);
      this.lay(work.querySelector(".pic"));
      this.wirePicture();
    } else if (asset.medium === "text") {
      this.formed = work.querySelector(".written"); // Markdown, where places are not those of the file
      this.wireText(linesOf(document.getElementById("written").content.textContent), "sheet plain");
      this.frame.hidden = true;
      this.formed.after(this.frame);
    } else {
      this.player = work.querySelector("audio, video");
      this.layer = h("div", { class: "spans" });
      work.querySelector(".big")?.after(this.layer);
    }
  }

  /** Keep the layer where the picture is. */
  lay(picture) {
    const place = () => {
      const [box, around] = [picture.getBoundingClientRect(), this.frame.offsetParent?.getBoundingClientRect()];
      if (!around) return;
      Object.assign(this.frame.style, {
        left: `${box.left - around.left}px`, top: `${box.top - around.top}px`, width: `${box.width}px`, height: `${box.height}px`,
      });
    };
    new ResizeObserver(place).observe(picture);
    addEventListener("resize", place);
    place();
  }

  /** Whether a click or a drag in the picture chooses a place now, instead of opening it. */
  set choosing(on) {
    if (!this.frame) return;
    if (this.formed) {
      this.formed.hidden = on;
      this.frame.hidden = !on;
      if (on) this.frame.focus();
      return;
    }
    this.frame.toggleAttribute("data-choosing", on);
    if (on) {
      this.frame.tabIndex = 0;
      this.frame.focus();
    } else this.frame.removeAttribute("tabindex");
  }
}

class AssetNotes extends Notes {
  build() {
    const threads = this.list.map((each, at) => this.thread(each, at + 1));
    this.element.replaceChildren(
      ...(threads.length || this.pin !== undefined ? threads : [h("p", { class: "quiet" }, say("none_yet"))]),
      this.pin !== undefined ? this.writing() : "");
    this.stage.pins(this.list.map((each, at) => ({ id: each.id, number: at + 1, pin: each.pin, done: Boolean(each.resolved_at) })));
  }
}

class AssetComments extends HTMLElement {
  async connectedCallback() {
    const { asset, may, me } = handed("comments");
    const section = this.closest("section");
    const pinning = section.querySelector('[data-comments="place"]');
    const choose = (on) => {
      stage.choosing = on;
      pinning?.setAttribute("aria-pressed", String(on));
    };
    const stage = new Beside(document.querySelector(".asset-work"), {
      onpin: (pin) => {
        if (asset.medium !== "text") choose(false); // the words stay marked while one writes
        notes.begin(pin);
      },
    });
    const notes = new AssetNotes(this, {
      me, may, review: null, stage, says: (words) => { section.querySelector("[data-says]").textContent = words; },
    });
    stage.show(asset);
    section.querySelector('[data-comments="whole"]')?.addEventListener("click", () => notes.begin(null));
    pinning?.addEventListener("click", () => choose(pinning.getAttribute("aria-pressed") !== "true"));
    document.addEventListener("keydown", (event) => { if (event.key === "Escape") choose(false); });
    document.addEventListener("team-event", ({ detail }) => { if (detail.kind === "review" && detail.comment) notes.refresh(); });
    await notes.show(asset);
    const named = location.hash.startsWith("#comment-") ? document.getElementById(location.hash.slice(1)) : null;
    named?.scrollIntoView({ block: "center" });
  }
}

customElements.define("asset-comments", AssetComments);
