"""Pages of the account and the team."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from studio.teams import actions, oidc, secure
from studio.teams.current import TEAM_KEY, choose_team, current_team
from studio.teams.forms import ChangePasswordForm, InviteForm, ProfileForm, TeamForm, TokenForm
from studio.teams.fresh import ask_fresh
from studio.teams.models import ApiToken, Invitation, Member, Role, Team, as_uuid
from studio.teams.pages import next_of, page, person
from studio.teams.rights import Actor, NotThere, can, require
from studio.teams.second_step import Demand, without

ROLE_ORDER = [str(role) for role in reversed(Role.values)]


# ---------------------------------------------------------------- account


def _account(
    request: HttpRequest,
    *,
    profile: ProfileForm | None = None,
    password: ChangePasswordForm | None = None,
    token: TokenForm | None = None,
    secret: str = "",
    status: int = 200,
) -> HttpResponse:
    user = person(request)
    context = {
        "profile": profile or ProfileForm(instance=user),
        "password": password or ChangePasswordForm(user),
        "token": token or TokenForm(user=user),
        "tokens": ApiToken.objects.filter(user=user, revoked_at=None).select_related("team").order_by("-id"),
        "secret": secret,
        **secure.of_account(request),
    }
    return render(request, "teams/account.html", context, status=status)


@never_cache
@require_safe
@page
def account(request: HttpRequest, actor: Actor) -> HttpResponse:
    return _account(request)


@require_POST
@page
def save_profile(request: HttpRequest, actor: Actor) -> HttpResponse:
    form = ProfileForm(request.POST, instance=person(request))
    if not form.is_valid():
        person(request).refresh_from_db()
        return _account(request, profile=form, status=422)
    if "email" in form.changed_data:  # a mailed link to a new password goes there
        person(request).refresh_from_db()
        ask_fresh(request)
    actions.edit_profile(actor=actor, **form.cleaned_data)
    messages.success(request, _("Saved."))
    return redirect("account")


@require_POST
@page
def save_password(request: HttpRequest, actor: Actor) -> HttpResponse:
    if not person(request).has_usable_password():  # else it asks for that
        ask_fresh(request)
    form = ChangePasswordForm(person(request), request.POST)
    if not form.is_valid():
        return _account(request, password=form, status=422)
    form.save()
    update_session_auth_hash(request, person(request))  # other devices are signed out, this one stays
    messages.success(request, _("Your new password is set. Other devices are signed out."))
    return redirect("account")


@never_cache
@require_POST
@page
def make_token(request: HttpRequest, actor: Actor) -> HttpResponse:
    """A new token; its secret is in this answer and nowhere else."""
    form = TokenForm(request.POST, user=person(request))
    if not form.is_valid():
        return _account(request, token=form, status=422)
    _made, secret = actions.create_token(user=person(request), **form.cleaned_data)
    return _account(request, secret=secret)


@require_POST
@page
def revoke_token(request: HttpRequest, actor: Actor, token_id: uuid.UUID) -> HttpResponseRedirect:
    token = ApiToken.objects.filter(pk=token_id).first()
    if token is None:
        raise NotThere
    actions.revoke_token(actor=actor, token=token)
    messages.success(request, _("The token is revoked; it no longer opens anything."))
    return redirect("account")


# ---------------------------------------------------------------- team


def _team(request: HttpRequest) -> Team:
    team = current_team(request)
    if team is None:
        raise NotThere
    return team


def _team_page(
    request: HttpRequest, actor: Actor, *, link: str = "", made: TeamForm | None = None, status: int = 200
) -> HttpResponse:
    team = _team(request)
    members = sorted(
        Member.objects.filter(team=team).select_related("user", "team"),
        key=lambda member: (ROLE_ORDER.index(member.role), member.user.name.lower()),
    )
    for member in members:
        me = member.user_id == actor.user.pk
        over_owner = member.role != Role.OWNER or can(actor, "member.owner", team)
        member.is_me = me  # type: ignore[attr-defined]
        member.can_change = over_owner and can(actor, "member.role", team)  # type: ignore[attr-defined]
        member.can_remove = (  # type: ignore[attr-defined]
            not me and over_owner and can(actor, "member.remove", team)
        )
    may_invite = can(actor, "member.invite", team) and not team.personal_of_id
    owner = can(actor, "member.owner", team)
    roles = [(value, label) for value, label in Role.choices if owner or value != Role.OWNER]
    form = InviteForm()
    form.fields["role"].choices = roles  # type: ignore[attr-defined]
    context = {
        "members": members,
        "roles": roles,
        "personal": team.personal_of_id is not None,
        "may_invite": may_invite,
        "may_webhooks": can(actor, "team.webhooks", team),
        "invite": form,
        "invitations": Invitation.objects.filter(
            team=team, accepted_at=None, revoked_at=None, expires_at__gt=timezone.now()
        )
        .select_related("created_by")
        .order_by("-id")
        if may_invite
        else [],
        "link": link,
        "audit": team.audit.select_related("user").order_by("-at")[:20]
        if can(actor, "team.audit", team)
        else [],
        "make": made or TeamForm(),
        **_second_step(actor, team),
    }
    return render(request, "teams/team.html", context, status=status)


def _second_step(actor: Actor, team: Team) -> dict[str, Any]:
    """What the page says of the second step, and for owners whom it would keep out."""
    may = can(actor, "team.edit", team) and not team.personal_of_id
    company = oidc.configured() or team.second_step == Demand.COMPANY
    return {
        "may_demand": may,
        "demands": [(value, label) for value, label in Demand.choices if company or value != Demand.COMPANY],
        "demanded": Demand(team.second_step).label if team.second_step else "",
        "without_step": without(team, team.second_step or Demand.OWN) if may else [],
    }


@never_cache
@require_safe
@page
def team(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Members and roles, open invitations, and a new team."""
    return _team_page(request, actor)


