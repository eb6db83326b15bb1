// "Download as": a picture in another format or size, with or without its prompt. A plain form: the browser downloads.

import { h, icon } from "./dom.js";
import { say } from "./words.js";

const FORMATS = ["png", "jpeg", "webp", "avif"];
const SIDES = [0, 4096, 2048, 1024, 512];

/** Open the dialog for one asset. */
export function downloadAs(asset) {
  const radio = (format, at) => h("label", { class: "tick" }, h("input", { type: "radio", name: "format", value: format, checked: at === 0 }), format === "jpeg" ? "JPEG" : format === "webp" ? "WebP" : format.toUpperCase());
  const quality = h("input", { class: "input", type: "number", name: "quality", min: 1, max: 100, value: 90, disabled: true });
  const side = h("select", { class: "input", name: "side" }, SIDES.map((px) => h("option", { value: px }, px ? say("side_at_most", { px }) : say("side_as_is"))));
  const tick = (name, key, help) => h("label", { class: "tick" }, h("input", { type: "checkbox", name, value: "true" }), h("span", {}, say(key), h("small", { class: "faint" }, ` ${say(help)}`)));
  const form = h("form", { class: "form", method: "get", action: `/api/v1/assets/${asset.id}/export` },
    h("fieldset", { class: "label" }, h("legend", {}, say("format")), h("span", { class: "ticks" }, FORMATS.map(radio))),
    h("div", { class: "pair" }, h("label", { class: "label" }, say("quality"), quality), h("label", { class: "label" }, say("side_longest"), side)),
    h("fieldset", { class: "label" }, h("legend", {}, say("in_the_file")),
      tick("prompt", "write_prompt", "write_prompt_help"), tick("parameters", "write_parameters", "write_parameters_help")),
    h("p", { class: "btns end" }, h("button", { type: "button", class: "btn bare", onclick: () => dialog.close() }, say("close")), h("button", { type: "submit", class: "btn main" }, icon("download"), say("download"))));
  const dialog = h("dialog", { class: "dialog", "aria-labelledby": "download-as-name" }, h("h2", { id: "download-as-name" }, say("download_as")), form);
  form.addEventListener("change", () => { quality.disabled = form.elements.format.value === "png"; });
  form.addEventListener("submit", () => setTimeout(() => dialog.close(), 0));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
