"""Calls about brand kits."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

from ninja import Router, Status
from pydantic import Field

from studio.api_shapes import LIMIT, Body, Cursor, Limit, Listed, Out, TeamFilter, When, page
from studio.clock import when
from studio.presets import brands
from studio.presets.models import Brand
from studio.teams.asked import default_team, team_for, teams_for
from studio.teams.auth import ApiRequest

router = Router(tags=["Brand kits"])


class ColourOut(Out):
    value: str = Field(description="As #rrggbb")
    name: str = Field(description='"" where it has none')


class BrandOut(Out):
    id: uuid.UUID
    team: uuid.UUID
    name: str
    colours: list[ColourOut]
    tone: str = Field(description="How the team speaks")
    words: list[str] = Field(description="To be used")
    avoid: list[str] = Field(description="Not to be used")
    logo: uuid.UUID | None = Field(description="An asset of the team")
    created_at: When
    changed_at: When


class ColourIn(Body):
    value: str = Field(max_length=20, description="As #rrggbb")
    name: str = Field("", max_length=200)


class BrandChange(Body):
    """What is left out stays as it is."""

    name: str | None = Field(None, max_length=200)
    colours: list[ColourIn] | None = Field(None, max_length=100, description="At most 12")
    tone: str | None = Field(None, max_length=5000, description="At most 600 characters")
    words: list[str] | None = Field(None, max_length=500, description="At most 50")
    avoid: list[str] | None = Field(None, max_length=500, description="At most 50")
    logo: uuid.UUID | None = Field(None, description="A picture of the team; null takes it out")


class BrandIn(BrandChange):
    team: uuid.UUID | None = Field(None, description="Without it: the token's team, else your own")
    name: str = Field(max_length=200)


def _brand(one: Brand) -> dict[str, Any]:
    logo = one.logo_shown
    return {
        "id": one.pk,
        "team": one.team_id,
        "name": one.name,
        "colours": one.colours,
        "tone": one.tone,
        "words": one.words,
        "avoid": one.avoid,
        "logo": logo.pk if logo else None,
        "created_at": when(one.created_at),
        "changed_at": when(one.changed_at),
    }


def _changed(given: brands.Given, body: BrandChange) -> brands.Given:
    said: dict[str, Any] = {
        name: getattr(body, name)
        for name in ("name", "tone", "words", "avoid")
        if getattr(body, name) is not None
    }
    if body.colours is not None:
        said["colours"] = [(colour.value, colour.name) for colour in body.colours]
    if "logo" in body.model_fields_set:
        said["logo"] = body.logo
    return replace(given, **said)


@router.get("/brands", response=Listed[BrandOut], summary="Brand kits, newest first")
def kits(
    request: ApiRequest, team: TeamFilter = None, cursor: Cursor = None, limit: Limit = LIMIT
) -> dict[str, Any]:
    teams = teams_for(request.actor, team, "preset.view")
    found = page(brands.visible(request.actor).filter(team__in=teams), cursor=cursor, limit=limit)
    return {"items": [_brand(one) for one in found.rows], "next": found.next}


@router.post("/brands", response={201: BrandOut}, summary="Make a brand kit")
def make(request: ApiRequest, body: BrandIn) -> Status[dict[str, Any]]:
    """A job names it as its input `brand`, where its tool has one."""
    team = team_for(request.actor, body.team) or default_team(request.actor)
    return Status(201, _brand(brands.save(request.actor, team, _changed(brands.Given(""), body))))


@router.get("/brands/{uuid:brand}", response=BrandOut, summary="One brand kit")
def read(request: ApiRequest, brand: uuid.UUID) -> dict[str, Any]:
    return _brand(brands.get_visible(request.actor, brand))


@router.patch("/brands/{uuid:brand}", response=BrandOut, summary="Change a brand kit")
def change(request: ApiRequest, brand: uuid.UUID, body: BrandChange) -> dict[str, Any]:
    """What was asked for with it keeps it as it was."""
    found = brands.get_visible(request.actor, brand, "preset.edit")
    return _brand(brands.save(request.actor, found.team, _changed(brands.given_of(found), body), found))


@router.delete("/brands/{uuid:brand}", response={204: None}, summary="Delete a brand kit")
def delete(request: ApiRequest, brand: uuid.UUID) -> Status[None]:
    """It can be taken back for 30 days. What was asked for with it keeps its copy."""
    brands.delete(request.actor, brands.get_visible(request.actor, brand, "preset.edit"))
    return Status(204, None)


@router.post("/brands/{uuid:brand}/restore", response=BrandOut, summary="Take a deleted brand kit back")
def restore(request: ApiRequest, brand: uuid.UUID) -> dict[str, Any]:
    """409 where another has its name by now."""
    found = brands.get_visible(request.actor, brand, "preset.edit", deleted=True)
    return _brand(brands.restore(request.actor, found))
