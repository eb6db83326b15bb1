// What one sees of a running job: progress, time left, the latest preview, the text as it is written.

import { vars } from "../dom.js";
import { Feed } from "../feed.js";
import { say, time } from "../words.js";

/** Follow the job of `element` (data-job). Gives a function that ends it. onend(): the job has ended or begun. */
export function follow(element, { onend = () => {} } = {}) {
  const { job, medium } = element.dataset;
  const line = element.querySelector(".line");
  const note = element.querySelector("[data-note]");
  const left = element.querySelector("[data-eta]");
  const words = element.querySelector("[data-words]");
  const place = element.querySelector(".pic");
  let attempt = 0;
  let address = "";

  const show = (source) => {
    let img = place.querySelector("img");
    if (!img) {
      img = document.createElement("img");
      img.alt = say("preview_of", { title: element.getAttribute("aria-label") ?? document.title });
      place.prepend(img);
    }
    img.src = source;
  };
  if (medium === "image" || medium === "video") {
    const first = new Image();
    first.onload = () => { if (!address) show(first.src); };
    first.src = `/api/v1/jobs/${job}/preview`;
  }

  const progress = ({ step, total, progress: part, eta_s: eta, note: says }) => {
    const percent = Math.round((part ?? (total ? step / total : 0)) * 100);
    delete line.dataset.wait;
    vars(line, { p: percent });
    line.setAttribute("aria-valuenow", String(percent));
    const node = element.dataset.node;
    const words_of = says || (total > 1 ? say("job_step", { step: Math.round(step), total: Math.round(total) }) : `${percent} %`);
    note.textContent = node ? `${words_of} ${say("on_node", { node })}` : words_of;
    if (left) left.textContent = eta ? time(eta) : "";
  };

  const feed = new Feed("jobs", job, {
    after: words ? 0 : Number(element.dataset.last ?? 0),
    onevent(event) {
      if (event.kind === "progress") progress(event);
      else if (event.kind === "token" && words) {
        if (event.attempt !== attempt) {
          attempt = event.attempt;
          words.textContent = "";
        }
        words.textContent += event.text;
      } else if (event.kind === "state" && event.state !== "queued") {
        if (event.state === "running" && element.dataset.state === "running") return;
        element.dataset.state = event.state;
        onend(event.state);
      } else if (event.kind === "asset") onend("asset");
    },
    onpreview(header, blob) {
      const before = address;
      address = URL.createObjectURL(blob);
      show(address);
      if (before) setTimeout(() => URL.revokeObjectURL(before), 1000);
    },
  });
  return () => {
    feed.close();
    if (address) setTimeout(() => URL.revokeObjectURL(address), 2000);
  };
}
