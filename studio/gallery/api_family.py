"""Calls about an asset and its relatives: the family, what differs, revisions, and new revisions of a text."""

from __future__ import annotations

import uuid
from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Query, Router, Status
from pydantic import Field

from studio.api_shapes import Body, Out
from studio.gallery import actions, differences, texts
from studio.gallery.api_shapes import AssetOut, MediumName
from studio.gallery.differences import Kind
from studio.gallery.family import MOST, STEPS, family_of
from studio.gallery.family_picture import family_json
from studio.gallery.json import asset_json, assets_json
from studio.gallery.models import Asset
from studio.gallery.revisions import revisions_of
from studio.teams.auth import ApiRequest

router = Router(tags=["Assets"])


class FamilyMemberOut(Out):
    id: uuid.UUID
    generation: int = Field(description="0 for the asset itself, −1 for a parent, 1 for a child …")
    medium: MediumName
    name: str
    tool: str | None
    thumbnail: str | None
    deleted: bool


class FamilyLinkOut(Out):
    parent: uuid.UUID
    child: uuid.UUID
    role: str = Field(description="“parent” for a revision, else the input that named it")


class FamilyMoreOut(Out):
    above: int
    below: int


class FamilyOut(Out):
    asset: uuid.UUID
    members: list[FamilyMemberOut]
    links: list[FamilyLinkOut]
    more: FamilyMoreOut = Field(description="At least so many relatives stand beyond those told")


class PieceOut(Out):
    kind: Kind = Field(description="“out” went, “in” came")
    text: str


class InputDiffOut(Out):
    name: str
    label: str
    before: str | None
    after: str | None
    same: bool
    pieces: list[PieceOut] = Field(description="Word by word, where long words changed")


class PassageOut(Out):
    changed: bool
    pieces: list[PieceOut]
    first: int = Field(description="The number of its first line before, from 1")
    second: int = Field(description="And after")


class DifferenceOut(Out):
    inputs: list[InputDiffOut]
    text: list[PassageOut] | None = Field(description="Where both are texts")


class TextIn(Body):
    text: str = Field(max_length=texts.LONGEST)


class DiffIn(TextIn):
    before: str | None = Field(
        None,
        max_length=texts.LONGEST,
        description="What it is compared with; without it, the asset's own text",
    )


class RevisionIn(TextIn):
    title: str | None = Field(None, max_length=200, description="Without it, that of the text before")
    after: uuid.UUID | None = Field(
        None, description="The newest revision that you know of: a newer one is a 409, and nothing is kept"
    )


class RevisionsOut(Out):
    items: list[AssetOut] = Field(description="The asset and its revisions, oldest first")


@router.get("/assets/{uuid:asset}/family", response=FamilyOut, summary="Its parents and children")
def family(
    request: ApiRequest,
    asset: uuid.UUID,
    steps: Annotated[int, Query(ge=1, le=STEPS, description="How far each way")] = STEPS,
    limit: Annotated[int, Query(ge=1, le=MOST, description="How many assets in all, itself included")] = MOST,
) -> dict[str, Any]:
    """What it was made from and what was made from it, across media. Relatives that you may not see are left out, and
    what stands behind them too."""
    found = actions.get_visible(request.actor, asset)
    return family_json(family_of(request.actor, found, steps=steps, most=limit))


@router.get(
    "/assets/{uuid:asset}/diff/{uuid:other}", response=DifferenceOut, summary="What differs between two"
)
def diff(request: ApiRequest, asset: uuid.UUID, other: uuid.UUID) -> dict[str, Any]:
    """Their inputs, and of two texts their words. `before` is the asset, `after` the other."""
    first, second = (actions.get_visible(request.actor, each) for each in (asset, other))
    return differences.difference_json(texts.compared(first, second))


@router.post("/assets/{uuid:asset}/diff", response=list[PassageOut], summary="What differs in a text")
def diff_text(request: ApiRequest, asset: uuid.UUID, body: DiffIn) -> list[dict[str, Any]]:
    """Between a text asset, or a text told as `before` (the asset's prompt, say), and a text that is not kept yet.
    Nothing changes."""
    found = actions.get_visible(request.actor, asset)
    before = texts.read(texts.readable(found)) if body.before is None else body.before
    return differences.passages_json(differences.passages(before, body.text))


@router.get("/assets/{uuid:asset}/revisions", response=RevisionsOut, summary="Its revisions")
def revisions(request: ApiRequest, asset: uuid.UUID) -> dict[str, Any]:
    """The stack that the asset belongs to, in its medium; the newest 60 and the asset itself at most."""
    found: Asset = actions.get_visible(request.actor, asset)
    return {"items": assets_json(revisions_of(request.actor, found), request.actor)}


@router.post("/assets/{uuid:asset}/revisions", response={201: AssetOut}, summary="Revise a text by hand")
def revise(
    request: ApiRequest, response: HttpResponse, asset: uuid.UUID, body: RevisionIn
) -> Status[dict[str, Any]]:
    """A new asset with the text: the stored bytes of the one before never change."""
    actor = request.actor
    found = actions.get_visible(actor, asset)
    made = texts.revise(actor, found, body.text, title=body.title, after=body.after)
    response.headers["Location"] = f"/api/v1/assets/{made.pk}"
    return Status(201, asset_json(made, actor))
