"""Tags of the frame: icons, the rail, the words that scripts say."""

from __future__ import annotations

from functools import cache
from typing import Any

from django import template
from django.templatetags.static import static
from django.urls import Resolver404, resolve
from django.utils.html import format_html, format_html_join, json_script
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from studio.workspace.modules import modules_of
from studio.workspace.words import words

register = template.Library()

ROOMS = (
    # (path, label, icon, whether one goes there seldom)
    ("/create/", _("Create"), "create", False),
    ("/queue/", _("Queue"), "queue", False),
    ("/gallery/", _("Gallery"), "gallery", False),
    ("/boards/", _("Boards"), "boards", False),
    ("/review/", _("Review"), "review", False),
    ("/lab/", _("Lab"), "lab", False),
    ("/models/", _("Models"), "models", True),
    ("/team/", _("Team"), "team", True),
)
NEIGHBOURS = {
    "/chat/": "/create/",
    "/canvas/": "/create/",
    "/assets/": "/gallery/",
    "/compare/": "/gallery/",
    "/jobs/": "/queue/",
    "/nodes/": "/queue/",
}
"""Pages that belong to a room though their address does not begin with its."""
PHONE_TABS = 4


@cache
def _built(path: str) -> bool:
    """Whether a page answers at `path`: a room that is not built yet is not in the rail."""
    try:
        resolve(path)
    except Resolver404:
        return False
    return True


@register.simple_tag
def icon(name: str, kind: str = "") -> SafeString:
    """An icon of the sprite; it says nothing to a screen reader. `kind`: extra classes (small, solid)."""
    return format_html(
        '<svg class="i {}" viewBox="0 0 20 20" aria-hidden="true"><use href="{}#{}"/></svg>',
        kind,
        static("icons/sprite.svg"),
        name,
    )


@register.inclusion_tag("frame/rail.html", takes_context=True)
def rail(context: dict[str, Any]) -> dict[str, Any]:
    """The rooms that are built, with the current one marked; on a phone the first four and the rest under More."""
    path = context["request"].path if "request" in context else ""
    path = next((room for beginning, room in NEIGHBOURS.items() if path.startswith(beginning)), path)
    rooms = [
        {"path": room, "label": label, "icon": sign, "seldom": seldom, "current": path.startswith(room)}
        for room, label, sign, seldom in ROOMS
        if _built(room)
    ]
    for at, room in enumerate(rooms):
        room["beyond"] = at >= PHONE_TABS
    first = next((at for at, room in enumerate(rooms) if room["seldom"]), None)
    if first is not None:
        rooms[first]["apart"] = True
    return {"rooms": rooms, "rest": [room for room in rooms if room["beyond"]]}


@register.simple_tag
def module(script: str) -> SafeString:
    """A module script, with hints for all that it imports. They come after what the first picture needs."""
    hints = format_html_join(
        "",
        '<link rel="modulepreload" fetchpriority="low" href="{}">',
        ((static(name),) for name in modules_of(script)),
    )
    return format_html(
        '{}<script type="module" fetchpriority="low" src="{}"></script>', hints, static(script)
    )


@register.simple_tag
def script_words() -> SafeString:
    """The sentences that scripts say, in the person's language, as a block of data."""
    return json_script(words(), "words")


@register.simple_tag
def sprite() -> str:
    """Where the icons lie, for scripts that draw one."""
    return static("icons/sprite.svg")


@register.filter
def initial(name: object) -> str:
    """The letter in a person's round mark."""
    text = str(name).strip()
    return text[:1].upper() if text else "?"


@register.filter
def hue(thing: object) -> int:
    """0 to 5: which of the six grounds a person's round mark has; the same for the same id."""
    return sum(str(thing).encode()) % 6


@register.filter
def plain(number: object) -> str:
    """A number without idle zeros: 3.0 is 3."""
    return f"{number:g}" if isinstance(number, float) else str(number)
