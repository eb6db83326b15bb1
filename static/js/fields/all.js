// Every field type.

import "./plain-fields.js";
import "./slider-field.js";
import "./seed-field.js";
import "./shape-field.js";
import "./frame-field.js";
import "./loras-field.js";
import "./brand-field.js";
import "./asset-field.js";
import "./prompt-field.js";