@require_POST
@page
def choose(request: HttpRequest, actor: Actor) -> HttpResponseRedirect:
    """Work in another of one's teams."""
    wanted = as_uuid(request.POST.get("team", ""))
    if wanted in actor.held:
        return redirect("second_step", wanted)
    if choose_team(request, request.POST.get("team", "")) is None:
        raise NotThere
    return redirect(next_of(request, reverse("team")))


@require_POST
@page
def make_team(request: HttpRequest, actor: Actor) -> HttpResponse:
    form = TeamForm(request.POST)
    if not form.is_valid():
        return _team_page(request, actor, made=form, status=422)
    made = actions.create_team(actor=actor, name=form.cleaned_data["name"])
    request.session[TEAM_KEY] = str(made.pk)
    messages.success(request, _("%(team)s is made. Invite who works with you.") % {"team": made.name})
    return redirect("team")


@never_cache
@require_POST
@page
def invite(request: HttpRequest, actor: Actor) -> HttpResponse:
    """A new invitation; its link is in this answer and nowhere else."""
    _made, token = actions.invite(actor=actor, team=_team(request), role=request.POST.get("role", ""))
    return _team_page(request, actor, link=request.build_absolute_uri(reverse("join", args=[token])))


@require_POST
@page
def revoke_invitation(request: HttpRequest, actor: Actor, invitation_id: uuid.UUID) -> HttpResponseRedirect:
    invitation = Invitation.objects.select_related("team").filter(pk=invitation_id).first()
    if invitation is None:
        raise NotThere
    actions.revoke_invitation(actor=actor, invitation=invitation)
    messages.success(request, _("The link no longer works."))
    return redirect("team")


def _member(request: HttpRequest, actor: Actor, user_id: uuid.UUID) -> Member:
    team = _team(request)
    require(actor, "team.view", team)
    member = Member.objects.select_related("team", "user").filter(team=team, user_id=user_id).first()
    if member is None:
        raise NotThere
    return member


@require_POST
@page
def change_role(request: HttpRequest, actor: Actor, user_id: uuid.UUID) -> HttpResponseRedirect:
    member = _member(request, actor, user_id)
    actions.change_role(actor=actor, member=member, role=request.POST.get("role", ""))
    member.refresh_from_db(fields=["role"])
    messages.success(
        request,
        _("%(name)s is %(role)s now.") % {"name": member.user.name, "role": Role(member.role).label.lower()},
    )
    return redirect("team")


@require_POST
@page
def remove_member(request: HttpRequest, actor: Actor, user_id: uuid.UUID) -> HttpResponseRedirect:
    """Take somebody out of the team, or leave it oneself."""
    member = _member(request, actor, user_id)
    name = member.team.name
    actions.remove_member(actor=actor, member=member)
    if member.user_id == actor.user.pk:
        request.session.pop(TEAM_KEY, None)
        messages.success(request, _("You have left %(team)s.") % {"team": name})
        return redirect("/")
    messages.success(request, _("%(name)s is no longer in the team.") % {"name": member.user.name})
    return redirect("team")
