"""image.remove_background: the thing in a picture, on nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from generators.context import Context, ModelFiles
from generators.events import Event, NewAsset, Progress, ToolError
from generators.fields import CutOutModel, ImageAsset
from generators.tool import Inputs, ModelFacts, Needs, tool

if TYPE_CHECKING:
    from generators.architectures.matting import Matting

LIMIT = 4096  # pixels a side


class CutOutInputs(Inputs):
    """What to cut out."""

    image: Annotated[ImageAsset, Field(description="The picture whose background goes, up to 4096 px a side")]
    model: CutOutModel = None


def needs(inputs: CutOutInputs, model: ModelFacts | None) -> Needs:
    """Memory of the net and of the largest picture as floats."""
    return Needs(memory_bytes=(model.memory_bytes if model else 0) + 64 * LIMIT * LIMIT)


@tool(
    "image.remove_background",
    title="Cut out",
    summary="Takes away a picture's background and leaves the thing on nothing.",
    makes="image",
    example={"image": "a picture's id"},
    needs=needs,
)
def remove_background(ctx: Context, inputs: CutOutInputs) -> Iterator[Event]:
    """Makes RGBA of the picture's size: alpha by the matting net, colours at the edges freed from the old ground, and
    every opaque pixel the picture's own. What was transparent stays so. Notes say where the cut is doubtful. Raises
    ToolError for pictures above 4096 px a side."""
    if ctx.done(0):
        return
    import numpy as np
    import torch
    from PIL import Image

    from generators.architectures import matting
    from generators.image import cutting
    from generators.image.opened import taken

    picture = taken(ctx.asset(inputs.image).path, side=LIMIT)
    torch.set_num_threads(ctx.threads)
    yield Progress(0, 2, note="Looking for the thing")
    colours = np.asarray(picture.convert("RGB"))
    alpha = matting.alpha_of(ctx.model(_load), colours)
    if picture.mode == "RGBA":
        alpha = np.minimum(alpha, np.asarray(picture.getchannel("A")))
    alpha = cutting.levelled(alpha)
    yield Progress(1, 2, note="Cleaning its edges")
    made = Image.fromarray(np.dstack([cutting.foreground(colours, alpha), alpha]))
    yield Progress(2, 2, preview=made)
    facts = {"kept": round(float(alpha.mean()) / 255, 4), "notes": cutting.judged(alpha)}
    yield NewAsset.image(made, ctx.scratch, facts=facts)


def _load(files: ModelFiles, device: str) -> Matting:
    from generators.architectures import matting

    if files.format != "pocket":
        raise ToolError(f"{files.name} is of the format {files.format}, which cannot cut out.", kind="model")
    return matting.load(files.path)
