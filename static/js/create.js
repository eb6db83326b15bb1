// The Create page: fields by type, composer, coach, stage, strip.

import "./fields/all.js";
import "./create/prompt-coach.js";
import "./create/revise-comments.js";
import "./create/matrix-editor.js";
import "./create/model-offer.js";
import "./create/recent-strip.js";
import "./create/stage-view.js";
import "./create/create-form.js";
