"""The verbs of the catalogue, the same for pages, API and workers."""

from __future__ import annotations

from studio.catalog.choose import (
    called,
    default_for,
    facts,
    files,
    get_visible,
    own_defaults,
    resolve,
    usable,
    visible,
)
from studio.catalog.install import (
    add_folder,
    install,
    on_install_end,
    on_new_model,
    record_progress,
    remove,
)
from studio.catalog.sync import sync

__all__ = [
    "add_folder",
    "called",
    "default_for",
    "facts",
    "files",
    "get_visible",
    "install",
    "on_install_end",
    "on_new_model",
    "own_defaults",
    "record_progress",
    "remove",
    "resolve",
    "sync",
    "usable",
    "visible",
]
