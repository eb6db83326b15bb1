"""image.upscale: a picture becomes two or four times as wide and high."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from generators.context import Context, ModelFiles
from generators.events import Event, NewAsset, Progress, ToolError
from generators.fields import ImageAsset, UpscaleModel
from generators.tool import Inputs, ModelFacts, Needs, Sizes, tool

if TYPE_CHECKING:
    from PIL.Image import Image

    from generators.image.upscaler import Upscaler

LIMIT = 8192  # pixels a side of what is made: a picture of 67 megapixels
_PREVIEW = 512


class UpscaleInputs(Inputs):
    """What to enlarge, and how much."""

    image: Annotated[ImageAsset, Field(description="The picture to enlarge; at most 8192 px a side are made")]
    scale: Annotated[Literal[2, 4], Field(description="How many times as wide and high")] = 4
    model: UpscaleModel = None


def needs(inputs: UpscaleInputs, model: ModelFacts | None) -> Needs:
    """Memory of a tile in the network, and of the largest picture that is made, with and without transparency."""
    tile = model.memory_bytes or 2**30 if model else 0
    return Needs(memory_bytes=tile + 8 * LIMIT * LIMIT)


def work(inputs: UpscaleInputs, sizes: Sizes) -> float:
    """Megapixels that the network sees: tiles with their borders."""
    from generators.image.upscaler import BORDER, TILE

    width, height = sizes.get("image", (TILE, TILE))
    across, down = (side + 2 * BORDER * -(-side // TILE) for side in (width, height))
    return across * down / 1e6


@tool(
    "image.upscale",
    title="Enlarge",
    summary="Makes a picture two or four times as wide and high, and sharp.",
    hint="two or four times",
    makes="image",
    version=3,
    example={"image": "a picture's id", "scale": 4},
    needs=needs,
    work=work,
)
def upscale(ctx: Context, inputs: UpscaleInputs) -> Iterator[Event]:
    """Enlarges tile by tile with Real-ESRGAN (Wang et al. 2021), ×2 by halving its ×4; neighbouring tiles fade into each
    other. Transparency is enlarged by a Lanczos filter, and so is all where no upscaler is installed, which a note says.
    Raises ToolError where the result would be larger than 8192 px a side."""
    if ctx.done(0):
        return
    from PIL import Image as Pictures

    from generators.image.opened import TooLarge, open_picture

    most = LIMIT // inputs.scale
    try:
        source = open_picture(ctx.asset(inputs.image).path, side=most)
    except TooLarge:
        raise ToolError(
            f"×{inputs.scale} takes pictures of up to {most} px a side; this one is larger. Make it smaller first.",
            kind="inputs",
        ) from None
    net = None if ctx.model_files is None else ctx.model(lambda files, _: _load(files, ctx.threads))
    size = (source.width * inputs.scale, source.height * inputs.scale)
    facts: dict[str, Any] = {"scale": inputs.scale, "notes": []}
    if net is None:
        facts["notes"].append("Enlarged with a plain filter: no upscaler is installed here.")
        out = source.convert("RGB").resize(size, Pictures.Resampling.LANCZOS)
    else:
        out = yield from _tiled(net, source.convert("RGB"), inputs.scale)
    if source.mode == "RGBA":
        out.putalpha(source.getchannel("A").resize(size, Pictures.Resampling.LANCZOS))
    yield NewAsset.image(out, ctx.scratch, facts=facts)


def _tiled(net: Upscaler, source: Image, scale: int) -> Generator[Event, None, Image]:
    """The picture enlarged; a small preview grows along with it."""
    from PIL import Image as Pictures

    from generators.image import upscaler
    from generators.image.previews import Pace

    out = Pictures.new("RGB", (source.width * scale, source.height * scale))
    preview = source.copy()
    preview.thumbnail((_PREVIEW, _PREVIEW))
    share = preview.width / source.width
    boxes, pace = upscaler.tiles(source.width, source.height, net.side), Pace()
    for done, box in enumerate(boxes, start=1):
        tile = upscaler.place(net, source, box, out, scale)
        left, top, right, bottom = (round(edge * share) for edge in box)
        if right > left and bottom > top:
            preview.paste(tile.resize((right - left, bottom - top)), (left, top))
        yield Progress(done, len(boxes), preview=preview.copy() if pace.due() else None)
    return out


def _load(files: ModelFiles, threads: int) -> Upscaler:
    from generators.image.upscaler import Upscaler

    if files.format != "ncnn":
        raise ToolError(f"{files.name} is of the format {files.format}, which cannot enlarge.", kind="model")
    return Upscaler(files.meta.get("stem", "realesrgan-x4plus"), files.path, threads)
