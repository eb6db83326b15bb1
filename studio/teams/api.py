"""Calls about who one is, teams and their members."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, Literal

from django.db import transaction
from django.utils.translation import gettext as _
from ninja import Router, Status
from pydantic import Field

from studio.api_shapes import LIMIT, Body, Cursor, Limit, Listed, Out, TeamFilter, page
from studio.teams import actions
from studio.teams.auth import ApiRequest
from studio.teams.models import ApiToken, Invitation, Member, Team
from studio.teams.rights import SCOPES, NotAllowed, NotThere, StepOwed, require

router = Router(tags=["People"])

RoleName = Literal["viewer", "reviewer", "creator", "manager", "owner"]


class TeamOut(Out):
    id: uuid.UUID
    name: str
    personal: bool
    role: RoleName = Field(description="Your own role in it")
    second_step: str = Field(
        description="What it demands of its members beside signing in: own, company, or empty"
    )
    created_at: datetime


class UserOut(Out):
    id: uuid.UUID
    name: str
    email: str
    operator: bool = Field(description="The right over machine-wide matters: nodes, models for everybody")


class TokenOut(Out):
    id: uuid.UUID
    name: str
    team: uuid.UUID | None
    scopes: list[str]


class MeOut(Out):
    user: UserOut
    token: TokenOut | None = Field(description="The token that asks; null for a session")
    scopes: list[str] = Field(
        description="What the token lets through; a session, or a token without scopes, has all"
    )
    teams: list[TeamOut]


class MemberOut(Out):
    id: int
    team: uuid.UUID
    user: uuid.UUID
    name: str
    email: str
    role: RoleName
    joined_at: datetime


class InvitationOut(Out):
    id: uuid.UUID
    team: uuid.UUID
    role: RoleName
    expires_at: datetime
    url: str = Field(description="The link to send; it is told this once")


class TeamIn(Body):
    name: str = Field(min_length=1, max_length=120)


class RoleIn(Body):
    role: RoleName


class InvitationIn(Body):
    team: uuid.UUID
    role: RoleName = "creator"


def team_json(team: Team, role: str) -> dict[str, Any]:
    return {
        "id": team.pk,
        "name": team.name,
        "personal": team.personal_of_id is not None,
        "role": role,
        "second_step": team.second_step,
        "created_at": team.created_at,
    }


def member_json(member: Member) -> dict[str, Any]:
    return {
        "id": member.pk,
        "team": member.team_id,
        "user": member.user_id,
        "name": member.user.name,
        "email": member.user.email,
        "role": member.role,
        "joined_at": member.joined_at,
    }


def find_team(request: ApiRequest, team: uuid.UUID) -> Team:
    """A team that the actor is in; NotThere else."""
    if team not in request.actor.roles:
        raise StepOwed(team) if team in request.actor.held else NotThere
    return Team.objects.get(pk=team)


@router.get("/me", response=MeOut, summary="Who asks")
def me(request: ApiRequest) -> dict[str, Any]:
    """The person or token that asks, with their teams, roles and scopes."""
    actor = request.actor
    teams = sorted(
        Team.objects.filter(pk__in=actor.team_ids), key=lambda t: (t.personal_of_id is None, t.name.lower())
    )
    user, token = actor.user, actor.token
    return {
        "user": {"id": user.pk, "name": user.name, "email": user.email, "operator": user.operator},
        "token": token
        and {"id": token.pk, "name": token.name, "team": token.team_id, "scopes": token.scopes},
        "scopes": (token.scopes if token else None) or sorted(SCOPES),
        "teams": [team_json(team, actor.roles[team.pk]) for team in teams],
    }


@router.get("/teams", response=Listed[TeamOut], summary="Your teams")
def teams(
    request: ApiRequest, team: TeamFilter = None, cursor: Cursor = None, limit: Limit = LIMIT
) -> dict[str, Any]:
    roles = request.actor.roles
    wanted = list(roles) if team is None else [find_team(request, team).pk]
    rows = Team.objects.filter(pk__in=wanted)
    found = page(rows, cursor=cursor, limit=limit)
    return {"items": [team_json(row, roles[row.pk]) for row in found.rows], "next": found.next}


@router.post("/teams", response={201: TeamOut}, summary="A new team, which you own")
def create_team(request: ApiRequest, body: TeamIn) -> Status[dict[str, Any]]:
    team = actions.create_team(actor=request.actor, name=body.name)
    return Status(201, team_json(team, "owner"))


@router.get("/teams/{uuid:team}", response=TeamOut, summary="One team")
def read_team(request: ApiRequest, team: uuid.UUID) -> dict[str, Any]:
    found = find_team(request, team)
    require(request.actor, "team.view", found)
    return team_json(found, request.actor.roles[found.pk])


@router.get("/members", response=Listed[MemberOut], summary="Members of your teams")
def members(
    request: ApiRequest, team: TeamFilter = None, cursor: int | None = None, limit: Limit = LIMIT
) -> dict[str, Any]:
    """Newest first. Members see each other."""
    asked = (
        [find_team(request, team)] if team is not None else Team.objects.filter(pk__in=request.actor.team_ids)
    )
    for one in asked:
        require(request.actor, "team.view", one)
    rows = Member.objects.filter(team__in=asked).select_related("user").order_by("-pk")
    if cursor is not None:
        rows = rows.filter(pk__lt=cursor)
    found = list(rows[: limit + 1])
    return {
        "items": [member_json(row) for row in found[:limit]],
        "next": str(found[limit - 1].pk) if len(found) > limit else None,
    }


def find_member(request: ApiRequest, member: int) -> Member:
    found = (
        Member.objects.select_related("user", "team")
        .filter(pk=member, team__in=request.actor.team_ids)
        .first()
    )
    if found is None:
        raise NotThere
    return found


@router.patch("/members/{int:member}", response=MemberOut, summary="Give a member another role")
def change_role(request: ApiRequest, member: int, body: RoleIn) -> dict[str, Any]:
    found = find_member(request, member)
    actions.change_role(actor=request.actor, member=found, role=body.role)
    return member_json(find_member(request, member))


@router.delete(
    "/members/{int:member}", response={204: None}, summary="Take a member out of a team, or leave it"
)
def remove_member(request: ApiRequest, member: int) -> Status[None]:
    actions.remove_member(actor=request.actor, member=find_member(request, member))
    return Status(204, None)


class TokenIn(Body):
    name: str = Field("", max_length=120)
    team: uuid.UUID | None = Field(None, description="It then sees that team alone")
    scopes: list[Literal["read", "write", "manage"]] = Field(default_factory=list, description="None: all")


class NewTokenOut(TokenOut):
    secret: str = Field(description="What the header Authorization carries; it is told this once")


def token_json(token: ApiToken) -> dict[str, Any]:
    return {
        "id": token.pk,
        "name": token.name,
        "team": token.team_id,
        "scopes": token.scopes,
        "created_at": token.created_at,
        "last_used_at": token.last_used_at,
    }


def _not_by_a_lesser_token(request: ApiRequest) -> None:
    """A token with scopes, or of one team, makes and revokes none: it could make one that may do more."""
    token = request.actor.token
    if token is not None and (token.scopes or token.team_id):
        raise NotAllowed("token.create", _("A token with scopes, or of one team, cannot change tokens."))


@router.get("/tokens", response=Listed[TokenOut], summary="Your tokens")
def tokens(
    request: ApiRequest, team: TeamFilter = None, cursor: Cursor = None, limit: Limit = LIMIT
) -> dict[str, Any]:
    rows = ApiToken.objects.filter(user=request.actor.user, revoked_at=None)
    if team is not None:
        rows = rows.filter(team=find_team(request, team))
    found = page(rows, cursor=cursor, limit=limit)
    return {"items": [token_json(row) for row in found.rows], "next": found.next}


@router.post("/tokens", response={201: NewTokenOut}, summary="A new token, which stands for you")
def create_token(request: ApiRequest, body: TokenIn) -> Status[dict[str, Any]]:
    _not_by_a_lesser_token(request)
    team = find_team(request, body.team) if body.team else None
    token, secret = actions.create_token(
        user=request.actor.user, team=team, scopes=body.scopes, name=body.name
    )
    return Status(201, {**token_json(token), "secret": secret})


@router.delete("/tokens/{uuid:token}", response={204: None}, summary="Revoke one of your tokens, at once")
def revoke_token(request: ApiRequest, token: uuid.UUID) -> Status[None]:
    _not_by_a_lesser_token(request)
    found = ApiToken.objects.filter(pk=token, user=request.actor.user).first()
    if found is None:
        raise NotThere
    actions.revoke_token(actor=request.actor, token=found)
    return Status(204, None)


@router.post("/invitations", response={201: InvitationOut}, summary="A link by which somebody joins a team")
def invite(request: ApiRequest, body: InvitationIn) -> Status[dict[str, Any]]:
    with transaction.atomic():
        team = find_team(request, body.team)
        invitation, secret = actions.invite(actor=request.actor, team=team, role=body.role)
    return Status(
        201,
        {
            "id": invitation.pk,
            "team": team.pk,
            "role": invitation.role,
            "expires_at": invitation.expires_at,
            "url": request.build_absolute_uri(f"/join/{secret}/"),
        },
    )


@router.delete("/invitations/{uuid:invitation}", response={204: None}, summary="Withdraw an invitation")
def revoke_invitation(request: ApiRequest, invitation: uuid.UUID) -> Status[None]:
    found = (
        Invitation.objects.select_related("team")
        .filter(pk=invitation, team__in=request.actor.team_ids)
        .first()
    )
    if found is None:
        raise NotThere
    actions.revoke_invitation(actor=request.actor, invitation=found)
    return Status(204, None)
