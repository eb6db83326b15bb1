"""The call about a team's activity."""

from __future__ import annotations

import uuid
from typing import Annotated, Any

from django.utils.translation import gettext as _
from ninja import Query, Router
from pydantic import Field

from studio.activity.deeds import KINDS, Look
from studio.activity.read import Cursor, page
from studio.activity.tell import told
from studio.api_shapes import LIMIT, Limit, Listed, Out, When
from studio.clock import when
from studio.problems import InvalidInputs
from studio.teams.api import find_team
from studio.teams.auth import ApiRequest
from studio.teams.rights import can, require

router = Router(tags=["People"])


class WhoOut(Out):
    id: uuid.UUID
    name: str


class AboutOut(Out):
    title: str
    link: str = Field(description="A path of the studio")
    thumbnail: str = Field(description="A path; empty for what has none")


class ActivityOut(Out):
    """What one person did of one kind within one hour, told as one."""

    id: uuid.UUID = Field(description="Of the newest of it")
    kind: str = Field(description=", ".join(KINDS))
    at: When
    who: WhoOut | None = Field(description="null for a guest, and for somebody who is no longer there")
    guest: str = Field(description="The name that a guest of a share link gave; else empty")
    n: int = Field(description="How many are told as one")
    text: str = Field(description="In words; it goes on from the name")
    things: list[AboutOut] = Field(description="What it was about, four at most; what is deleted is left out")


@router.get("/teams/{uuid:team}/activity", response=Listed[ActivityOut], summary="What happened in a team")
def activity(
    request: ApiRequest,
    team: uuid.UUID,
    person: Annotated[uuid.UUID | None, Query(description="Only what this person did")] = None,
    kind: Annotated[str, Query(description="Only this kind", max_length=12)] = "",
    cursor: Annotated[str | None, Query(description="`next` of the page before", max_length=60)] = None,
    limit: Limit = LIMIT,
) -> dict[str, Any]:
    """Newest first. What only others may see (chats, unlisted assets) is not in it; `settings` is for those who may
    read the audit log."""
    found = find_team(request, team)
    require(request.actor, "feed.view", found)
    if kind and kind not in KINDS:
        raise InvalidInputs.at(
            "kind", _("There is no such kind. There are: %(kinds)s.") % {"kinds": ", ".join(KINDS)}, kind
        )
    after = Cursor.of(cursor) if cursor else None
    if cursor and after is None:
        raise InvalidInputs.at("cursor", _("That is no cursor of this list."), cursor)
    look = Look(found, can(request.actor, "team.audit", found), person, kind)
    groups, following = page(look, after, limit)
    items = [{**each, "at": when(each["at"])} for each in told(groups, found.pk)]
    return {"items": items, "next": str(following) if following else None}
