"""Calls about what a person and a team own."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from ninja import Router, Status
from pydantic import Field

from studio.api_shapes import Body, Out
from studio.gallery import zips
from studio.owning import actions, export
from studio.teams.actions import audit
from studio.teams.api import TeamOut, find_member, find_team, team_json
from studio.teams.auth import ApiRequest
from studio.teams.fresh import ask_fresh
from studio.teams.rights import NotAllowed, NotThere, require

router = Router(tags=["People"])


class HandOverIn(Body):
    member: int = Field(description="Id of the membership of who will own the team")


class DeleteTeamIn(Body):
    name: str = Field(max_length=120, description="The team's name, so that no other is meant")


class DeletedOut(Out):
    delete_at: datetime = Field(description="When it goes for good; until then it can be taken back")


def fresh(request: ApiRequest) -> None:
    """A session has to be a recent one; a token is a credential of its own."""
    if request.actor.token is None:
        ask_fresh(request)


@router.post("/teams/{uuid:team}/hand-over", response={204: None}, summary="Make a member the owner instead")
def hand_over(request: ApiRequest, team: uuid.UUID, body: HandOverIn) -> Status[None]:
    """An owner's right, who is a manager afterwards. Both are told. A browser's session has to be a recent one."""
    require(request.actor, "team.transfer", find_team(request, team))
    member = find_member(request, body.member)
    if member.team_id != team:
        raise NotThere
    fresh(request)
    actions.hand_over(actor=request.actor, member=member)
    return Status(204, None)


@router.post("/teams/{uuid:team}/delete", response=DeletedOut, summary="Delete a team, with a way back")
def delete_team(request: ApiRequest, team: uuid.UUID, body: DeleteTeamIn) -> dict[str, Any]:
    """An owner's right. It is gone for everybody at once; what waits or runs is cancelled. For 14 days its owners can
    take it back."""
    found = find_team(request, team)
    require(request.actor, "team.delete", found)
    fresh(request)
    return {"delete_at": actions.delete_team(actor=request.actor, team=found, name=body.name)}


@router.post("/teams/{uuid:team}/restore", response=TeamOut, summary="Take a deleted team back")
def restore_team(request: ApiRequest, team: uuid.UUID) -> dict[str, Any]:
    """For those who were its owners, with its members as they were."""
    return team_json(actions.restore_team(actor=request.actor, team_id=team), "owner")


class ExportIn(Body):
    files: bool = Field(True, description="The stored files as well; else only what is said of them")


class DeleteAccountIn(Body):
    email: str = Field(max_length=254, description="Your address, so that no other account is meant")


@router.post("/me/export", response={200: None}, summary="Everything of yours, as a zip")
def export_all(request: ApiRequest, body: ExportIn) -> HttpResponseBase:
    """Streamed while it is put together: it has no length and no Range, so one that breaks off begins anew. Its README
    says what is in it. A token with scopes, or of one team, cannot ask for it; a browser's session has to be a recent one."""
    token = request.actor.token
    if token is not None and (token.scopes or token.team_id):
        raise NotAllowed(
            "account.export", _("A token with scopes, or of one team, cannot take everything along.")
        )
    fresh(request)
    audit(None, request.actor.user, "account.export", str(request.actor.user.pk))
    return zips.as_plain_response(export.entries(request.actor.user, files=body.files), "everything of mine")


@router.post("/me/delete", response=DeletedOut, summary="Delete your account, with a way back")
def delete_account(request: ApiRequest, body: DeleteAccountIn) -> dict[str, Any]:
    """Sessions, sockets and tokens end at once; signing in within 14 days keeps the rest. Only a browser's recent session
    may ask for it. Refused to the only owner of a team and to the only operator."""
    if request.actor.token is not None:
        raise NotAllowed("account.delete", _("A token cannot delete its person's account: sign in for that."))
    fresh(request)
    return {"delete_at": actions.delete_account(user=request.actor.user, email=body.email)}
