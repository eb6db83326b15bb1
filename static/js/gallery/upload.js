// Adds files to the gallery: by button, drop and paste, with progress and, where it fails, the reason in words.

import { h, icon, vars } from "../dom.js";
import { say } from "../words.js";

const AT_ONCE = 2;
const waiting = [];
let busy = 0;

/** Wire uploads into `page` (the element that takes drops); rows of progress go into `log`. onadded(asset).
 *  Zips and folders are left to `page.imports` (import.js). */
export function wireUploads(page, log, onadded) {
  const team = document.documentElement.dataset.team;
  const input = h("input", { type: "file", multiple: true, hidden: true, "aria-hidden": "true", tabindex: "-1" });
  page.append(input);
  const add = (files) => {
    files = files.filter((file) => !page.imports?.archive(file));
    for (const file of files) waiting.push({ file, row: rowOf(file, log), team, onadded });
    next();
  };
  input.addEventListener("change", () => {
    add([...input.files]);
    input.value = "";
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-upload]")) input.click();
  });

  let depth = 0;
  const hasFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  addEventListener("dragenter", (event) => {
    if (!hasFiles(event)) return;
    depth += 1;
    page.dataset.over = "";
  });
  addEventListener("dragleave", (event) => {
    if (!hasFiles(event)) return;
    depth = Math.max(0, depth - 1);
    if (!depth) delete page.dataset.over;
  });
  addEventListener("dragover", (event) => { if (hasFiles(event)) event.preventDefault(); });
  addEventListener("drop", (event) => {
    depth = 0;
    delete page.dataset.over;
    if (!hasFiles(event)) return;
    event.preventDefault();
    if (!page.imports?.folders(event.dataTransfer)) add([...event.dataTransfer.files]);
  });
  document.addEventListener("paste", (event) => {
    if (event.target.closest?.("input, textarea")) return;
    const files = [...(event.clipboardData?.files ?? [])];
    if (!files.length) return;
    event.preventDefault();
    add(files);
  });
}

function rowOf(file, log) {
  const words = h("span", {}, say("adding", { name: file.name }));
  const line = h("span", { class: "line", role: "progressbar", "aria-label": file.name, "aria-valuenow": "0" });
  const row = h("div", {}, words, h("span", { class: "end" }), line);
  log.append(row);
  return { row, words, line };
}

function next() {
  while (busy < AT_ONCE && waiting.length) send(waiting.shift());
}

function done({ row }, element, lasting = false) {
  row.replaceChildren(...element);
  if (!lasting) setTimeout(() => row.remove(), 4000);
}

function send(item) {
  const { file, row, team, onadded } = item;
  busy += 1;
  const body = new FormData();
  body.append("file", file, file.name);
  if (team) body.append("team", team);
  const request = new XMLHttpRequest();
  request.open("POST", "/api/v1/assets");
  request.setRequestHeader("X-CSRFToken", document.querySelector('meta[name="csrf"]')?.content ?? "");
  request.setRequestHeader("Accept", "application/json");
  request.upload.addEventListener("progress", ({ loaded, total }) => {
    const percent = Math.round((loaded / total) * 100);
    vars(row.line, { p: percent }).setAttribute("aria-valuenow", String(percent));
  });
  const failed = (reason) => {
    done(row, [
      h("span", { class: "bad" }, say("not_added", { name: file.name, reason })),
      h("span", { class: "btns" },
        h("button", { type: "button", class: "btn small", onclick: () => { row.row.remove(); waiting.push({ ...item, row: rowOf(file, row.row.parentElement ?? document.querySelector(".uploads")) }); next(); } }, say("try_again")),
        h("button", { type: "button", class: "btn bare only small", "aria-label": say("close"), onclick: () => row.row.remove() }, icon("x", "small"))),
    ], true);
  };
  request.addEventListener("loadend", () => {
    busy -= 1;
    if (request.status === 201) {
      const asset = JSON.parse(request.responseText);
      done(row, [h("span", {}, say("added", { name: file.name })), h("a", { class: "link", href: `/assets/${asset.id}/` }, say("open"))]);
      onadded(asset);
    } else if (request.status === 0) failed(say("not_reached"));
    else if (request.status === 413) failed(reasonOf(request) || say("too_large", { name: file.name }));
    else failed(reasonOf(request) || say("went_wrong"));
    next();
  });
  request.send(body);
}

/** Why the studio did not take a file, in its own words, or "". */
export function reasonOf(request) {
  try {
    const problem = JSON.parse(request.responseText);
    return problem.errors?.[0]?.msg ?? problem.detail ?? problem.title ?? "";
  } catch {
    return "";
  }
}
