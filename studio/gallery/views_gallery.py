"""Pages of lists: the gallery in justified rows, the bin, duplicates, and the menu of filters."""

from __future__ import annotations

import uuid
from itertools import groupby
from typing import Any

from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from studio.gallery import actions, alike, boards, search, stacks, zips
from studio.gallery.asking import COLOURS, NAMES, REVIEWS, Asking, asking, chips, people_of, spelled
from studio.gallery.models import Asset, Medium, Tag
from studio.gallery.page_words import page_words
from studio.teams.current import current_team
from studio.teams.models import Team, as_uuid
from studio.teams.pages import may, page
from studio.teams.rights import Actor, NotThere

PAGE = 60
MANY = 20
SIZES = ("s", "m", "l")
EXPORTED = 5_000  # assets of one zip, at most


def the_team(request: HttpRequest) -> Team:
    team = current_team(request)
    if team is None:
        raise NotThere
    return team


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
    team = the_team(request)
    base = reverse("bin" if bin else "gallery")
    asks = asking(request.GET)
    if asks.filters.board is not None:
        boards.get_visible(actor, asks.filters.board)
    folded = not asks.told and not bin  # with filters each revision stands for itself
    found = _page_of(request, actor, team, asks, bin=bin, folded=folded)
    context: dict[str, Any] = {
        "asked": asks.told,
        "bin": bin,
        "here": base + asks.query(),
        **rows_context(found.items, folds=not bin and asks.filters.stack is None),
        **_around(request, found, base, asks),
        **look_context(request, actor, team),
        "media": [
            {
                "value": value,
                "label": label,
                "on": asks.told.get("medium") == value,
                "href": base + asks.query(medium="" if asks.told.get("medium") == value else value),
            }
            for value, label in Medium.choices
        ],
        "chips": chips(asks, team, base),
        "nothing_asked": not asks.told,
    }
    part = request.headers.get("X-Fragment")
    if part != "rows" and found.items and not bin:
        oldest = _oldest(actor, team, asks, folded=folded)
        context["span"] = {"newest": _ms(found.items[0]), "oldest": _ms(oldest or found.items[-1])}
    return fragment_or_page(request, "gallery/gallery.html", context)


def _page_of(
    request: HttpRequest, actor: Actor, team: Team, asks: Asking, *, bin: bool, folded: bool
) -> search.Page:
    """The page after `cursor`, the one above `above`, or the last one (`end`)."""
    up = "above" in request.GET or "end" in request.GET
    cursor = request.GET.get("above" if up else "cursor") or None
    return search.find(
        actor, asks.filters, team=team.pk, bin=bin, folded=folded, cursor=cursor, up=up, limit=PAGE
    )


def _around(request: HttpRequest, found: search.Page, base: str, asks: Asking) -> dict[str, str]:
    """Where the older and the newer assets are: {more, newer}, "" where there are none."""
    if "above" in request.GET or "end" in request.GET:
        return {"more": "", "newer": base + asks.query(above=found.next) if found.next else ""}
    more = base + asks.query(cursor=found.next) if found.next else ""
    begun = request.GET.get("cursor") and found.items
    return {"more": more, "newer": base + asks.query(above=str(found.items[0].pk)) if begun else ""}


def _oldest(actor: Actor, team: Team, asks: Asking, *, folded: bool) -> Asset | None:
    last = search.find(actor, asks.filters, team=team.pk, folded=folded, up=True, limit=1).items
    return last[0] if last else None


def _ms(asset: Asset) -> int:
    """When it came, in milliseconds, as its id has it."""
    return asset.pk.int >> 80


def rows_context(items: list[Asset], *, folds: bool = True) -> dict[str, Any]:
    """Assets by the day on which they came, as they stand in the list, with how many are in their stacks."""
    sizes = stacks.sizes(items) if folds else {}
    for asset in items:
        asset.stacked = sizes.get(asset.stack, 0)  # type: ignore[attr-defined]
    days = groupby(items, key=lambda asset: timezone.localtime(asset.created_at).date())
    return {"days": [{"day": day, "items": list(group)} for day, group in days]}


