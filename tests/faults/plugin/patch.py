"""Put something around a function, wherever it is already known by name."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from typing import Any

Function = Callable[..., Any]


def around(module: str, path: str, wrap: Callable[[Function], Function], *, everywhere: bool = True) -> None:
    """Replace module.path by wrap(it); with `everywhere` also where a module of ours has imported it by name."""
    owner: Any = importlib.import_module(module)
    *holders, name = path.split(".")
    for holder in holders:
        owner = getattr(owner, holder)
    original = getattr(owner, name)
    wrapped = wrap(original)
    setattr(owner, name, wrapped)
    if holders or not everywhere:
        return
    for known in list(sys.modules.values()):
        if getattr(known, "__name__", "").partition(".")[0] in {"studio", "workers"}:
            for key, value in list(vars(known).items()):
                if value is original:
                    setattr(known, key, wrapped)
