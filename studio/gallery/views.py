"""Pages of the gallery: assets in justified rows, the bin, one asset."""

from __future__ import annotations

import uuid
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from generators.registry import tools
from studio.catalog import actions as catalog
from studio.gallery import actions, search, storage
from studio.gallery.facts import Facts, facts_of, flows_to
from studio.gallery.models import Asset, Medium, Tag
from studio.gallery.relatives import relatives
from studio.teams.current import current_team
from studio.teams.models import Team
from studio.teams.pages import may, page
from studio.teams.rights import Actor, NotThere, can, require

PAGE = 60
FILTERS = ("q", "medium", "tool", "model", "tag", "rating")
FILTER_NAMES = {
    "tool": gettext_lazy("Tool"),
    "model": gettext_lazy("Model"),
    "tag": gettext_lazy("Tag"),
    "rating": gettext_lazy("Rating"),
}
MANY = 20
SIZES = ("s", "m", "l")
BIN_DAYS = 30


def _team(request: HttpRequest) -> Team:
    team = current_team(request)
    if team is None:
        raise NotThere
    return team


def _asked(request: HttpRequest) -> dict[str, str]:
    """The filters that the address asks for; unknown media and ratings that are none are left out."""
    asked = {key: request.GET.get(key, "").strip() for key in FILTERS}
    if asked["medium"] not in Medium.values:
        asked["medium"] = ""
    if asked["rating"] not in {"1", "2", "3", "4", "5"}:
        asked["rating"] = ""
    return {key: value for key, value in asked.items() if value}


def _address(asked: dict[str, str], name: str = "gallery", **change: str) -> str:
    """The gallery's address with these filters, some changed; an empty one is taken off."""
    query = {key: value for key, value in {**asked, **change}.items() if value}
    return reverse(name) + (f"?{urlencode(query)}" if query else "")


def _value_words(key: str, value: str) -> str:
    """A filter's value as people say it."""
    if key == "rating":
        return _("%(n)s and up") % {"n": value} if value != "5" else value
    if key == "tool" and value in tools():
        return tools()[value].title
    return value


def _days(items: list[Asset]) -> list[dict[str, Any]]:
    """Assets by the day on which they came, as they stand in the list."""
    return [
        {"day": day, "items": list(group)}
        for day, group in groupby(items, key=lambda asset: timezone.localtime(asset.created_at).date())
    ]


def _found(actor: Actor, team: Team, asked: dict[str, str], cursor: str | None, bin: bool) -> search.Page:
    return search.find(
        actor,
        team=team.pk,
        medium=asked.get("medium"),
        q=asked.get("q", ""),
        tool=asked.get("tool"),
        model=asked.get("model"),
        tag=asked.get("tag"),
        rating=int(asked["rating"]) if "rating" in asked else None,
        bin=bin,
        cursor=cursor,
        limit=PAGE,
    )


def page_words() -> dict[str, str]:
    """The sentences of the gallery's scripts."""
    return {
        "selected_one": _("{n} selected"),
        "selected_other": _("{n} selected"),
        "deleted_one": _("Moved to the bin."),
        "deleted_other": _("{n} assets moved to the bin."),
        "restored_one": _("Back in the gallery."),
        "restored_other": _("{n} assets are back in the gallery."),
        "rated": _("Rated {n} of 5"),
        "tagged": _("Tagged: {tags}"),
        "new_one": _("{n} new"),
        "new_other": _("{n} new"),
        "not_loaded": _("The rest could not be loaded."),
        "drop_to_add": _("Drop to add to the gallery"),
        "adding": _("Adding {name}"),
        "added": _("{name} is in the gallery"),
        "too_large": _("{name} is larger than this studio takes."),
        "not_added": _("{name} was not added: {reason}"),
        "some_failed": _("Some could not be changed: {reason}"),
        "playing": _("Playing"),
        "play": _("Play"),
        "pause": _("Pause"),
        "saved": _("Saved."),
        "binned": _("In the bin."),
        "remove_tag": _("Remove the tag {name}"),
    }


