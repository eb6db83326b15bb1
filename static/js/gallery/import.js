// Imports: a folder or a zip, file by file, each with what its sidecar says; at the end a list of what was not taken and why.

import { api, post, remove } from "../api.js";
import { h, icon, vars } from "../dom.js";
import { count, say } from "../words.js";
import { reasonOf } from "./upload.js";

const PIECE = 8 << 20;
const SIDECAR = ".json";
const AT_ONCE = 2;
const LEFT_OUT = /(^|\/)(\.|__MACOSX\/|thumbs\.db$|desktop\.ini$|facts\.jsonl$)/i;

/** Give `page` its `imports`; rows of progress and results go into `log`. */
export function wireImports(page, log, onadded) {
  const input = h("input", { type: "file", webkitdirectory: true, hidden: true, "aria-hidden": "true", tabindex: "-1", class: "folder" });
  document.body.append(input);
  document.addEventListener("click", (event) => { if (event.target.closest("[data-import]")) input.click(); });
  input.addEventListener("change", () => {
    const files = [...input.files].map((file) => ({ name: file.webkitRelativePath || file.name, file }));
    input.value = "";
    if (files.length) importFolder(files, log, onadded);
  });
  page.imports = {
    /** Whether this file is a zip; then its import begins. */
    archive(file) {
      if (!/\.zip$/i.test(file.name)) return false;
      importZip(file, log, onadded);
      return true;
    },
    /** Whether something dropped is a folder; then all of the drop is an import. */
    folders(transfer) {
      const entries = [...(transfer.items ?? [])].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
      if (!entries.some((entry) => entry.isDirectory)) return false;
      Promise.all(entries.map(walk)).then((found) => importFolder(found.flat(), log, onadded));
      return true;
    },
  };
}

/** All files below an entry of a drop, with their paths. */
async function walk(entry) {
  if (entry.isFile) return [{ name: entry.fullPath.slice(1), file: await new Promise((yes, no) => { entry.file(yes, no); }) }];
  const reader = entry.createReader();
  const found = [];
  for (;;) {
    const some = await new Promise((yes, no) => { reader.readEntries(yes, no); }); // a hundred at a time
    if (!some.length) return found;
    found.push(...(await Promise.all(some.map(walk))).flat());
  }
}

/** A row of progress that becomes the list of results. */
function progress(name, log) {
  const words = h("span", {}, say("importing", { name }));
  const line = h("span", { class: "line", role: "progressbar", "aria-label": name, "aria-valuenow": "0" });
  const stop = h("button", { type: "button", class: "btn small" }, say("stop"));
  const row = h("div", { class: "import" }, words, h("span", { class: "end" }, stop), line);
  log.append(row);
  let stopped = false;
  stop.addEventListener("click", () => { stopped = true; });
  return {
    get stopped() { return stopped; },
    at(n, of) {
      words.textContent = `${name}: ${say("import_of", { n, of })}`;
      const percent = Math.round((n / Math.max(1, of)) * 100);
      vars(line, { p: percent }).setAttribute("aria-valuenow", String(percent));
    },
    sent(share) { vars(line, { p: Math.round(share * 100) }).setAttribute("aria-valuenow", String(Math.round(share * 100))); },
    end(added, bad, nothing = "") {
      const close = h("button", { type: "button", class: "btn bare only small", "aria-label": say("close"), onclick: () => row.remove() }, icon("x", "small"));
      const list = bad.length ? h("details", { class: "import-bad", open: bad.length < 6 }, h("summary", { class: "bad" }, count("import_bad", bad.length)),
        h("ul", {}, bad.map(({ name: file, reason }) => h("li", {}, h("b", {}, file), ` ${reason}`)))) : null;
      row.replaceChildren(h("span", {}, `${name}: ${nothing || count("import_done", added)}`), h("span", { class: "end" }, close), ...(list ? [list] : []));
    },
  };
}

/** Do `one` for each of `items`, a few at a time; what fails is told with its reason. */
async function each(items, shown, one) {
  const rest = [...items];
  const bad = [];
  let added = 0;
  const hand = async () => {
    while (rest.length && !shown.stopped) {
      const item = rest.shift();
      try {
        await one(item);
        added += 1;
      } catch (error) {
        bad.push({ name: item.name, reason: error.errors?.[0]?.msg ?? error.message });
      }
      shown.at(added + bad.length, items.length);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, hand));
  return { added, bad };
}

async function importFolder(files, log, onadded) {
  const team = document.documentElement.dataset.team;
  const known = new Map(files.map((each) => [each.name, each.file]));
  const wanted = files.filter(({ name }) => !LEFT_OUT.test(name) && !(name.endsWith(SIDECAR) && known.has(name.slice(0, -SIDECAR.length))));
  const shown = progress(files[0].name.split("/")[0], log);
  const { added, bad } = await each(wanted, shown, async ({ name, file }) => {
    const form = new FormData();
    form.append("file", file, file.name);
    const sidecar = known.get(name + SIDECAR);
    if (sidecar) form.append("sidecar", sidecar);
    if (team) form.append("team", team);
    await post("assets/import", form);
  });
  shown.end(added, bad, wanted.length ? "" : say("import_none"));
  if (added) onadded();
}

async function importZip(file, log, onadded) {
  const shown = progress(file.name, log);
  let address = "";
  try {
    address = await sendWhole(file, shown);
    const files = await api(`${address}/files`);
    const { added, bad } = await each(files, shown, ({ n }) => post(`${address}/files/${n}`, {}));
    shown.end(added, bad, files.length ? "" : say("import_none"));
    if (added) onadded();
  } catch (error) {
    shown.end(0, [{ name: file.name, reason: error.message }]);
  } finally {
    if (address) remove(address).catch(() => {});
  }
}

/** Send a zip in pieces (tus); gives the address of the upload. */
async function sendWhole(file, shown) {
  const team = document.documentElement.dataset.team;
  const base64 = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));
  const told = [["filename", file.name], ["archive", "1"], ...(team ? [["team", team]] : [])];
  const headers = { "Tus-Resumable": "1.0.0", "X-CSRFToken": document.querySelector('meta[name="csrf"]').content };
  const call = async (address, options) => {
    const answer = await fetch(address, { credentials: "same-origin", ...options, headers: { ...headers, ...options.headers } });
    if (!answer.ok) throw new Error(reasonOf({ responseText: await answer.text() }) || say("went_wrong"));
    return answer;
  };
  const begun = await call("/api/v1/uploads/", { method: "POST", headers: { "Upload-Length": String(file.size), "Upload-Metadata": told.map(([key, value]) => `${key} ${base64(value)}`).join(",") } });
  const address = begun.headers.get("Location");
  for (let at = 0; at < file.size; at += PIECE) {
    await call(address, { method: "PATCH", body: file.slice(at, at + PIECE), headers: { "Upload-Offset": String(at), "Content-Type": "application/offset+octet-stream" } });
    shown.sent(Math.min(1, (at + PIECE) / file.size));
  }
  return address;
}
