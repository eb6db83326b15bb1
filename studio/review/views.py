"""Pages of reviews: the list, asking for one, and one asset at a time on the whole screen."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from studio.api_shapes import page as page_of
from studio.clock import local_moment
from studio.gallery import actions as gallery
from studio.notices import actions as notices
from studio.problems import Problem
from studio.review import actions
from studio.review.api import listed
from studio.review.json import review_with_items
from studio.review.models import Review
from studio.review.words import page_words
from studio.teams.current import about_team, current_team
from studio.teams.models import Member, Role, as_uuid
from studio.teams.pages import page
from studio.teams.rights import Actor, NotThere, can, require

PAGE = 40
SHOW = ("for_me", "mine", "all", "done")


def _lists() -> dict[str, str]:
    return {"for_me": _("For me"), "mine": _("Asked by me"), "all": _("All"), "done": _("Done")}


@require_safe
@never_cache
@page
def reviews(request: HttpRequest, actor: Actor) -> HttpResponse:
    """/review/: what waits for me first; what I asked; all; what is done."""
    team = current_team(request)
    if team is None:
        raise NotThere
    require(actor, "review.view", team)
    show = request.GET.get("show", "")
    if show not in SHOW:
        show = "for_me"
    cursor = as_uuid(request.GET.get("cursor", ""))
    found = page_of(
        listed(actor, [team.pk], show).prefetch_related("items__asset"), cursor=cursor, limit=PAGE
    )
    now = timezone.now()
    rows = [
        {
            "review": row,
            "covers": [item.asset for item in row.items.all()[:4]],
            "counts": {
                state: sum(item.state == state for item in row.items.all())
                for state in ("approved", "changes")
            },
            "total": len(row.items.all()),
            "late": bool(
                row.due_at and row.due_at < now and row.closed_at is None and row.state != "approved"
            ),
        }
        for row in found.rows
    ]
    lists = [{"key": key, "title": title, "current": key == show} for key, title in _lists().items()]
    return render(
        request, "review/reviews.html", {"rows": rows, "lists": lists, "show": show, "next": found.next}
    )


@require_safe
@never_cache
@page
def review(request: HttpRequest, actor: Actor, review_id: uuid.UUID) -> HttpResponse:
    """/review/<id>/: one of its assets at a time; ?item= or ?asset= says which first."""
    row = actions.get_visible(actor, review_id)
    about = f"review:{row.pk}"
    if notices.mine(actor).filter(about=about, read_at=None).exists():  # whoever is here has been told
        notices.read(actor, about=about)
    about_team(request, row.team_id)
    told = review_with_items(row, actor)
    started = next(
        (
            place
            for place, item in enumerate(told["shown"])
            if request.GET.get("item") == item["id"] or request.GET.get("asset") == item["asset"]["id"]
        ),
        next((place for place, item in enumerate(told["shown"]) if item["state"] == "waiting"), 0),
    )
    may = {
        "decide": told["for_me"]
        or (row.closed_at is None and actor.role_in(row.team_id) in {"manager", "owner"}),
        "comment": can(actor, "asset.comment", row),
        "make": can(actor, "job.submit", row),
        "close": row.closed_at is None and can(actor, "review.close", row),
        "unlock": row.closed_at is None and can(actor, "review.unlock", row),
    }
    handed = {"review": told, "start": started, "may": may, "me": str(actor.user.pk)}
    return render(
        request,
        "review/review.html",
        {"row": row, "told": told, "handed": handed, "page_words": page_words()},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@page
def new(request: HttpRequest, actor: Actor) -> HttpResponse:
    """/review/new/?assets=…|board=…|batch=…: whom to ask, and for what."""
    given = request.POST if request.method == "POST" else request.GET
    assets = [key for part in given.get("assets", "").split(",") if (key := as_uuid(part))]
    subject = actions.Subject(assets, as_uuid(given.get("board", "")), as_uuid(given.get("batch", "")))
    team = current_team(request)
    if assets:
        team = gallery.get_visible(actor, assets[0]).team
    if team is None:
        raise NotThere
    require(actor, "review.request", team)
    wrong: dict[str, str] = {}
    if request.method == "POST":
        try:
            made = actions.request_review(
                actor=actor, subject=subject, title=given.get("title", ""), note=given.get("note", "")[:5000],
                people=[key for part in request.POST.getlist("people") if (key := as_uuid(part))],
                role=given.get("role", ""), kind=given.get("kind", Review.Kind.VERDICT),
                picks=int(given["picks"]) if given.get("picks", "").isdigit() else 1,
                need=given.get("need", Review.Need.ONE), due_at=local_moment(given.get("due", "")),
            )  # fmt: skip
        except Problem as problem:
            wrong = {str(error["loc"][0]): error["msg"] for error in problem.errors} or {"": problem.detail}
        else:
            return redirect("review", made.pk)
    members = (
        Member.objects.filter(team=team)
        .exclude(role=Role.VIEWER)
        .select_related("user")
        .order_by("user__name")
    )
    there = gallery.visible(actor).in_bulk(assets[:12])
    context: dict[str, Any] = {
        "assets": [there[key] for key in assets[:12] if key in there],
        "total": len(assets),
        "members": list(members),
        "roles": [(role, Role(role).label) for role in actions.ROLES if role != Role.VIEWER],
        "given": given,
        "people": request.POST.getlist("people"),
        "wrong": wrong,
    }
    return render(request, "review/new.html", context, status=422 if wrong else 200)
