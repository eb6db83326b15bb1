"""image.remove_background: the thing in a picture, on nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from generators.context import Context, ModelFiles
from generators.events import Event, NewAsset, Progress, ToolError
from generators.fields import CutOutModel, ImageAsset
from generators.tool import Inputs, ModelFacts, Needs, tool

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image

    from generators.architectures.matting import Matting

Subject = Literal["automatic", "people", "anything"]
LIMIT = 4096  # pixels a side


class CutOutInputs(Inputs):
    """What to cut out."""

    image: Annotated[ImageAsset, Field(description="The picture whose background goes, up to 4096 px a side")]
    subject: Annotated[
        Subject,
        Field(
            description="Who or what stays: people are found by a network of their own; automatic uses it where a face is seen"
        ),
    ] = "automatic"
    model: CutOutModel = None


def needs(inputs: CutOutInputs, model: ModelFacts | None) -> Needs:
    """Memory of the net and of the largest picture as floats."""
    return Needs(memory_bytes=(model.memory_bytes if model else 0) + 64 * LIMIT * LIMIT)


@tool(
    "image.remove_background",
    title="Cut out",
    summary="Takes away a picture's background and leaves the thing on nothing.",
    hint="no background",
    makes="image",
    example={"image": "a picture's id"},
    needs=needs,
)
def remove_background(ctx: Context, inputs: CutOutInputs) -> Iterator[Event]:
    """Makes RGBA of the picture's size: alpha by the matting net or, of people, by one that knows them; colours at the edges freed from the old ground, and
    every opaque pixel the picture's own. What was transparent stays so. Notes say where the cut is doubtful. Raises
    ToolError for pictures above 4096 px a side."""
    if ctx.done(0):
        return
    import numpy as np
    import torch
    from PIL import Image as Pictures

    from generators.image import cutting
    from generators.image.opened import taken

    picture = taken(ctx.asset(inputs.image).path, side=LIMIT)
    torch.set_num_threads(ctx.threads)
    yield Progress(0, 2, note="Looking for the thing")
    colours = np.asarray(picture.convert("RGB"))
    people = _people(ctx, inputs.subject, picture)
    alpha = _alpha(ctx, colours, people=people)
    if picture.mode == "RGBA":
        alpha = np.minimum(alpha, np.asarray(picture.getchannel("A")))
    alpha = cutting.levelled(alpha)
    yield Progress(1, 2, note="Cleaning its edges")
    made = Pictures.fromarray(np.dstack([cutting.foreground(colours, alpha), alpha]))
    yield Progress(2, 2, preview=made)
    facts = {
        "kept": round(float(alpha.mean()) / 255, 4),
        "cut_by": "people" if people else "anything",
        "notes": cutting.judged(alpha),
    }
    yield NewAsset.image(made, ctx.scratch, facts=facts)


def _people(ctx: Context, subject: Subject, picture: Image) -> bool:
    """Whether the network that knows people is asked. ToolError where it should be and is not there."""
    from generators.image import seeing
    from generators.people import networks

    if subject == "people" and not networks.installed():
        raise ToolError(
            f"Nothing that finds people is installed on this machine. Whoever runs it can add it: {networks.SETUP}.",
            kind="model",
        )
    return subject == "people" or (subject == "automatic" and bool(seeing.faces_in(ctx, picture)))


def _alpha(ctx: Context, colours: NDArray[np.uint8], *, people: bool) -> NDArray[np.uint8]:
    if people:
        from generators.people.outline import people_alpha

        return people_alpha(ctx, colours)
    from generators.architectures import matting

    return matting.alpha_of(ctx.model(_load), colours)


def _load(files: ModelFiles, device: str) -> Matting:
    from generators.architectures import matting

    if files.format != "pocket":
        raise ToolError(f"{files.name} is of the format {files.format}, which cannot cut out.", kind="model")
    return matting.load(files.path)
