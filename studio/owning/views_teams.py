"""Pages of leaving a team, handing it over, deleting it and taking it back."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from studio.gallery import room
from studio.gallery.models import Asset
from studio.jobs.models import Job
from studio.owning import actions
from studio.teams import actions as people
from studio.teams.actions import Refused
from studio.teams.current import TEAM_KEY, current_team
from studio.teams.fresh import ask_fresh
from studio.teams.models import Member, Role, Team, as_uuid
from studio.teams.pages import page
from studio.teams.rights import Actor, NotThere, require


def _team(request: HttpRequest) -> Team:
    team = current_team(request)
    if team is None:
        raise NotThere
    return team


def _member(team: Team, user_id: uuid.UUID | None) -> Member:
    member = Member.objects.select_related("team", "user").filter(team=team, user=user_id).first()
    if member is None:
        raise NotThere
    return member


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@page
def leave(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What becomes of one's things, and the button."""
    team = _team(request)
    mine = _member(team, actor.user.pk)
    if team.personal_of_id:
        raise Refused(_("A personal team cannot be left."))
    if request.method == "POST":
        people.remove_member(actor=actor, member=mine)
        request.session.pop(TEAM_KEY, None)
        messages.success(request, _("You have left %(team)s.") % {"team": team.name})
        return redirect("/")
    last = mine.role == Role.OWNER and not people.other_owners(mine).exists()
    return render(request, "owning/leave.html", {"team": team, "last_owner": last})


@require_POST
@page
def hand_over(request: HttpRequest, actor: Actor) -> HttpResponseRedirect:
    """Another member becomes the owner; who hands the team over is a manager then."""
    team = _team(request)
    require(actor, "team.transfer", team)
    ask_fresh(request)
    member = _member(team, as_uuid(request.POST.get("user", "")))
    actions.hand_over(actor=actor, member=member)
    messages.success(
        request,
        _("%(name)s owns %(team)s now; you are a manager.")
        % {"name": member.user.name, "team": member.team.name},
    )
    return redirect("team")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@page
def delete(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What goes, and the name to be typed."""
    team = _team(request)
    require(actor, "team.delete", team)
    if team.personal_of_id:
        raise Refused(_("A personal team goes with its person's account."))
    wrong = ""
    if request.method == "POST":
        ask_fresh(request)
        try:
            until = actions.delete_team(actor=actor, team=team, name=request.POST.get("name", ""))
        except Refused as error:
            wrong = str(error)
        else:
            request.session.pop(TEAM_KEY, None)
            messages.success(
                request,
                _("%(team)s is deleted. Until %(day)s an owner can take it back, here.")
                % {"team": team.name, "day": until.date().isoformat()},
            )
            return redirect("team")
    context = {
        "team": team,
        "wrong": wrong,
        "members": Member.objects.filter(team=team).count(),
        "assets": Asset.objects.filter(team=team).count(),
        "taken": room.taken(team),
        "jobs": Job.objects.filter(team=team, state__in=["queued", "running"]).count(),
    }
    return render(request, "owning/delete_team.html", context, status=422 if wrong else 200)


@require_POST
@page
def restore(request: HttpRequest, actor: Actor, team_id: uuid.UUID) -> HttpResponseRedirect:
    team = actions.restore_team(actor=actor, team_id=team_id)
    request.session[TEAM_KEY] = str(team.pk)
    messages.success(request, _("%(team)s is back, with everybody who was in it.") % {"team": team.name})
    return redirect("team")
