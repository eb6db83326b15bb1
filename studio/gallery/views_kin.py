"""Pages about two assets and more: what differs, as a piece of the asset's page, and several side by side."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from studio.gallery import actions
from studio.gallery.models import Asset, Medium
from studio.gallery.relatives import numbered
from studio.gallery.revisions import revisions_of
from studio.gallery.texts import COMPARED, compared, read
from studio.teams.pages import page
from studio.teams.rights import Actor

PLACES = "abcd"
PLAYED = {Medium.VIDEO, Medium.MUSIC, Medium.SPEECH}
VIEWS = {
    "pictures": ("side", "slider", "blink"),
    "texts": ("words", "side"),
    "played": ("side",),
    "mixed": ("side",),
}


@never_cache
@require_safe
@page
def difference(request: HttpRequest, actor: Actor, asset_id: uuid.UUID, other_id: uuid.UUID) -> HttpResponse:
    """What changed from the other one to the asset: a piece of its page."""
    after, before = (actions.get_visible(actor, each) for each in (asset_id, other_id))
    return render(request, "gallery/difference.html", {"difference": compared(before, after)})


@dataclass(frozen=True)
class Compared:
    """One of those that are compared. number: of its revision, 0 where it is of another stack than the first."""

    letter: str
    asset: Asset
    number: int
    written: str = ""


@never_cache
@require_safe
@page
def compare(request: HttpRequest, actor: Actor) -> HttpResponse:
    """/compare/?a=…&b=… (to d): two to four assets beside one another. `view`: side, slider, blink, words."""
    asked = list(dict.fromkeys(request.GET[place] for place in PLACES if request.GET.get(place)))
    assets = [actions.get_visible(actor, each) for each in asked]
    context: dict[str, Any] = {"page_words": compare_words(), "items": []}
    if len(assets) < 2:
        return render(request, "gallery/compare.html", context)
    revisions = numbered(assets[0], revisions_of(actor, assets[0]))
    numbers = {each.asset.pk: each.number for each in revisions} if len(revisions) > 1 else {}
    kind = _kind(assets)
    views = [view for view in VIEWS[kind] if len(assets) == 2 or view not in ("slider", "words")]
    view = request.GET.get("view", "")
    context |= {
        "items": [
            Compared(
                PLACES[at].upper(),
                each,
                numbers.get(each.pk, 0),
                read(each)[:COMPARED] if each.medium == Medium.TEXT else "",
            )
            for at, each in enumerate(assets)
        ],
        "kind": kind,
        "views": [(name, words, key) for name, words, key in _views() if name in views],
        "view": view if view in views else views[0],
        "revisions": [each for each in revisions if each.asset.pk != assets[0].pk],
        "difference": compared(assets[0], assets[1]) if len(assets) == 2 else None,
        "heard": kind == "played",
    }
    return render(request, "gallery/compare.html", context)


def _kind(assets: list[Asset]) -> str:
    """What they are together: only of like ones there is more than side by side."""
    media = {each.medium for each in assets}
    if media == {Medium.IMAGE}:
        return "pictures"
    if media == {Medium.TEXT}:
        return "texts"
    return "played" if media <= PLAYED else "mixed"


def _views() -> list[tuple[str, str, str]]:
    """(name, words, key)"""
    return [
        ("words", _("What changed"), "w"),
        ("side", _("Side by side"), "s"),
        ("slider", _("Slider"), "l"),
        ("blink", _("Blink"), "b"),
    ]


def compare_words() -> dict[str, str]:
    """The sentences of its script."""
    return {
        "play": _("Play"),
        "pause": _("Pause"),
        "blink_stop": _("Stop blinking"),
        "blink_go": _("Blink"),
        "blink_next": _("Show the other"),
    }
