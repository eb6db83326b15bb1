"""The page of one asset."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from studio.catalog import actions as catalog
from studio.gallery import actions, storage
from studio.gallery.facts import Facts, facts_of, flows_to
from studio.gallery.models import Asset, Medium
from studio.gallery.page_words import page_words
from studio.gallery.relatives import relatives
from studio.teams.current import about_team
from studio.teams.pages import page
from studio.teams.rights import Actor, can, require


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
    about_team(request, shown.team_id)
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