def look_context(request: HttpRequest, actor: Actor, team: Team) -> dict[str, Any]:
    """The size of tiles, and what this person may."""
    size = request.COOKIES.get("tiles", "m")
    verbs = ("asset.add", "asset.tag", "asset.rate", "job.submit", "board.edit")
    return {
        "size": size if size in SIZES else "m",
        "sizes": [("s", _("S"), _("Small")), ("m", _("M"), _("Medium")), ("l", _("L"), _("Large"))],
        "may": may(actor, team, *verbs),
    }


def fragment_or_page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    part = request.headers.get("X-Fragment")
    if part in {"rows", "all"}:
        response = render(request, f"gallery/{part}.html", context)
        response.headers["Vary"] = "X-Fragment, Cookie"
        return response
    return render(request, template, {**context, "page_words": page_words()})


@never_cache
@require_safe
@page
def filters(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The menu of filters: what the team's assets have, and ranges to fill in."""
    team = the_team(request)
    asks = asking(request.GET)
    base = reverse("gallery")
    assets = actions.visible(actor).filter(team=team, listed=True, deleted_at=None)

    def entries(key: str, values: list[str]) -> list[dict[str, str]]:
        told = [spelled({key: value}, team)[key] for value in values]
        return [
            {"label": label, "href": base + asks.query(**{key: value}), "value": value}
            for label, value in zip(told, values, strict=True)
        ]

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
    there = set(distinct("review_state"))
    who = [{"label": name, "href": base + asks.query(author=key)} for key, name in people_of(team)]
    on = boards.visible(actor).filter(team=team, filters=None).order_by("title")[:MANY]
    groups = [
        {"name": NAMES["colour"], "entries": entries("colour", list(COLOURS)), "swatches": True},
        {"name": NAMES["tool"], "entries": entries("tool", distinct("tool"))},
        {"name": NAMES["model"], "entries": entries("model", distinct("model"))},
        {"name": NAMES["tag"], "entries": entries("tag", [tag.name for tag in tags])},
        {"name": NAMES["board"], "entries": entries("board", [str(board.pk) for board in on])},
        {"name": NAMES["author"], "entries": who if len(who) > 1 else []},
        {"name": NAMES["review"], "entries": entries("review", [key for key in REVIEWS if key in there])},
        {"name": NAMES["rating"], "entries": entries("rating", ["5", "4", "3", "2"])},
    ]
    return render(
        request,
        "gallery/filters.html",
        {
            "groups": [group for group in groups if group["entries"]],
            "told": asks.told,
            "kept": {key: value for key, value in asks.told.items() if key not in RANGES},
        },
    )


RANGES = ("after", "before", "min_width", "max_width", "min_duration", "max_duration")


@never_cache
@require_safe
@page
def duplicates(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Groups of assets that are or look the same, newest first; in each the largest first, which is the one to keep."""
    team = the_team(request)
    found = alike.groups(actor, team.pk, cursor=as_uuid(request.GET.get("cursor") or ""))
    groups = [{"number": number, "items": group} for number, group in enumerate(found.groups, 1)]
    for group in found.groups:
        group.sort(key=lambda asset: ((asset.width or 0) * (asset.height or 0), asset.bytes), reverse=True)
        rows_context(group)
    context = {
        "groups": groups,
        "more": f"{reverse('duplicates')}?cursor={found.next}" if found.next else "",
        "here": reverse("duplicates"),
        **look_context(request, actor, team),
        "page_words": page_words(),
    }
    return render(request, "gallery/duplicates.html", context)


@require_POST
@page
def export(request: HttpRequest, actor: Actor) -> StreamingHttpResponse:
    """The chosen as a zip. A form, so that the browser saves it piece by piece while it comes."""
    keys = [as_uuid(word) for word in request.POST.get("assets", "").split(",")[:EXPORTED]]
    entries = zips.chosen(actor, [key for key in keys if isinstance(key, uuid.UUID)])
    return zips.as_plain_response(entries, "assets")
