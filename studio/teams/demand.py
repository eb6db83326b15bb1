"""Pages and the verb of what a team demands of its members: the owners' setting, and the page of who owes a second step."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from studio.teams import changes, second_step
from studio.teams.actions import Refused, audit
from studio.teams.current import choose_team, current_team
from studio.teams.fresh import ask_fresh
from studio.teams.models import Member, Team
from studio.teams.pages import page, person
from studio.teams.rights import Actor, NotThere, require
from studio.teams.second_step import Demand


@transaction.atomic
def demand(*, actor: Actor, team: Team, wanted: str) -> Team:
    """What everybody in this team has to have from now on. Owners may, who have it themselves."""
    team = Team.objects.select_for_update().get(pk=team.pk)
    require(actor, "team.edit", team)
    if wanted not in Demand.values:
        raise Refused(_("There is no such setting."))
    if wanted and team.personal_of_id:
        raise Refused(_("This place is yours alone; what you need for it is on your account page."))
    if not second_step.fulfils(actor.user, wanted, actor.way):
        raise Refused(
            _(
                "You would be the first to be kept out. Set up an authenticator app, or sign in with a passkey, then "
                "ask it of the others."
            )
        )
    if team.second_step == wanted:
        return team
    team.second_step = wanted
    team.save(update_fields=["second_step"])
    Member.objects.filter(team=team).update(demands=wanted)
    for user_id in Member.objects.filter(team=team).values_list("user_id", flat=True):
        changes.tell(user_id)  # what is open with those who owe it, ends
    audit(team, actor.user, "team.second_step", str(team.pk), demand=wanted)
    return team


@require_POST
@page
def set_demand(request: HttpRequest, actor: Actor) -> HttpResponseRedirect:
    """The form on the team's page."""
    team = current_team(request)
    if team is None:
        raise NotThere
    require(actor, "team.edit", team)
    ask_fresh(request)
    demand(actor=actor, team=team, wanted=request.POST.get("demand", ""))
    messages.success(request, _("Saved. Whoever has none sees nothing of the team until they have one."))
    return redirect("team")


@never_cache
@require_safe
@page
def owed(request: HttpRequest, actor: Actor, team_id: uuid.UUID) -> HttpResponse:
    """What a team asks of somebody who has it not yet, and the way there. Who has it goes on into the team."""
    if team_id in actor.roles:
        choose_team(request, str(team_id))
        return redirect("/")
    if team_id not in actor.held:
        raise NotThere
    team = Team.objects.get(pk=team_id)
    context = {
        "asks": team,
        "company": team.second_step == Demand.COMPANY,
        "has_passkey": second_step.has_passkey(person(request)),
    }
    return render(request, "teams/second_step.html", context, status=403)
