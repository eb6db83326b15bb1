"""The verbs of chains: the same for pages, API and workers."""

from studio.chains.actions.advance import cancel, go_on, run
from studio.chains.actions.keep import change, delete, get_visible, get_visible_run, restore, save, visible

__all__ = [
    "cancel",
    "change",
    "delete",
    "get_visible",
    "get_visible_run",
    "go_on",
    "restore",
    "run",
    "save",
    "visible",
]
