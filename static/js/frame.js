// What every page loads: toasts, theme, queue pill and drawer, command palette.

import { watchVars } from "./dom.js";
import "./frame/toast-list.js";
import "./frame/theme-switch.js";
import "./frame/team-feed.js";
import "./frame/queue-pill.js";
import "./frame/queue-list.js";
import "./frame/notice-bell.js";
import "./frame/here-now.js";
import "./frame/command-palette.js";
import { wireDialogs } from "./frame/dialogs.js";

watchVars();
// Pages say times as this person's clock does: the studio reads the time zone from this cookie.
document.cookie = `tz=${Intl.DateTimeFormat().resolvedOptions().timeZone}; path=/; max-age=31536000; samesite=lax`;
wireDialogs();
