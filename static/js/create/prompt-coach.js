// <prompt-coach>: rules beside the prompt, never in the way. One sentence and one way on.

import { h, icon } from "../dom.js";
import { say } from "../words.js";

const VAGUE = /\b(nice|cool|good|beautiful|amazing|awesome|stuff|something|interesting|great|pretty)\b/i;
const LIGHT = /\b(light|sun|sunset|sunrise|dawn|dusk|night|noon|moon|lamp|lit|shadow|fog|mist|rain|storm|snow|golden|morning|evening|winter|summer|autumn|spring)\w*/i;
const PLACE = /\b(in|on|at|over|under|beside|near|behind|between|inside|above|below|against|through|by)\b/i;
const AUDIENCE = /\b(for|to) (my|a|an|the|our|children|kids|people|readers|customers|everyone|someone|beginners|friends?)\b|\b(tone|voice|style|formal|friendly|plain|funny|serious|as (a|an|if))\b/i;
const LENGTH = /\b\d+\b|\b(one|two|three|four|five|six|ten|twenty|short|brief|long|paragraphs?|sentences?|words?|lines?|list|letter|poem|haiku|title|headline)\b/i;
const LEADING = /\b(don['’]?t you (think|agree)|isn['’]?t it|why is .+ (better|best|worse|worst)|obviously|of course|surely)\b/i;
const SHORT_IMAGE = 4;
const SHORT_TEXT = 5;

const wordsOf = (text) => text.trim().split(/\s+/).filter(Boolean);

/** Wishes in one text prompt: sentences that begin with an order, joined by "and also", "then". */
function wishes(text) {
  const orders = text.split(/[.!?\n;]+|\band (?:also|then)\b/i).filter((part) => /^\s*(write|make|create|give|list|explain|translate|summari[sz]e|tell|draw|compare|suggest|describe)\b/i.test(part));
  return orders.length;
}

/** {checks: [{key, good}], ask: {sentence, offer?}}: what the coach says of a prompt for a medium. */
export function judge(text, medium) {
  const words = wordsOf(text);
  const vague = text.match(VAGUE);
  const checks = [];
  let ask = null;
  const check = (key, good, sentence, offer = "") => {
    checks.push({ key, good });
    if (!good && !ask) ask = { sentence, offer };
  };
  if (medium === "text") {
    check("coach_precise", !vague && words.length >= SHORT_TEXT, vague ? say("coach_vague", { word: vague[0] }) : say("coach_short_text"));
    check("coach_context", AUDIENCE.test(text), say("coach_context_text"), say("coach_add_tone"));
    check("coach_length", LENGTH.test(text), say("coach_length_text"), say("coach_add_length"));
    const n = wishes(text);
    check("coach_idea", n < 3, say("coach_ideas_text", { n }));
    if (LEADING.test(text)) check("coach_leading", false, say("coach_leading_text"));
  } else {
    check("coach_precise", !vague && words.length >= SHORT_IMAGE, vague ? say("coach_vague", { word: vague[0] }) : say("coach_short"));
    check("coach_context", LIGHT.test(text) || PLACE.test(text), say("coach_context_image"), say("coach_add_light"));
    check("coach_idea", words.length <= 60, say("coach_ideas_text", { n: Math.ceil(words.length / 30) }));
  }
  return { checks, ask };
}

class PromptCoach extends HTMLElement {
  connectedCallback() {
    this.form = this.closest("form");
    this.field = this.form.querySelector("prompt-field");
    let timer = 0;
    this.field?.addEventListener("field-change", () => {
      clearTimeout(timer);
      timer = setTimeout(() => this.look(), 500);
    });
    this.look();
  }

  look() {
    const text = this.field?.value ?? "";
    this.hidden = text.trim().length < 3;
    if (this.hidden) return;
    const { checks, ask } = judge(text, this.dataset.medium);
    const list = h("ul", {}, checks.map(({ key, good }) => h("li", { class: good ? "" : "ask" }, icon(good ? "check" : "info"), say(key))));
    const line = h("p", {}, ask ? ask.sentence : say("coach_good"));
    if (ask?.offer) {
      line.append(" ", h("button", {
        type: "button", class: "link", onclick: () => {
          this.field.value = `${text.trim().replace(/[.,;]$/, "")}, ${ask.offer}`;
          this.field.changed();
          this.look();
          this.field.area.focus();
        },
      }, say("coach_try", { words: ask.offer })));
    }
    const seen = list.textContent + line.textContent;
    if (seen === this.seen) return;
    this.seen = seen;
    this.replaceChildren(icon("coach"), list, line);
  }
}

customElements.define("prompt-coach", PromptCoach);
