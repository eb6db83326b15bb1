// The Create page: fields by type, composer, coach, stage, strip.

import "./fields/all.js";
import "./create/prompt-coach.js";
import "./create/revise-comments.js";
import "./create/matrix-editor.js";
import "./create/model-offer.js";
import "./create/recent-strip.js";
import "./create/preset-picker.js";
import "./create/sheet-editor.js";
import "./create/stage-view.js";
import "./create/create-form.js";
import "./jobs/when-choice.js";

// On a narrow page the row of tools is longer than the page: the one that is open is seen.
document.querySelector(".tool[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
