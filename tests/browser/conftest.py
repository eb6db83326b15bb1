"""Which files of this folder are tests, and when."""

from __future__ import annotations

import os

# It draws docs/screenshots from real models for minutes: work that one asks for, not a check.
collect_ignore = [] if os.environ.get("STUDIO_SCREENSHOTS") == "1" else ["test_screenshots.py"]
