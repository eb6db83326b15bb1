"""Finds every tool: the medium folders of this package, then the entry points `studio.tools`, then STUDIO_EXTRA_TOOLS.

Importing the registry imports each tool's module and nothing heavy: torch and its like stay inside the functions.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
from collections.abc import Iterator
from functools import cache
from importlib.metadata import entry_points
from types import ModuleType

from generators.tool import Tool

MEDIUM_FOLDERS = ("text", "image", "music", "speech", "video", "lab")


class UnknownTool(LookupError):
    """No tool of this name. `names` are those there are."""

    def __init__(self, name: str, names: list[str]) -> None:
        super().__init__(f"There is no tool named {name!r}. There are: {', '.join(names)}.")
        self.name = name
        self.names = names


def _modules() -> Iterator[ModuleType]:
    for folder in MEDIUM_FOLDERS:
        try:
            package = importlib.import_module(f"generators.{folder}")
        except ModuleNotFoundError as error:
            if error.name == f"generators.{folder}":
                continue  # a medium whose room is not built yet
            raise
        for info in pkgutil.iter_modules(package.__path__):
            yield importlib.import_module(f"generators.{folder}.{info.name}")
    for point in entry_points(group="studio.tools"):
        yield importlib.import_module(point.module)
    for name in filter(None, os.environ.get("STUDIO_EXTRA_TOOLS", "").split(",")):
        yield importlib.import_module(name.strip())


@cache
def tools() -> dict[str, Tool]:
    """Every tool by name, in the order of discovery. Two of one name are an error."""
    found: dict[str, Tool] = {}
    for module in _modules():
        for value in vars(module).values():
            if isinstance(value, Tool):
                if value.name in found and found[value.name] is not value:
                    raise RuntimeError(f"two tools are named {value.name}")
                found[value.name] = value
    return found


def get(name: str) -> Tool:
    """The tool of this name; UnknownTool where there is none."""
    try:
        return tools()[name]
    except KeyError:
        raise UnknownTool(name, sorted(tools())) from None
