"""Pages about two assets and more: what differs, as a piece of the asset's page, and several side by side."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from studio.gallery import actions
from studio.gallery.texts import compared
from studio.teams.pages import page
from studio.teams.rights import Actor


@never_cache
@require_safe
@page
def difference(request: HttpRequest, actor: Actor, asset_id: uuid.UUID, other_id: uuid.UUID) -> HttpResponse:
    """What changed from the other one to the asset: a piece of its page."""
    after, before = (actions.get_visible(actor, each) for each in (asset_id, other_id))
    return render(request, "gallery/difference.html", {"difference": compared(before, after)})
