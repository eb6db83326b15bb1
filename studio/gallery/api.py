"""Calls about assets: list, upload, change, bin, and their bytes."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

from asgiref.sync import sync_to_async
from django.conf import settings
from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from ninja import File, Form, Query, Router, Status
from ninja.files import UploadedFile

from studio.api_shapes import LIMIT, Cursor, Limit, Listed, TeamFilter
from studio.gallery import actions, api_uploads, export, files, search
from studio.gallery.api_shapes import AssetOut, AssetPatch, AssetsIn, CountOut, MediumName
from studio.gallery.json import asset_json, assets_json
from studio.gallery.models import Asset
from studio.gallery.teams import target_team
from studio.problems import TooLarge
from studio.teams.auth import ApiRequest
from studio.teams.rights import Actor, NotThere

router = Router(tags=["Assets"])
router.add_router("", api_uploads.router)


@router.post("/assets", response={201: AssetOut}, summary="Add a file")
def upload(
    request: ApiRequest,
    response: HttpResponse,
    file: Annotated[UploadedFile, File(description="PNG, JPEG, WebP, GIF, AVIF, UTF-8 text, sound or video")],
    team: Annotated[uuid.UUID | None, Form()] = None,
    medium: Annotated[
        MediumName | None, Form(description="A sound is music or speech; else it is guessed")
    ] = None,
    title: Annotated[str, Form(max_length=200)] = "",
    listed: Annotated[
        bool, Form(description="Whether the gallery shows it; a mask, say, it need not")
    ] = True,
    parent: Annotated[uuid.UUID | None, Form(description="The asset that it was made from by hand")] = None,
) -> Status[dict[str, Any]]:
    """What it is is told by its bytes, not its name. A file that is broken, or none of the media, is a 415 that says
    why. Large files: `/uploads/` (tus 1.0) goes on after an interruption."""
    actor = request.actor
    too_large(file.size or 0)
    with on_disk(file) as path:
        asset = actions.upload(
            actor=actor,
            team=target_team(actor, team),
            path=path,
            medium=medium,
            name=file.name or "",
            title=title,
            listed=listed,
            parent=parent,
        )
    response.headers["Location"] = f"/api/v1/assets/{asset.pk}"
    return Status(201, asset_json(asset, actor))


def too_large(size: int) -> None:
    """Raise TooLarge (413) for more bytes than the studio takes."""
    if size > settings.UPLOAD_LIMIT:
        raise TooLarge(
            _("The file has %(mb)d MB; the studio takes %(most)d MB.")
            % {"mb": size >> 20, "most": settings.UPLOAD_LIMIT >> 20}
        )


class on_disk:
    """The path of an uploaded file; a small one, which lies in memory, is written for the time of the block."""

    def __init__(self, file: UploadedFile) -> None:
        self.file = file
        self.made: Path | None = None

    def __enter__(self) -> Path:
        there = getattr(self.file, "temporary_file_path", None)
        if there is not None:
            return Path(there())
        base = Path(settings.SCRATCH)
        base.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=base, prefix="upload-", delete=False) as copy:
            self.made = Path(copy.name)
            for block in self.file.chunks():
                copy.write(block)
        return self.made

    def __exit__(self, *error: object) -> None:
        if self.made is not None:
            self.made.unlink(missing_ok=True)


@router.get("/assets", response=Listed[AssetOut], summary="Assets, newest first")
def assets(
    request: ApiRequest,
    medium: Annotated[MediumName | None, Query()] = None,
    q: Annotated[
        str, Query(max_length=500, description="Words; each has to occur, its beginning is enough")
    ] = "",
    tool: Annotated[str | None, Query(max_length=60)] = None,
    model: Annotated[str | None, Query(max_length=120)] = None,
    tag: Annotated[str | None, Query(max_length=60)] = None,
    rating: Annotated[int | None, Query(ge=1, le=5, description="The mean is at least this")] = None,
    review: Annotated[str | None, Query(max_length=20)] = None,
    author: uuid.UUID | None = None,
    listed: Annotated[bool, Query(description="false: your own that the gallery does not show")] = True,
    bin: Annotated[bool, Query(description="true: what was deleted in the last 30 days")] = False,
    team: TeamFilter = None,
    cursor: Cursor = None,
    limit: Limit = LIMIT,
) -> dict[str, Any]:
    actor = request.actor
    found = search.find(
        actor,
        team=team,
        medium=medium,
        q=q,
        tool=tool,
        model=model,
        tag=tag,
        rating=rating,
        review=review,
        author=author,
        listed=listed,
        bin=bin,
        cursor=cursor,
        limit=limit,
    )
    return {"items": assets_json(found.items, actor), "next": found.next}


@router.get("/assets/{uuid:asset}", response=AssetOut, summary="One asset")
def read(request: ApiRequest, asset: uuid.UUID) -> dict[str, Any]:
    return asset_json(actions.get_visible(request.actor, asset), request.actor)


@router.patch("/assets/{uuid:asset}", response=AssetOut, summary="Change what is said about an asset")
def change(request: ApiRequest, asset: uuid.UUID, body: AssetPatch) -> dict[str, Any]:
    """The file itself never changes: a revision is a new asset."""
    actor = request.actor
    found = actions.get_visible(actor, asset)
    return asset_json(actions.edit(actor, found, **body.model_dump(exclude_unset=True)), actor)


@router.delete("/assets/{uuid:asset}", response={204: None}, summary="Put an asset into the bin")
def delete(request: ApiRequest, asset: uuid.UUID) -> Status[None]:
    """It stays there for 30 days."""
    actions.delete(request.actor, [actions.get_visible(request.actor, asset)])
    return Status(204, None)


@router.post("/assets/{uuid:asset}/restore", response=AssetOut, summary="Take an asset out of the bin")
def restore(request: ApiRequest, asset: uuid.UUID) -> dict[str, Any]:
    found = actions.get_visible(request.actor, asset)
    actions.restore(request.actor, [found])
    return asset_json(found, request.actor)


def _all_of(actor: Actor, ids: list[uuid.UUID]) -> list[Asset]:
    found = list(actions.visible(actor).filter(pk__in=ids))
    if len(found) != len(set(ids)):
        raise NotThere
    return found


@router.post("/assets/delete", response=CountOut, summary="Put several assets into the bin")
def delete_several(request: ApiRequest, body: AssetsIn) -> dict[str, int]:
    """All or none."""
    return {"changed": actions.delete(request.actor, _all_of(request.actor, body.assets))}


@router.post("/assets/restore", response=CountOut, summary="Take several assets out of the bin")
def restore_several(request: ApiRequest, body: AssetsIn) -> dict[str, int]:
    """All or none."""
    return {"changed": actions.restore(request.actor, _all_of(request.actor, body.assets))}


READ = ["GET", "HEAD"]
BYTES: dict[Any, Any] = {200: None, 206: None, 304: None, 416: None}


@router.api_operation(
    ["GET"], "/assets/{uuid:asset}/export", response={200: None}, summary="The picture as another file"
)
async def export_picture(
    request: ApiRequest,
    asset: uuid.UUID,
    format: Annotated[Literal["png", "jpeg", "webp", "avif"], Query()] = "png",
    quality: Annotated[int, Query(ge=1, le=100, description="Of JPEG, WebP and AVIF")] = 90,
    side: Annotated[
        int, Query(ge=0, le=16384, description="Longest side in pixels at most; 0: as it is")
    ] = 0,
    prompt: Annotated[bool, Query(description="Say the prompt in XMP")] = False,
    parameters: Annotated[
        bool, Query(description="Write the text that A1111 and its like read, the prompt in it")
    ] = False,
) -> HttpResponseBase:
    """Made anew each time; the stored bytes do not change. XMP says that a model made it. An animation gives its first
    frame; what is transparent becomes white in a JPEG."""
    wanted = export.Wanted(format, quality, side, prompt, parameters)
    found = await sync_to_async(actions.get_visible)(request.actor, asset, "asset.download")
    file = await sync_to_async(export.exported, thread_sensitive=False)(found, wanted)
    return files.as_download(file, export.FORMATS[format], found)


def _send(request: ApiRequest, finder: Callable[..., files.Served], *which: object) -> HttpResponseBase:
    return files.send(request, finder(request.actor, *which))


@router.api_operation(READ, "/assets/{uuid:asset}/content", response=BYTES, summary="The stored bytes")
def content(request: ApiRequest, asset: uuid.UUID) -> HttpResponseBase:
    """Range, ETag (the digest), If-None-Match and If-Range; with `?download` as an attachment."""
    return _send(request, files.content, asset)


@router.api_operation(
    READ, "/assets/{uuid:asset}/thumbnail", response=BYTES, summary="WebP, at most 512 pixels"
)
def thumbnail(request: ApiRequest, asset: uuid.UUID) -> HttpResponseBase:
    return _send(request, files.thumbnail, asset)


@router.api_operation(
    READ, "/assets/{uuid:asset}/preview", response=BYTES, summary="WebP, at most 1600 pixels"
)
def preview(request: ApiRequest, asset: uuid.UUID) -> HttpResponseBase:
    return _send(request, files.preview, asset)


@router.api_operation(
    READ, "/assets/{uuid:asset}/parts/{name}", response=BYTES, summary="The bytes of a part"
)
def part(request: ApiRequest, asset: uuid.UUID, name: str) -> HttpResponseBase:
    return _send(request, files.part, asset, name)
