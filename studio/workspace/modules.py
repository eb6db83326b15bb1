"""Which modules a script loads, so that a page can ask for all of them at once instead of one storey after another."""

from __future__ import annotations

import posixpath
import re
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders

IMPORTS = re.compile(
    r"""^\s*(?:import|export)\s(?:[^'"();]*?\sfrom\s+)?["'](\.{1,2}/[^"']+)["']""", re.MULTILINE
)
"""Imports that always happen; `import("…")` is for later."""


@cache
def modules_of(script: str) -> tuple[str, ...]:
    """The static paths of everything that `script` imports, itself left out, nearest first.

    Libraries of npm are left out too: they import nothing, and bring long names.
    """
    found: dict[str, None] = {}
    waiting = [script]
    while waiting:
        path = waiting.pop(0)
        file = finders.find(path)
        if not isinstance(file, str):
            continue
        for target in IMPORTS.findall(Path(file).read_text(encoding="utf-8")):
            name = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
            if name != script and name not in found and name.startswith("js/"):
                found[name] = None
                waiting.append(name)
    return tuple(found)
