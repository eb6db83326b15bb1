"""Calls that find assets by what they mean."""

from __future__ import annotations

import uuid
from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _
from ninja import Query, Router
from pydantic import Field

from studio.api_shapes import Limit, Out, TeamFilter
from studio.gallery import actions, boards, meaning
from studio.gallery.api_shapes import AssetOut, MediumName
from studio.gallery.filters import Filters, filters_from
from studio.gallery.json import assets_json
from studio.problems import InvalidInputs
from studio.teams.auth import ApiRequest
from studio.teams.rights import Actor

router = Router(tags=["Assets"])


class HitOut(AssetOut):
    found_by: list[Literal["words", "meaning"]]
    likeness: float | None = Field(
        description="Of the meanings, at most 1; null where it was found by its words alone"
    )


class BestOut(Out):
    items: list[HitOut]
    meaning: Literal["answered", "away", "starting", "late"] = Field(
        description="Unless “answered”, words alone were searched: no node answers, it starts, or 300 ms were over"
    )


def _out(found: meaning.Best, actor: Actor) -> dict[str, Any]:
    told = assets_json([hit.asset for hit in found.hits], actor)
    for hit, item in zip(found.hits, told, strict=True):
        by = {"words": hit.words, "meaning": hit.likeness is not None}
        item["found_by"] = [name for name, so in by.items() if so]
        item["likeness"] = hit.likeness
    return {"items": told, "meaning": found.away or "answered"}


@router.get("/assets/search", response=BestOut, summary="Assets by words and meaning, the best first")
def search(
    request: ApiRequest,
    filters: Annotated[Filters, Query()],
    folded: Annotated[bool, Query(description="true: of an asset and its revisions only the newest")] = False,
    team: TeamFilter = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """What has the words, and what is about the same in others, as one list without pages. All that has the words:
    `GET /assets?q=`. Meanings are those of title, prompt, tags and how a text begins; the model knows English best."""
    if not filters.q.strip():
        words = _("Say what to look for.")
        raise InvalidInputs(words, errors=[{"loc": ["q"], "msg": words, "input": filters.q}])
    if filters.board is not None:
        boards.get_visible(request.actor, filters.board)
    found = meaning.best(request.actor, filters, team=team, folded=folded, most=limit)
    return _out(found, request.actor)


@router.get("/assets/{uuid:asset}/similar", response=BestOut, summary="What is like an asset")
def similar(
    request: ApiRequest,
    asset: uuid.UUID,
    medium: Annotated[MediumName | None, Query()] = None,
    team: TeamFilter = None,
    limit: Limit = 20,
) -> dict[str, Any]:
    """By what it is about, as its title, prompt, tags and text say; not by how it looks. Of all your teams, or one."""
    shown = actions.get_visible(request.actor, asset)
    found = meaning.similar(request.actor, shown, filters_from({"medium": medium}), team=team, most=limit)
    return _out(found, request.actor)