@never_cache
@require_safe
@page
def gallery(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Assets of the team, newest first. With the header X-Fragment only what changes: `rows` or `all`."""
    return _gallery(request, actor, bin=False)


@never_cache
@require_safe
@page
def bin(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Deleted assets, kept for 30 days."""
    return _gallery(request, actor, bin=True)


def _gallery(request: HttpRequest, actor: Actor, *, bin: bool) -> HttpResponse:
    team = _team(request)
    name = "bin" if bin else "gallery"
    asked = _asked(request)
    cursor = request.GET.get("cursor") or None
    found = _found(actor, team, asked, cursor, bin)
    size = request.COOKIES.get("tiles", "m")
    context: dict[str, Any] = {
        "asked": asked,
        "bin": bin,
        "here": _address(asked, name),
        "days": _days(found.items),
        "more": _address(asked, name, cursor=found.next) if found.next else "",
        "size": size if size in SIZES else "m",
        "sizes": [("s", _("S"), _("Small")), ("m", _("M"), _("Medium")), ("l", _("L"), _("Large"))],
        "may": may(actor, team, "asset.add", "asset.tag", "asset.rate", "job.submit"),
        "media": [
            {
                "value": value,
                "label": label,
                "on": asked.get("medium") == value,
                "href": _address(asked, name, medium="" if asked.get("medium") == value else value),
            }
            for value, label in Medium.choices
        ],
        "chips": [
            {
                "name": FILTER_NAMES[key],
                "value": _value_words(key, asked[key]),
                "off": _address(asked, name, **{key: ""}),
            }
            for key in FILTER_NAMES
            if key in asked
        ],
        "nothing_asked": not asked,
    }
    part = request.headers.get("X-Fragment")
    if part in {"rows", "all"}:
        response = render(request, f"gallery/{part}.html", context)
        response.headers["Vary"] = "X-Fragment, Cookie"
        return response
    context["page_words"] = page_words()
    return render(request, "gallery/gallery.html", context)


@never_cache
@require_safe
@page
def filters(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The menu of filters: tools, models and tags that the team's assets have, and ratings."""
    team = _team(request)
    asked = _asked(request)
    assets = actions.visible(actor).filter(team=team, listed=True, deleted_at=None)

    def entries(key: str, values: list[str]) -> list[dict[str, str]]:
        return [{"label": _value_words(key, each), "href": _address(asked, **{key: each})} for each in values]

    def distinct(field: str) -> list[str]:
        """From one value to the next along the index: DISTINCT would read all of it."""
        found: list[str] = []
        rows = assets.order_by(field).values_list(field, flat=True)
        while len(found) < MANY and (
            value := rows.filter(**{f"{field}__gt": found[-1] if found else ""}).first()
        ):
            found.append(str(value))
        return found

    used = assets.filter(tags=OuterRef("pk"))
    tags = Tag.objects.filter(Exists(used), team=team).order_by("name")[:MANY]
    groups = [
        {"name": FILTER_NAMES["tool"], "entries": entries("tool", distinct("tool"))},
        {"name": FILTER_NAMES["model"], "entries": entries("model", distinct("model"))},
        {"name": FILTER_NAMES["tag"], "entries": entries("tag", [tag.name for tag in tags])},
        {
            "name": FILTER_NAMES["rating"],
            "entries": entries("rating", ["5", "4", "3", "2"]),
        },
    ]
    return render(
        request, "gallery/filters.html", {"groups": [group for group in groups if group["entries"]]}
    )


# ---------------------------------------------------------------- one asset


def _beside(actor: Actor, asset: Asset) -> dict[str, Asset | None]:
    """The assets before and after this one in the gallery."""
    shown = actions.visible(actor).filter(team=asset.team_id, listed=True, deleted_at=None)
    return {
        "newer": shown.filter(pk__gt=asset.pk).order_by("pk").first(),
        "older": shown.filter(pk__lt=asset.pk).order_by("-pk").first(),
    }


def _licence(actor: Actor, asset: Asset) -> str:
    """The licence of the model that made it, where the catalogue still has that model."""
    if not asset.model:
        return ""
    found = catalog.visible(actor).filter(name=asset.model).values_list("licence", flat=True).first()
    return found or ""


def _text_of(asset: Asset) -> str:
    """The whole text of a text asset, from its stored bytes (a megabyte at most)."""
    with storage.current().open(asset.blob_id) as file:
        return file.read(2**20).decode("utf-8", "replace")


@never_cache
@require_safe
@page
def asset(request: HttpRequest, actor: Actor, asset_id: uuid.UUID) -> HttpResponse:
    """One asset: large, with its facts, family, tags and rating."""
    shown = actions.get_visible(actor, asset_id)
    require(actor, "asset.view", shown)
    facts: Facts = facts_of(shown, _licence(actor, shown))
    own = shown.ratings.filter(user=actor.user).values_list("value", flat=True).first()
    context = {
        "asset": shown,
        "facts": facts,
        **relatives(actor, shown),
        "beside": _beside(actor, shown),
        "parts": shown.parts.select_related("blob"),
        "tags": [tag.name for tag in shown.tags.order_by("name")],
        "own_rating": own or 0,
        "stars": [1, 2, 3, 4, 5],
        "written": _text_of(shown) if shown.medium == Medium.TEXT else "",
        "flows": flows_to(shown),
        "may_edit": can(actor, "asset.edit", shown),
        "may_delete": can(actor, "asset.delete", shown),
        "may_tag": can(actor, "asset.tag", shown),
        "may_rate": can(actor, "asset.rate", shown),
        "may_make": can(actor, "job.submit", shown.team),
        "page_words": page_words(),
    }
    return render(request, "gallery/asset.html", context, status=200)
