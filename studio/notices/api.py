"""Calls about one's own notices."""

from __future__ import annotations

import uuid
from dataclasses import asdict
from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _
from ninja import Query, Router
from pydantic import Field

from studio.api_shapes import LIMIT, MOST, Body, Cursor, Limit, Listed, Out, TeamFilter, page
from studio.notices import actions
from studio.notices.models import Notice
from studio.notices.preferences import Preferences
from studio.problems import InvalidInputs
from studio.teams.api import find_team
from studio.teams.auth import ApiRequest

router = Router(tags=["Notices"])

Email = Literal["at once", "daily", "never"]


class NoticeOut(Out):
    id: uuid.UUID
    team: uuid.UUID
    kind: str = Field(description="Such as review.asked or comment.mention")
    title: str
    text: str
    link: str = Field(description="A path of the studio")
    about: str = Field(description="The thing, such as review:<id>; a list has the newest notice about each")
    others: int = Field(description="Older unread ones about the same; reading this one reads them")
    created_at: Any = Field(json_schema_extra={"type": "string", "format": "date-time"})
    read_at: Any = Field(json_schema_extra={"type": ["string", "null"], "format": "date-time"})


class NoticesOut(Listed[NoticeOut]):
    unread: int = Field(description="How many things you have not read about")


class ReadIn(Body):
    """Name some, or say all."""

    ids: list[uuid.UUID] | None = Field(None, max_length=MOST)
    all: Literal[True] | None = None


class UnreadOut(Out):
    unread: int


class PreferencesOut(Out):
    email: Email
    digest_hour: int = Field(description="The hour at which the daily e-mail goes out")
    quiet_from: str | None = Field(description="No e-mail goes out from then …")
    quiet_to: str | None = Field(description="… until then")
    time_zone: str = Field(description="Whose clock all of these go by, such as Europe/Vienna")


class PreferencesIn(Body):
    email: Email = "at once"
    digest_hour: int = Field(8, ge=0, le=23)
    quiet_from: str | None = Field(None, max_length=5, description="Such as 22:00")
    quiet_to: str | None = Field(None, max_length=5, description="Such as 07:00; it may lie past midnight")
    time_zone: str = Field("UTC", max_length=64)


def notice_json(notice: Notice) -> dict[str, Any]:
    return {
        "id": notice.pk,
        "team": notice.team_id,
        "kind": notice.kind,
        "title": notice.title,
        "text": notice.text,
        "link": notice.link,
        "about": notice.about,
        "others": getattr(notice, "others", 0),
        "created_at": notice.created_at,
        "read_at": notice.read_at,
    }


@router.get("/notices", response=NoticesOut, summary="What you are told, newest first")
def notices(
    request: ApiRequest,
    team: TeamFilter = None,
    unread: Annotated[bool, Query(description="Only what you have not read")] = False,
    cursor: Cursor = None,
    limit: Limit = LIMIT,
) -> dict[str, Any]:
    rows = actions.folded(request.actor, only_unread=unread)
    if team is not None:
        rows = rows.filter(team=find_team(request, team))
    found = page(rows, cursor=cursor, limit=limit)
    return {
        "items": [notice_json(row) for row in found.rows],
        "next": found.next,
        "unread": actions.unread(request.actor),
    }


@router.post("/notices/read", response=UnreadOut, summary="Mark notices as read")
def read(request: ApiRequest, body: ReadIn) -> dict[str, int]:
    if (body.ids is None) == (body.all is None):
        words = str(_("Say which: ids, or all."))
        raise InvalidInputs(words, errors=[{"loc": ["ids"], "msg": words, "input": None}])
    return {"unread": actions.read(request.actor, ids=body.ids)}


@router.get("/notices/preferences", response=PreferencesOut, summary="When you are told by e-mail")
def preferences(request: ApiRequest) -> dict[str, Any]:
    return asdict(actions.preferences(request.actor))


@router.put("/notices/preferences", response=PreferencesOut, summary="Say when you are told by e-mail")
def prefer(request: ApiRequest, body: PreferencesIn) -> dict[str, Any]:
    """Replaces all of them; what is left out is as for a new person. What waits to be mailed goes by them too."""
    return asdict(actions.prefer(request.actor, Preferences(**body.model_dump())))
