"""image.edit: a picture drawn anew as a whole, under a mask, beyond its edges, or as an instruction says."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from generators.context import Context
from generators.events import Event, NewAsset, Progress, ToolError
from generators.fields import EditModel, FieldType, Frame, ImageAsset, MaskAsset, Prompt, Seed
from generators.image import generate
from generators.tool import Inputs, ModelFacts, Needs, tool

if TYPE_CHECKING:
    from PIL.Image import Image

    from generators.image.pipelines import Drawer

LIMIT = 4096  # pixels a side, before and after


class EditInputs(Inputs):
    """What to change, where, and how far."""

    image: Annotated[ImageAsset, Field(description="The picture to change, up to 4096 px a side")]
    mask: Annotated[MaskAsset, Field(description="White is drawn anew, black stays; without one, all is")] = (
        None
    )
    prompt: Prompt
    negative_prompt: Annotated[
        str, Field(max_length=20_000, description="What should not be in the picture"), FieldType("text")
    ] = ""
    strength: Annotated[
        float, Field(ge=0, le=1, description="How far it may leave what was there: 0 nothing, 1 everything")
    ] = 0.8
    expand: Annotated[Frame, Field(description="Ground to add around the picture")] = None
    mask_by: Annotated[
        Literal["white", "clear"],
        Field(description="Draw anew what is white in the mask, or what is clear in it"),
    ] = "white"
    steps: Annotated[
        int, Field(ge=1, le=150, description="More steps draw more carefully and take longer")
    ] = 20
    guidance: Annotated[float, Field(ge=0, le=30, description="How closely it follows the prompt")] = 3.0
    seed: Seed = None
    model: EditModel = None


def needs(inputs: EditInputs, model: ModelFacts | None) -> Needs:
    """As image.generate at the model's own size, and memory for the largest picture six times over (measured)."""
    side = int(model.meta.get("native", 1024)) if model else 64
    drawing = generate.GenerateInputs(
        prompt=inputs.prompt, width=min(side, 2048), height=min(side, 2048), steps=inputs.steps
    )
    found = generate.needs(drawing, model)
    return Needs(found.memory_bytes + 24 * LIMIT * LIMIT, found.device, found.work)


@tool(
    "image.edit",
    title="Edit",
    summary="Changes a picture: all of it, what a mask shows, or what lies beyond its edges.",
    hint="say what and where",
    makes="image",
    example={"image": "a picture's id", "prompt": "a blue sailboat by the sea", "strength": 0.8, "seed": 7},
    version=2,
    needs=needs,
)
def edit(ctx: Context, inputs: EditInputs) -> Iterator[Event]:
    """With a mask or new ground, only that is drawn: a window around it, at the model's own size, put back with a soft
    edge inside the mask; the pocket model fills new ground as beyond.py says. All other pixels stay. Without, all is
    drawn at the model's own size and brought back to the picture's. Folders of InstructPix2Pix, FLUX Kontext and Qwen-Image-Edit read the prompt as
    what to change ("make the car red"). Raises ToolError for pictures above 4096 px a side, for an empty mask and
    for a model that draws from words only.
    """
    if ctx.done(0):
        return
    from generators.image import region
    from generators.image.opened import taken

    picture = taken(ctx.asset(inputs.image).path, side=LIMIT)
    try:
        clear, named = inputs.mask_by == "clear", inputs.mask
        mask = region.open_mask(ctx.asset(named).path, picture.size, clear=clear) if named else None
    except region.EmptyMask:
        raise ToolError(
            f"Nothing in the mask is {inputs.mask_by}, so nothing would change. Paint what to change."
        ) from None
    if inputs.expand:
        picture, mask = region.expanded(picture, inputs.expand, mask)
    if max(picture.size) > LIMIT:
        raise ToolError(f"That would be {picture.width} × {picture.height} px; at most {LIMIT} a side.")
    if inputs.strength == 0:
        yield NewAsset.image(picture, ctx.scratch, facts={"notes": ["Strength 0 changes nothing."]})
        return
    yield Progress(0, inputs.steps, note="Loading the model")
    made, facts = yield from drawn(ctx, inputs, picture, mask)
    yield NewAsset.image(made, ctx.scratch, facts=facts)


def drawn(
    ctx: Context, inputs: EditInputs, picture: Image, mask: Image | None = None
) -> Generator[Event, None, tuple[Image, dict[str, Any]]]:
    """The picture with what the mask shows (without one, all of it) drawn anew, and the facts of it."""
    import torch

    from generators.image import beyond, encode, pipelines, redrawing, region, upscaler
    from generators.image.prompt_grammar import parse
    from generators.image.vocabulary import unknown_words

    drawer: Drawer = redrawing.sibling(ctx.model(pipelines.load), masked=mask is not None)
    torch.set_num_threads(1 if drawer.pocket else ctx.threads)
    if drawer.pocket and inputs.expand and not inputs.mask:
        return (yield from beyond.drawn(ctx, inputs, picture, inputs.expand))
    told = encode.tell(drawer, inputs.prompt, inputs.negative_prompt, inputs.guidance, inputs.steps)
    around = 1.0 if drawer.pocket else 0.25  # the pocket model knows whole scenes only
    box = region.window(mask, drawer.native, around) if mask else (0, 0, *picture.size)
    seen = picture.crop(box).convert("RGB")
    size = region.fitted(seen.size, drawer.native, redrawing.multiple_of(drawer))
    part = mask.crop(box) if mask else None
    steps = redrawing.redraw(
        drawer,
        told.arguments,
        seen.resize(size),
        mask=part.resize(size) if part else None,
        strength=inputs.strength,
        steps=inputs.steps,
        seed=ctx.seed,
        at_step=told.at_step,
    )
    made = yield from region.placed(steps, picture, mask, box) if mask else steps
    made, enlarged = region.brought_to(made, seen.size, lambda: upscaler.load(ctx))
    if inputs.expand:
        made = region.joined(seen, made, region.added(picture.size, inputs.expand).crop(box))
    notes = [*told.notes, *([enlarged] if enlarged else [])]
    if drawer.pocket:
        notes += unknown_words(ctx, parse(inputs.prompt).every_word(), drawer)
    if inputs.negative_prompt and not any(name.startswith("negative") for name in told.arguments):
        notes.append("This model does not read what should not be in the picture.")
    facts = {"pipeline": type(drawer.pipeline).__name__, "drawn_at": f"{size[0]}×{size[1]}", "notes": notes}
    if part is None:
        if picture.mode == "RGBA":
            made.putalpha(picture.getchannel("A"))
        return made, facts
    whole = picture.copy()
    whole.paste(region.blended(picture.crop(box), made, part), box[:2])
    return whole, facts | {"window": list(box)}
