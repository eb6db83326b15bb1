"""The verbs of the catalogue."""

from __future__ import annotations

from studio.catalog.choose import default_for, facts, files, get_visible, resolve, visible
from studio.catalog.sync import sync

__all__ = ["default_for", "facts", "files", "get_visible", "resolve", "sync", "visible"]
