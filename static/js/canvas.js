// The Canvas page: a picture, a mask on it, layers, and the inputs of an edit beside it.

import "./fields/all.js";
import "./jobs/when-choice.js";
import "./canvas/canvas-form.js";
import "./canvas/layer-list.js";
import "./canvas/candidate-bar.js";
import "./canvas/canvas-page.js";
