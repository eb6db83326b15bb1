"""POST /v1/images/generations and /v1/images/edits."""

from __future__ import annotations

import asyncio
import base64
import re
import time
import uuid
from typing import Annotated, Any, Literal, cast

from asgiref.sync import sync_to_async
from django.core import signing
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from ninja.files import UploadedFile
from pydantic import Field

from studio.feeds.api import let_go
from studio.gallery import actions as gallery
from studio.gallery import files
from studio.gallery.api import on_disk, too_large
from studio.gallery.models import Asset
from studio.gallery.teams import target_team
from studio.jobs import actions
from studio.jobs.models import Job
from studio.openai.errors import Ask, Wrong, answer, door, read, read_form
from studio.openai.follow import Failed, assets_of, bytes_of, finished, give_up
from studio.problems import Problem
from studio.teams.rights import Actor, NotThere

GENERATE, EDIT = "image.generate", "image.edit"
MOST = 10
LINK_LIFE_S = 3600
SALT = "studio.openai.image"
_SIZE = re.compile(r"(\d{1,5})x(\d{1,5})")


class ImageAsk(Ask):
    """What of OpenAI's request the studio looks at; the rest is ignored."""

    prompt: str
    model: str | None = None
    n: Annotated[int | None, Field(ge=1, le=MOST)] = None
    size: str | None = None
    response_format: Literal["url", "b64_json"] | None = None
    seed: int | None = None


class EditAsk(ImageAsk):
    """What of an edit, beside its files. strength is the studio's own."""

    strength: Annotated[float | None, Field(ge=0, le=1)] = None


def inputs_of(ask: ImageAsk) -> dict[str, Any]:
    """The tool's inputs; a size that cannot be read is refused, one left out is the tool's own."""
    inputs: dict[str, Any] = {"prompt": ask.prompt}
    if ask.model is not None:
        inputs["model"] = ask.model
    if ask.seed is not None:
        inputs["seed"] = ask.seed % 2**32
    if ask.size not in (None, "auto"):
        size = _SIZE.fullmatch(ask.size or "")
        if size is None:
            raise Wrong(_("A size is “<width>x<height>” in pixels, or “auto”."), param="size")
        inputs["width"], inputs["height"] = int(size[1]), int(size[2])
    return inputs


def edit_inputs(actor: Actor, ask: EditAsk, sent: MultiValueDict[str, UploadedFile]) -> dict[str, Any]:
    """The tool's inputs; picture and mask become assets that the gallery does not show."""
    pictures = sent.getlist("image") + sent.getlist("image[]")
    if len(pictures) != 1:
        words = _("An edit takes one image, as a file; %(n)d came.") % {"n": len(pictures)}
        raise Wrong(words, param="image")
    if ask.size not in (None, "auto"):
        raise Wrong(
            _("An edit keeps the size of its image: leave the size out, or say “auto”."), param="size"
        )
    inputs = inputs_of(ask) | {"image": _stored(actor, pictures[0])}
    if ask.strength is not None:
        inputs["strength"] = ask.strength
    if "mask" in sent:
        inputs |= {"mask": _stored(actor, sent.getlist("mask")[0]), "mask_by": "clear"}
    return inputs


def _stored(actor: Actor, file: UploadedFile) -> str:
    too_large(file.size or 0)
    with on_disk(file) as path:
        asset = gallery.upload(
            actor=actor,
            team=target_team(actor, None),
            path=path,
            medium="image",
            name=file.name or "",
            title="",
            listed=False,
        )
    return str(asset.pk)


def _submit(actor: Actor, tool: str, inputs: dict[str, Any], count: int) -> list[Job]:
    try:
        if count == 1:
            return [actions.submit(actor=actor, tool=tool, inputs=inputs)]
        batch = actions.submit_batch(actor=actor, tool=tool, inputs=inputs, count=count)
        return list(Job.objects.filter(batch=batch).order_by("batch_index"))
    except Problem as problem:
        about = {str(place) for error in problem.errors for place in error["loc"]}
        if about & {"width", "height"}:
            raise Wrong(problem.detail, param="size", code="invalid_size") from None
        raise


@door("POST")
async def generations(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    ask = read(request, ImageAsk)
    jobs: list[Job] = await sync_to_async(_submit)(actor, GENERATE, inputs_of(ask), ask.n or 1)
    return await _made(request, actor, ask, jobs)


@door("POST")
async def edits(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """A form with the file `image`, the file `mask` (what is clear in it is drawn anew) and OpenAI's other fields."""

    def submit() -> tuple[EditAsk, list[Job]]:
        ask = read_form(request, EditAsk)
        sent = cast("MultiValueDict[str, UploadedFile]", request.FILES)  # ninja's adds only its schema
        return ask, _submit(actor, EDIT, edit_inputs(actor, ask, sent), ask.n or 1)

    ask, jobs = await sync_to_async(submit)()
    return await _made(request, actor, ask, jobs)


async def _made(request: HttpRequest, actor: Actor, ask: ImageAsk, jobs: list[Job]) -> HttpResponseBase:
    """Waits for the jobs; the answer with their pictures."""
    await sync_to_async(let_go)()
    assets: list[Asset] = []
    try:
        for job in jobs:
            await finished(actor, job)
            assets += await assets_of(job)
    except Failed as failed:
        give_up(actor, jobs)
        raise Wrong(failed.message, code=failed.kind, status=500) from None
    except asyncio.CancelledError:
        give_up(actor, jobs)
        raise
    data = []
    for asset in assets:
        if ask.response_format == "b64_json":
            content = await sync_to_async(bytes_of)(asset)
            data.append({"b64_json": base64.b64encode(content).decode(), "revised_prompt": None})
        else:
            link = request.build_absolute_uri(f"/v1/images/{sign(actor, asset)}")
            data.append({"url": link, "revised_prompt": None})
    return JsonResponse({"created": int(time.time()), "data": data})


def sign(actor: Actor, asset: Asset) -> str:
    """A word that opens this image to whoever holds it, for an hour, as the links of OpenAI do."""
    return signing.dumps({"asset": str(asset.pk), "user": str(actor.user.pk)}, salt=SALT, compress=True)


def _signed(word: str) -> files.Served:
    try:
        held = signing.loads(word, salt=SALT, max_age=LINK_LIFE_S)
    except signing.BadSignature:
        raise NotThere from None
    from studio.teams.models import User

    user = User.objects.filter(pk=held["user"], is_active=True).first()
    if user is None:
        raise NotThere
    return files.content(Actor.of(user), uuid.UUID(held["asset"]))


def image(request: HttpRequest, word: str) -> HttpResponseBase:
    """The image behind a signed link, as long as the person who made it may see it."""
    try:
        return files.send(request, _signed(word))
    except NotThere:
        return answer(_("This link is too old, or there is no such image."), status=404, code="not_found")
