"""image.vary: pictures near one, step by step further away."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from generators.context import Context
from generators.events import Event, NewAsset, Progress, ToolError
from generators.fields import FieldType, ImageAsset, ImageModel, Prompt, Seed
from generators.image import edit
from generators.tool import Inputs, ModelFacts, Needs, tool

if TYPE_CHECKING:
    from PIL.Image import Image

    from generators.image.pipelines import Drawer


class VaryInputs(Inputs):
    """What to vary, how, and how far."""

    image: Annotated[ImageAsset, Field(description="The picture to vary, up to 4096 px a side")]
    prompt: Prompt
    negative_prompt: Annotated[
        str, Field(max_length=20_000, description="What should not be in the picture"), FieldType("text")
    ] = ""
    by: Annotated[
        Literal["picture", "seed"],
        Field(description="The picture drawn anew; or, of a picture made here, its seed mixed with others"),
    ] = "picture"
    distance: Annotated[
        float, Field(ge=0.05, le=1, description="How far the furthest may be: 0 the same, 1 another picture")
    ] = 0.75
    rungs: Annotated[
        int, Field(ge=1, le=8, description="How many pictures, each further away, the last at the distance")
    ] = 4
    steps: Annotated[
        int, Field(ge=1, le=150, description="More steps draw more carefully and take longer")
    ] = 20
    guidance: Annotated[float, Field(ge=0, le=30, description="How closely it follows the prompt")] = 3.0
    seed: Seed = None
    model: ImageModel = None


def needs(inputs: VaryInputs, model: ModelFacts | None) -> Needs:
    """As image.edit, once for each rung."""
    once = edit.edit.needs(edit.EditInputs(image="", prompt=inputs.prompt, steps=inputs.steps), model)
    return Needs(once.memory_bytes, once.device, once.work * inputs.rungs)


@tool(
    "image.vary",
    title="Vary",
    summary="Makes pictures near a picture, step by step further away.",
    hint="near a picture",
    makes="image",
    example={
        "image": "a picture's id",
        "prompt": "a sailboat by the sea",
        "distance": 0.75,
        "rungs": 4,
        "seed": 7,
    },
    version=2,
    needs=needs,
)
def vary(ctx: Context, inputs: VaryInputs) -> Iterator[Event]:
    """A ladder: rung k of n stands at √(k/n) of the furthest distance; one asset each. Near distances change next to
    nothing that a person sees, so even steps would give several pictures that look the same.

    By picture: image to image with the distance as strength, each rung from noise of its own. By seed: the noise of the
    seed turned (slerp, so that it stays noise) by the distance towards the noise of the seed one higher; at distance 0
    that is what image.generate draws from this seed with the same prompt, model, steps and guidance and without the step
    cache, and the picture only gives the size. Raises ToolError for pictures above 4096 px a side and for models that
    cannot do either.
    """
    from generators.image.opened import taken

    picture = taken(ctx.asset(inputs.image).path, side=edit.LIMIT)
    total = inputs.steps * inputs.rungs
    for index in range(inputs.rungs):
        if ctx.done(index):
            continue
        distance = inputs.distance * ((index + 1) / inputs.rungs) ** 0.5
        way, own = _from_seed, ctx
        if inputs.by == "picture":
            way, own = _from_picture, replace(ctx, seed=(ctx.seed + index) % 2**32)
        before = index * inputs.steps
        made, facts = yield from _counted(way(own, inputs, picture, distance), before, inputs.steps, total)
        yield NewAsset.image(made, ctx.scratch, index=index, facts=facts | {"distance": round(distance, 4)})


Drawn = Generator[Event, None, tuple["Image", dict[str, Any]]]


def _from_picture(ctx: Context, inputs: VaryInputs, picture: Image, distance: float) -> Drawn:
    same = {"prompt", "negative_prompt", "steps", "guidance"}
    asked = edit.EditInputs(image=inputs.image, strength=distance, **inputs.model_dump(include=same))
    return (yield from edit.drawn(ctx, asked, picture))


def _from_seed(ctx: Context, inputs: VaryInputs, picture: Image, distance: float) -> Drawn:
    import torch

    from generators.image import encode, noise, pipelines, redrawing, region, shape, upscaler
    from generators.image.drawing import draw

    drawer: Drawer = ctx.model(pipelines.load)
    if redrawing.takes_instructions(drawer):
        raise ToolError("This model changes pictures; it draws none from a seed alone.", kind="model")
    torch.set_num_threads(1 if drawer.pocket else ctx.threads)
    if drawer.pocket:
        size = (drawer.native, drawer.native)
    elif max(picture.size) <= 2048 and not any(side % 8 for side in picture.size):
        size = picture.size
    else:
        size = region.fitted(picture.size, drawer.native, redrawing.multiple_of(drawer))
    told = encode.tell(drawer, inputs.prompt, inputs.negative_prompt, inputs.guidance, inputs.steps)
    with torch.no_grad():
        own, other = (noise.of_seed(drawer, (ctx.seed + more) % 2**32, *size) for more in (0, 1))
    given = told.arguments | {"num_inference_steps": inputs.steps}
    given["latents"] = noise.between(own, other, distance)
    made = yield from draw(
        drawer, given, width=size[0], height=size[1], seed=ctx.seed, total=inputs.steps, at_step=told.at_step
    )
    if drawer.pocket:
        made = shape.sized(made, *picture.size, upscaler.load(ctx))
    else:
        made, _ = region.brought_to(made, picture.size, lambda: upscaler.load(ctx))
    return made, {"pipeline": type(drawer.pipeline).__name__, "notes": told.notes}


def _counted(run: Drawn, before: int, steps: int, total: int) -> Drawn:
    """One rung's steps as `steps` of the `total` of all rungs, after those `before`."""
    with closing(run):
        while True:
            try:
                event = next(run)
            except StopIteration as end:
                made: tuple[Image, dict[str, Any]] = end.value
                return made
            if isinstance(event, Progress):
                event = replace(event, step=before + steps * event.step / event.total, total=total)
            yield event
