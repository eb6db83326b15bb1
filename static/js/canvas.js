// The Canvas page: a picture, a mask on it, layers, and the inputs of an edit beside it.

import "./fields/plain-fields.js";
import "./fields/slider-field.js";
import "./fields/seed-field.js";
import "./fields/shape-field.js";
import "./fields/asset-field.js";
import "./fields/prompt-field.js";
import "./canvas/canvas-form.js";
import "./canvas/layer-list.js";
import "./canvas/candidate-bar.js";
import "./canvas/canvas-page.js";
