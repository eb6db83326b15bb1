// The Create page: fields by type, composer, coach, stage, strip.

import "./fields/plain-fields.js";
import "./fields/slider-field.js";
import "./fields/seed-field.js";
import "./fields/shape-field.js";
import "./fields/frame-field.js";
import "./fields/loras-field.js";
import "./fields/asset-field.js";
import "./fields/prompt-field.js";
import "./create/prompt-coach.js";
import "./create/matrix-editor.js";
import "./create/model-offer.js";
import "./create/recent-strip.js";
import "./create/stage-view.js";
import "./create/create-form.js";
