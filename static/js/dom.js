// Small helpers for building pages: elements, icons, custom properties that a strict policy keeps out of HTML.

const sprite = document.documentElement.dataset.sprite;

/** An element with attributes and children; `on…` attributes are listeners, null and false leave one out. */
export function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key === "dataset") Object.assign(element.dataset, value);
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** An icon of the sprite; it says nothing to a screen reader. */
export function icon(name, kind = "") {
  const ns = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(ns, "svg");
  svg.setAttribute("class", `i ${kind}`.trim());
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(ns, "use");
  use.setAttribute("href", `${sprite}#${name}`);
  svg.append(use);
  return svg;
}

/** Set custom properties: vars(element, {p: 40}) gives --p. */
export function vars(element, values) {
  for (const [key, value] of Object.entries(values)) element.style.setProperty(`--${key}`, value);
  return element;
}

function apply(element) {
  for (const pair of element.dataset.vars.split(";")) {
    const at = pair.indexOf(":");
    if (at > 0) element.style.setProperty(`--${pair.slice(0, at).trim()}`, pair.slice(at + 1).trim());
  }
}

/** Turn every data-vars="ar:1.5;p:40" into custom properties, now and when elements come or change. */
export function watchVars(root = document.documentElement) {
  root.querySelectorAll("[data-vars]").forEach(apply);
  new MutationObserver((changes) => {
    for (const change of changes) {
      if (change.type === "attributes") {
        if (change.target.dataset.vars) apply(change.target);
        continue;
      }
      for (const node of change.addedNodes) {
        if (node.nodeType !== Node.ELEMENT_NODE) continue;
        if (node.dataset?.vars) apply(node);
        node.querySelectorAll?.("[data-vars]").forEach(apply);
      }
    }
  }).observe(root, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-vars"] });
}

const growsByItself = CSS.supports("field-sizing", "content");

/** Make a text box as high as its text, where the browser does not do it by itself. */
export function grow(area) {
  if (growsByItself) return;
  area.style.blockSize = "auto";
  area.style.blockSize = `${area.scrollHeight}px`;
}

/** Call `action` once things have been quiet for `ms`, or have not been for `latest`. */
export function calm(action, ms, latest = Infinity) {
  let timer = 0;
  let first = 0;
  return (...given) => {
    if (!timer) first = Date.now();
    clearTimeout(timer);
    timer = setTimeout(() => { timer = 0; action(...given); }, Math.min(ms, first + latest - Date.now()));
  };
}

/** Long work goes on after what else waits, so that a key or a frame need not wait for all of it. */
export const breath = () => globalThis.scheduler?.yield?.() ?? new Promise((resolve) => setTimeout(resolve));

/** Data that the page handed over in <script type="application/json" id="…">, or null. */
export function handed(id) {
  const block = document.getElementById(id);
  return block ? JSON.parse(block.textContent) : null;
}
