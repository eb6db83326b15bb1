"""image.upscale: a picture becomes four times as wide and high."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from generators.context import Context, ModelFiles
from generators.events import Event, NewAsset, Progress, ToolError
from generators.fields import ImageAsset, UpscaleModel
from generators.tool import Inputs, ModelFacts, Needs, tool

if TYPE_CHECKING:
    from generators.image.upscaler import Upscaler

LIMIT = 2048  # pixels a side: four times that is a picture of 67 megapixels


class UpscaleInputs(Inputs):
    """What to enlarge."""

    image: Annotated[ImageAsset, Field(description="The picture to enlarge, up to 2048 px a side")]
    model: UpscaleModel = None


def needs(inputs: UpscaleInputs, model: ModelFacts | None) -> Needs:
    """Memory of a tile in the network, and of the largest picture before and after."""
    tile = model.memory_bytes if model and model.memory_bytes else 700 * 2**20
    return Needs(memory_bytes=tile + 17 * LIMIT * LIMIT * 3)


@tool(
    "image.upscale",
    title="Enlarge",
    summary="Makes a picture four times as wide and high, and sharp.",
    makes="image",
    example={"image": "a picture's id"},
    needs=needs,
)
def upscale(ctx: Context, inputs: UpscaleInputs) -> Iterator[Event]:
    """Enlarges tile by tile with Real-ESRGAN; transparency is enlarged by a filter. Raises ToolError for pictures
    above 2048 px a side."""
    if ctx.done(0):
        return
    from PIL import Image

    from generators.image import upscaler
    from generators.image.opened import TooLarge, open_picture

    try:
        source = open_picture(ctx.asset(inputs.image).path, side=LIMIT)
    except TooLarge:
        raise ToolError(
            f"This picture is larger than {LIMIT} px a side. Make it smaller first.", kind="inputs"
        ) from None
    net = ctx.model(lambda files, _: _load(files, ctx.threads))
    colours = source.convert("RGB")
    out = Image.new("RGB", (source.width * upscaler.FACTOR, source.height * upscaler.FACTOR))
    boxes = upscaler.tiles(source.width, source.height)
    for done, box in enumerate(boxes, start=1):
        upscaler.place(net, colours, box, out)
        preview = None
        if done < len(boxes):
            preview = out.copy()
            preview.thumbnail((512, 512))
        yield Progress(done, len(boxes), preview=preview)
    if source.mode == "RGBA":
        out.putalpha(source.getchannel("A").resize(out.size, Image.Resampling.LANCZOS))
    yield NewAsset.image(out, ctx.scratch, facts={"scale": upscaler.FACTOR})


def _load(files: ModelFiles, threads: int) -> Upscaler:
    from generators.image.upscaler import Upscaler

    if files.format != "ncnn":
        raise ToolError(f"{files.name} is of the format {files.format}, which cannot enlarge.", kind="model")
    return Upscaler(files.meta.get("stem", "realesrgan-x4plus"), files.path, threads)
