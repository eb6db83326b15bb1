"""The team's page of share links: make one for an asset or a board, see them, revoke them."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from studio.clock import local_moment
from studio.gallery import actions as gallery
from studio.gallery import boards
from studio.problems import InvalidInputs
from studio.shares import actions
from studio.shares.models import ShareLink
from studio.teams.current import current_team
from studio.teams.models import as_uuid
from studio.teams.pages import page
from studio.teams.rights import Actor, NotThere, can, require

MOST = 200


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@page
def shares(request: HttpRequest, actor: Actor) -> HttpResponse:
    """/shares/: the team's links; with ?asset= or ?board= those of it, and a form for another."""
    given = request.POST if request.method == "POST" else request.GET
    asset_id, board_id = as_uuid(given.get("asset", "")), as_uuid(given.get("board", ""))
    thing: Any = None
    if asset_id:
        thing = gallery.get_visible(actor, asset_id)
    elif board_id:
        thing = boards.get_visible(actor, board_id)
    team = thing.team if thing else current_team(request)
    if team is None:
        raise NotThere
    require(actor, "share.view", team)
    url, wrong = "", {}
    if request.method == "POST":
        if thing is None:
            raise NotThere
        try:
            _link, secret = actions.share(
                actor,
                thing,
                title=given.get("title", ""),
                password=given.get("password", "")[:200],
                expires_at=local_moment(given.get("expires", "")),
                may_download=given.get("may_download") == "on",
                may_comment=given.get("may_comment") == "on",
                watermark=given.get("watermark", ""),
            )
        except InvalidInputs as problem:
            wrong = {str(error["loc"][0]): str(error["msg"]) for error in problem.errors}
        else:
            url = request.build_absolute_uri(reverse("shared", args=[secret]))
            given = QueryDict()  # the next link begins with an empty form
    rows = ShareLink.objects.filter(team=team).select_related("author", "asset", "board").order_by("-pk")
    if asset_id:
        rows = rows.filter(asset=asset_id)
    elif board_id:
        rows = rows.filter(board=board_id)
    context = {
        "thing": thing,
        "asset": thing if asset_id else None,
        "board": thing if board_id else None,
        "may_share": thing is not None and can(actor, "share.create", thing),
        "rows": [
            {"link": row, "may_revoke": not row.over and can(actor, "share.revoke", row)}
            for row in rows[:MOST]
        ],
        "url": url,
        "given": given,
        "wrong": wrong,
    }
    return render(request, "shares/shares.html", context, status=422 if wrong else 200)


@require_POST
@page
def revoke(request: HttpRequest, actor: Actor, share_id: uuid.UUID) -> HttpResponse:
    link = actions.revoke(actor, actions.get_visible(actor, share_id))
    messages.success(request, _("The link opens nothing any more."))
    of = f"?asset={link.asset_id}" if link.asset_id else f"?board={link.board_id}"
    return redirect(reverse("shares") + of)
