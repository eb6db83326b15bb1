"""Pages of brand kits: all of a team's, a new one, one to change."""

from __future__ import annotations

import json
import uuid
from itertools import zip_longest
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from generators import brand as limits
from studio.presets import brands
from studio.presets.models import Brand
from studio.problems import Conflict, InvalidInputs
from studio.teams.current import about_team, current_team
from studio.teams.models import Team
from studio.teams.pages import may, page
from studio.teams.rights import Actor, NotThere, require


def page_words() -> dict[str, str]:
    """The sentences of the pages' scripts."""
    return {
        "brand_deleted": _("“{name}” is deleted."),
        "brand_back": _("“{name}” is back."),
        "brand_pick": _("Colour {n}"),
        "brand_hex": _("Colour {n} as # and six digits"),
        "brand_name": _("Name of colour {n}"),
        "brand_take": _("Take colour {n} out"),
    }


def _team(request: HttpRequest) -> Team:
    team = current_team(request)
    if team is None:
        raise NotThere
    return team


@never_cache
@require_safe
@page
def kits(request: HttpRequest, actor: Actor) -> HttpResponse:
    """/brands/: what the team keeps."""
    team = _team(request)
    require(actor, "preset.view", team)
    context = {
        "brands": brands.of_team(team),
        "page_words": page_words(),
        **may(actor, team, "preset.edit"),
    }
    return render(request, "presets/brands.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def new(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """/brands/new/."""
    team = _team(request)
    require(actor, "preset.edit", team)
    if request.method != "POST":
        return _form(request, brands.Given(""), None)
    return _saved(request, actor, team, None)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def kit(request: HttpRequest, actor: Actor, brand_id: uuid.UUID) -> HttpResponseBase:
    """/brands/<id>/: one to change."""
    found = brands.get_visible(actor, brand_id, "preset.edit")
    about_team(request, found.team_id)
    if request.method != "POST":
        return _form(request, brands.given_of(found), found)
    return _saved(request, actor, found.team, found)


def _saved(request: HttpRequest, actor: Actor, team: Team, brand: Brand | None) -> HttpResponseBase:
    given = _read(request.POST)
    try:
        kept = brands.save(actor, team, given, brand)
    except (InvalidInputs, Conflict) as problem:
        return _form(request, given, brand, wrong=problem.detail, status=problem.status)
    messages.success(request, _("The brand kit “%(name)s” is saved.") % {"name": kept.name})
    return redirect("brands")


def _read(said: QueryDict) -> brands.Given:
    """A form as it was sent; rows of colours in which nothing is written are none."""
    rows = zip_longest(said.getlist("colour_value"), said.getlist("colour_name"), fillvalue="")
    return brands.Given(
        name=said.get("name", ""),
        colours=[(value, name) for value, name in rows if value.strip() or name.strip()],
        tone=said.get("tone", "").replace("\r\n", "\n"),
        words=said.get("words", "").splitlines(),
        avoid=said.get("avoid", "").splitlines(),
        logo=said.get("logo") or None,
    )


def _logo_field(logo: uuid.UUID | str | None) -> dict[str, str]:
    """What the template of an asset's field asks for."""
    return {
        "name": "logo-asset",
        "widget": "asset",
        "template": "fields/asset.html",
        "kind": "str",
        "medium": "image",
        "label": _("Logo"),
        "help": _("Shown beside the kit. No model sees it."),
        "default_json": "null",
        "value_json": json.dumps(str(logo) if logo else None),
    }


def _form(
    request: HttpRequest, given: brands.Given, brand: Brand | None, *, wrong: str = "", status: int = 200
) -> HttpResponse:
    """wrong: what is wrong with what was sent, which stands in the form so that nothing typed is lost."""
    context: dict[str, Any] = {
        "given": given,
        "colours": [{"value": value, "name": name} for value, name in given.colours],
        "logo": _logo_field(given.logo),
        "words": "\n".join(given.words),
        "avoid": "\n".join(given.avoid),
        "brand": brand,
        "was": brand and Brand.objects.values_list("name", flat=True).get(pk=brand.pk),
        "wrong": wrong,
        "most": limits.MOST_COLOURS,
        "page_words": page_words(),
    }
    return render(request, "presets/brand.html", context, status=status)
