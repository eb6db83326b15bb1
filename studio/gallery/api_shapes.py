"""What the calls about assets take and answer with."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from pydantic import Field

from studio.api_shapes import Body, Out
from studio.gallery.filters import Filters
from studio.gallery.filters import MediumName as MediumName


class AssetPatch(Body):
    """What is said about an asset; what is left out stays."""

    title: str | None = Field(None, max_length=200)
    tags: list[str] | None = Field(None, max_length=50, description="All of its tags")
    rating: int | None = Field(None, ge=0, le=5, description="Your own; 0 takes it back")
    listed: bool | None = Field(None, description="Whether the gallery shows it; its author's to say")
    medium: MediumName | None = Field(None, description="A sound is music or speech")
    boards: list[uuid.UUID] | None = Field(
        None, max_length=100, description="All boards, of those picked by hand, that it is on"
    )


class AssetsIn(Body):
    assets: list[uuid.UUID] = Field(min_length=1, max_length=1000)


class SendIn(Body):
    """Where something goes, and whether it stays as well."""

    team: uuid.UUID = Field(description="Another of your teams, in which you may add assets")
    move: bool = Field(False, description="The originals go into the bin; else they stay")


class AssetsSend(SendIn):
    assets: list[uuid.UUID] = Field(min_length=1, max_length=1000)


class CopyOut(Out):
    original: uuid.UUID
    asset: uuid.UUID = Field(description="The one in the other team")


class SentOut(Out):
    team: uuid.UUID
    moved: bool
    assets: list[CopyOut]
    board: uuid.UUID | None = Field(description="The board in the other team, where one was sent")


class AssetsChange(AssetsIn):
    """What happens to all of them; what is left out stays."""

    add_tags: list[str] = Field([], max_length=50)
    remove_tags: list[str] = Field([], max_length=50)
    rating: int | None = Field(None, ge=0, le=5, description="Your own; 0 takes it back")
    board: uuid.UUID | None = Field(None, description="Put them at the end of this board")


class BoardIn(Body):
    title: str = Field(min_length=1, max_length=200)
    note: str = Field("", max_length=4000)
    filters: Filters | None = Field(
        None, description="A smart board holds what these find; without them it is picked by hand"
    )
    team: uuid.UUID | None = None


class BoardPatch(Body):
    """What is left out stays."""

    title: str | None = Field(None, min_length=1, max_length=200)
    note: str | None = Field(None, max_length=4000)
    filters: Filters | None = Field(None, description="Of a smart board")


class BoardOut(Out):
    id: uuid.UUID
    team: uuid.UUID
    author: uuid.UUID | None
    title: str
    note: str
    filters: dict[str, Any] | None = Field(description="Null for a board that is picked by hand")
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None


class BoardMove(AssetsIn):
    before: uuid.UUID | None = Field(None, description="The asset that they come before; null: to the end")


class CountOut(Out):
    changed: int


class RelativeOut(Out):
    id: uuid.UUID
    role: str = Field(description="“parent” for a revision, else the input that named it")


class PartOut(Out):
    name: str
    mime: str
    bytes: int
    digest: str
    url: str


class RatingOut(Out):
    own: int | None
    mean: float | None
    n: int


class UrlsOut(Out):
    content: str
    thumbnail: str | None
    preview: str | None


class AssetOut(Out):
    id: uuid.UUID
    team: uuid.UUID
    author: uuid.UUID | None
    medium: MediumName
    mime: str
    bytes: int
    digest: str = Field(description="Of the stored bytes: sha256:<64 hex>")
    content_digest: str = Field(description="Of the decoded pixels, samples or text, before any mark")
    width: int | None
    height: int | None
    duration_s: float | None
    title: str
    prompt: str
    facts: dict[str, Any] = Field(description="Tool, version, inputs and model, as they were")
    tool: str | None
    model: str | None
    job: uuid.UUID | None
    index: int
    parents: list[RelativeOut]
    children: list[RelativeOut]
    parts: list[PartOut]
    tags: list[str]
    rating: RatingOut
    review: str | None
    provenance: dict[str, Any]
    listed: bool
    thumbhash: str | None = Field(
        description="Base64; a blurred picture for the time until the thumbnail is there"
    )
    urls: UrlsOut
    created_at: datetime
    deleted_at: datetime | None


class AlikeOut(Out):
    asset: AssetOut
    distance: int = Field(
        description="How many of 64 bits of their perceptual hashes differ; 0 for the same content"
    )


class EntryOut(Out):
    n: int
    name: str
    bytes: int


class TakenOut(Out):
    asset: AssetOut
    there: bool = Field(description="The same bytes were in the gallery already; nothing was added")
