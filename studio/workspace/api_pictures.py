"""POST /pictures/read: what a picture from elsewhere says of how it was made. Nothing is kept."""

from __future__ import annotations

from typing import Annotated, Any

from django.utils.translation import gettext as _
from ninja import File, Form, Router
from ninja.files import UploadedFile
from pydantic import Field

from generators import registry
from studio.api_shapes import Out
from studio.gallery.api import on_disk, too_large
from studio.gallery.carried import carried
from studio.gallery.probe import Unreadable
from studio.problems import UnknownTool, Unsupported
from studio.teams.auth import ApiRequest
from studio.workspace.carried import filled

router = Router(tags=["Assets"])


class UnderstoodOut(Out):
    name: str
    label: str
    value: str


class LeftOut(Out):
    label: str
    value: str
    why: str


class CarriedOut(Out):
    source: str = Field(
        description="The tool that wrote it, as “A1111” or “ComfyUI”; empty where nothing was found"
    )
    inputs: dict[str, Any] = Field(description="What `tool` takes as it is")
    understood: list[UnderstoodOut]
    left: list[LeftOut] = Field(description="What was read and has no place here, and why")


@router.post("/pictures/read", response=CarriedOut, summary="Read the prompt that a picture carries")
def read(
    request: ApiRequest,
    file: Annotated[UploadedFile, File(description="PNG, JPEG, WebP, GIF or AVIF")],
    tool: Annotated[str, Form(max_length=60, description="Whose inputs are wanted")] = "image.generate",
) -> dict[str, Any]:
    """Understands what A1111, ComfyUI, InvokeAI, SwarmUI, Fooocus and XMP write. The file is looked at and forgotten."""
    too_large(file.size or 0)
    known = registry.tools().get(tool)
    if known is None:
        raise UnknownTool(_("There is no tool %(tool)s; GET /tools lists them.") % {"tool": tool})
    try:
        with on_disk(file) as path:
            said = carried(path)
    except Unreadable as error:
        raise Unsupported(str(error)) from None
    if said is None:
        return {"source": "", "inputs": {}, "understood": [], "left": []}
    found = filled(said, known, request.actor)
    return {
        "source": said.source,
        "inputs": found.inputs,
        "understood": [{"name": name, "label": label, "value": value} for name, label, value in found.rows],
        "left": [{"label": label, "value": value, "why": why} for label, value, why in found.left],
    }
