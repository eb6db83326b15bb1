"""Calls about assets: list, upload, change, bin, and their bytes."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import transaction
from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from ninja import File, Form, Query, Router, Status
from ninja.files import UploadedFile

from studio.api_shapes import LIMIT, Cursor, Limit, Listed, TeamFilter
from studio.gallery import (
    actions,
    alike,
    api_boards,
    api_elsewhere,
    api_meaning,
    api_uploads,
    boards,
    export,
    files,
    imports,
    many,
    search,
    zips,
)
from studio.gallery.api_shapes import (
    AlikeOut,
    AssetOut,
    AssetPatch,
    AssetsChange,
    AssetsIn,
    CountOut,
    MediumName,
    TakenOut,
)
from studio.gallery.filters import Filters
from studio.gallery.json import asset_json, assets_json
from studio.gallery.teams import target_team
from studio.problems import TooLarge
from studio.teams.auth import ApiRequest

router = Router(tags=["Assets"])
router.add_router("", api_uploads.router)
router.add_router("", api_boards.router)
router.add_router("", api_meaning.router)
router.add_router("", api_elsewhere.router)


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


@router.post("/assets/import", response=TakenOut, summary="Add a file with what is said about it")
def import_file(
    request: ApiRequest,
    file: Annotated[UploadedFile, File()],
    sidecar: Annotated[
        UploadedFile | None, File(description="The JSON file that an export puts beside it")
    ] = None,
    team: Annotated[uuid.UUID | None, Form()] = None,
) -> dict[str, Any]:
    """Prompt, title, tags and inputs come from the sidecar, else from what another tool has written into a picture.
    What the gallery has is not added again. A zip: an upload with `archive`, and then its files one by one."""
    too_large(file.size or 0)
    told = sidecar.read(imports.SIDECAR_BYTES) if sidecar is not None else None
    where = target_team(request.actor, team)
    with on_disk(file) as path:
        taken = imports.take(actor=request.actor, team=where, path=path, name=file.name or "", sidecar=told)
    return {"asset": asset_json(taken.asset, request.actor), "there": taken.there}


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
    filters: Annotated[Filters, Query()],
    listed: Annotated[bool, Query(description="false: your own that the gallery does not show")] = True,
    bin: Annotated[bool, Query(description="true: what was deleted in the last 30 days")] = False,
    folded: Annotated[bool, Query(description="true: of an asset and its revisions only the newest")] = False,
    team: TeamFilter = None,
    cursor: Cursor = None,
    limit: Limit = LIMIT,
) -> dict[str, Any]:
    actor = request.actor
    if filters.board is not None:
        boards.get_visible(actor, filters.board)
    found = search.find(
        actor, filters, team=team, listed=listed, bin=bin, folded=folded, cursor=cursor, limit=limit
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
    told = body.model_dump(exclude_unset=True)
    on = told.pop("boards", None)
    with transaction.atomic():
        if on is not None:
            boards.set_boards(actor, found, on)
        return asset_json(actions.edit(actor, found, **told), actor)


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


@router.get("/assets/{uuid:asset}/duplicates", response=list[AlikeOut], summary="What looks or is the same")
def duplicates(request: ApiRequest, asset: uuid.UUID) -> list[dict[str, Any]]:
    """Assets of the same team with the same content, or with a picture that differs in at most 7 of 64 bits of its
    perceptual hash; the most alike first, fifty at most."""
    actor = request.actor
    found = alike.alike(actor, actions.get_visible(actor, asset))
    told = assets_json([one.asset for one in found], actor)
    return [{"asset": each, "distance": one.distance} for each, one in zip(told, found, strict=True)]


@router.post("/assets/change", response=CountOut, summary="Tag, rate or put on a board, several at once")
def change_several(request: ApiRequest, body: AssetsChange) -> dict[str, int]:
    """All or none."""
    told = body.model_dump(exclude={"assets", "board"})
    board = boards.get_visible(request.actor, body.board) if body.board else None
    return {"changed": many.change(request.actor, body.assets, board=board, **told)}


@router.post("/assets/delete", response=CountOut, summary="Put several assets into the bin")
def delete_several(request: ApiRequest, body: AssetsIn) -> dict[str, int]:
    """All or none."""
    actor = request.actor
    return {"changed": actions.delete(actor, actions.get_all(actor, body.assets))}


@router.post("/assets/restore", response=CountOut, summary="Take several assets out of the bin")
def restore_several(request: ApiRequest, body: AssetsIn) -> dict[str, int]:
    """All or none."""
    actor = request.actor
    return {"changed": actions.restore(actor, actions.get_all(actor, body.assets))}


@router.post("/assets/export", response={200: None}, summary="Several assets as a zip")
async def export_several(request: ApiRequest, body: AssetsIn) -> HttpResponseBase:
    """Streamed: each asset's file and parts, and beside it a JSON file with its title, tags, prompt and facts, which
    an import reads again."""
    chosen = await sync_to_async(zips.chosen)(request.actor, body.assets)
    return await zips.as_response(chosen, "assets")


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
