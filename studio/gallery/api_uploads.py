"""Resumable uploads: tus 1.0 with the extensions creation and termination."""

from __future__ import annotations

import base64
import binascii
import uuid
from collections.abc import Iterator
from typing import Annotated, Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Header, Router

from studio.gallery import imports, uploads
from studio.gallery.api_shapes import EntryOut, TakenOut
from studio.gallery.json import asset_json
from studio.gallery.teams import target_team
from studio.problems import InvalidInputs, Problem, Unsupported
from studio.teams.auth import ApiRequest
from studio.teams.models import as_uuid

router = Router(tags=["Uploads"])
VERSION = "1.0.0"
PIECE = "application/offset+octet-stream"
BLOCK = 1 << 20

TusVersion = Annotated[str | None, Header(alias="Tus-Resumable", description="1.0.0")]


class WrongVersion(Problem):
    type = "tus-version"
    title = "Another version of tus"
    status = 412


def _answer(status: int, **headers: object) -> HttpResponse:
    response = HttpResponse(status=status)
    response.headers["Tus-Resumable"] = VERSION
    for name, value in headers.items():
        response.headers[name.replace("_", "-")] = str(value)
    return response


def _speaks(version: str | None) -> None:
    if version != VERSION:
        raise WrongVersion(_("Send the header Tus-Resumable: 1.0.0."))


def metadata(header: str) -> dict[str, str]:
    """The pairs of an Upload-Metadata header: "key base64,key base64". InvalidInputs where it is none."""
    found: dict[str, str] = {}
    for pair in header.split(","):
        key, _space, value = pair.strip().partition(" ")
        if not key:
            continue
        try:
            found[key] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError) as error:
            words = _("Upload-Metadata holds a value that is no base64 of UTF-8.")
            raise InvalidInputs(
                words, errors=[{"loc": ["Upload-Metadata", key], "msg": words, "input": None}]
            ) from error
    return found


@router.api_operation(["OPTIONS"], "/uploads/", response={204: None}, summary="What uploads can do")
def options(request: ApiRequest) -> HttpResponse:
    extensions = "creation,termination"
    return _answer(204, Tus_Version=VERSION, Tus_Extension=extensions, Tus_Max_Size=settings.UPLOAD_LIMIT)


@router.post("/uploads/", response={201: None}, summary="Begin an upload")
def create(
    request: ApiRequest,
    length: Annotated[int, Header(alias="Upload-Length", description="Bytes of the whole file")],
    told: Annotated[
        str,
        Header(
            alias="Upload-Metadata",
            max_length=4000,
            description="filename, medium, team; archive (any value) for a zip that is not an asset itself, but whose "
            "files are added one by one; each in base64",
        ),
    ] = "",
    version: TusVersion = None,
) -> HttpResponse:
    """`Location` is where the pieces go (PATCH). Pieces of a few megabytes lose least when a line breaks."""
    _speaks(version)
    about = metadata(told)
    team = as_uuid(about["team"]) if about.get("team") else None
    if about.get("team") and team is None:
        raise InvalidInputs(_("The team is no id."))
    upload = uploads.start(
        actor=request.actor,
        team=target_team(request.actor, team),
        length=length,
        name=about.get("filename", about.get("name", "")),
        medium=about.get("medium", ""),
        archive="archive" in about,
    )
    return _answer(201, Location=f"/api/v1/uploads/{upload.pk}", Upload_Offset=0)


@router.get("/uploads/{uuid:upload}", summary="How far an upload is")
def read(request: ApiRequest, upload: uuid.UUID) -> dict[str, Any]:
    """`asset` is the id of what was made of it, null until all of it is there."""
    found = uploads.get_own(request.actor, upload)
    uploads.settle(actor=request.actor, upload=found)
    asset = str(found.asset_id) if found.asset_id else None
    return {"id": str(found.pk), "offset": uploads.offset_of(found), "bytes": found.bytes, "asset": asset}


@router.api_operation(["HEAD"], "/uploads/{uuid:upload}", response={200: None}, summary="Where to go on")
def head(request: ApiRequest, upload: uuid.UUID) -> HttpResponse:
    found = uploads.get_own(request.actor, upload)
    uploads.settle(actor=request.actor, upload=found)
    return _answer(
        200, Upload_Offset=uploads.offset_of(found), Upload_Length=found.bytes, Cache_Control="no-store"
    )


@router.patch("/uploads/{uuid:upload}", response={204: None}, summary="Send a piece")
def patch(
    request: ApiRequest,
    upload: uuid.UUID,
    offset: Annotated[int, Header(alias="Upload-Offset", ge=0)],
    version: TusVersion = None,
) -> HttpResponse:
    """After the last piece the header `Studio-Asset` names the asset."""
    _speaks(version)
    found = uploads.get_own(request.actor, upload)
    if request.content_type != PIECE:
        raise Unsupported(_("A piece has the Content-Type %(type)s.") % {"type": PIECE})
    now = uploads.append(actor=request.actor, upload=found, offset=offset, blocks=_blocks(request))
    response = _answer(204, Upload_Offset=now)
    if found.asset_id is not None:
        response.headers["Studio-Asset"] = f"/api/v1/assets/{found.asset_id}"
    return response


def _blocks(request: HttpRequest) -> Iterator[bytes]:
    while block := request.read(BLOCK):
        yield block


@router.get("/uploads/{uuid:upload}/files", response=list[EntryOut], summary="The files of a zip")
def zipped(request: ApiRequest, upload: uuid.UUID) -> list[dict[str, Any]]:
    """Of an upload with `archive`, once all of it is there; without folders and sidecars."""
    found = imports.entries(uploads.get_own(request.actor, upload))
    return [{"n": each.n, "name": each.name, "bytes": each.bytes} for each in found]


@router.post("/uploads/{uuid:upload}/files/{int:n}", response=TakenOut, summary="Add a file of a zip")
def add_zipped(request: ApiRequest, upload: uuid.UUID, n: int) -> dict[str, Any]:
    """With what its sidecar says, or what another tool has written into it. What the gallery has is not added again."""
    taken = imports.add_entry(actor=request.actor, upload=uploads.get_own(request.actor, upload), n=n)
    return {"asset": asset_json(taken.asset, request.actor), "there": taken.there}


@router.delete("/uploads/{uuid:upload}", response={204: None}, summary="Give an upload up")
def delete(request: ApiRequest, upload: uuid.UUID) -> HttpResponse:
    uploads.forget(uploads.get_own(request.actor, upload))
    return _answer(204)
