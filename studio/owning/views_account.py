"""Pages of taking everything of one's own along, and of deleting one's account."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.db.models import Count, Sum
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from studio.gallery import zips
from studio.gallery.models import Asset
from studio.owning import actions
from studio.owning.export import entries
from studio.teams.actions import Refused, audit
from studio.teams.fresh import ask_fresh
from studio.teams.models import Member, User
from studio.teams.pages import page, person
from studio.teams.rights import Actor
from studio.threads.models import Thread


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@page
def export(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """What the zip holds; POST sends it."""
    user = person(request)
    if request.method != "POST":
        own = Asset.objects.filter(author=user, team__in=actor.team_ids)
        size = own.aggregate(n=Count("pk"), taken=Sum("bytes"))
        return render(request, "owning/export.html", size)
    ask_fresh(request)
    audit(None, user, "account.export", str(user.pk))
    files = request.POST.get("files") == "1"
    return zips.as_plain_response(entries(user, files=files), f"studio-{user.name}")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@page
def delete(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What goes and what stays, and the address to be typed."""
    user = person(request)
    wrong = ""
    if request.method == "POST":
        ask_fresh(request)
        try:
            until = actions.delete_account(user=user, email=request.POST.get("email", ""))
        except Refused as error:
            wrong = str(error)
        else:
            logout(request)
            messages.success(
                request,
                _("Your account goes for good on %(day)s. Sign in before then, and it stays.")
                % {"day": until.date().isoformat()},
            )
            return redirect("signin")
    return render(
        request, "owning/delete_account.html", _what(user) | {"wrong": wrong}, status=422 if wrong else 200
    )


def _what(user: User) -> dict[str, Any]:
    return {
        "only_owned": actions.only_owned(user),
        "last_operator": actions.last_operator(user),
        "own": Asset.objects.filter(team__personal_of=user).count(),
        "shared": Asset.objects.filter(author=user, listed=True, team__personal_of=None).count(),
        "chats": Thread.objects.filter(author=user, deleted_at=None).count(),
        "teams": Member.objects.filter(user=user, team__personal_of=None).count(),
    }
