"""image.generate: a prompt becomes a picture, by any diffusion model of the catalogue."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from generators.context import Context
from generators.events import Event, NewAsset, Progress
from generators.fields import FieldType, Height, ImageModel, Prompt, Seed, Width
from generators.tool import Device, Inputs, ModelFacts, Needs, tool

if TYPE_CHECKING:
    from PIL.Image import Image

    from generators.image.pipelines import Drawer

_POCKET_MEMORY = 800 * 2**20  # measured: 730 MB resident after pictures of up to 512 px
_CPU_LIMIT = 8 * 2**30  # weights above this take hours on a CPU: they ask for a GPU


class GenerateInputs(Inputs):
    """What to draw, and how."""

    prompt: Prompt
    negative_prompt: Annotated[
        str, Field(max_length=20_000, description="What should not be in the picture"), FieldType("text")
    ] = ""
    width: Annotated[Width, Field(ge=64, le=2048, multiple_of=8)] = 256
    height: Annotated[Height, Field(ge=64, le=2048, multiple_of=8)] = 256
    steps: Annotated[
        int, Field(ge=1, le=150, description="More steps draw more carefully and take longer")
    ] = 20
    guidance: Annotated[
        float,
        Field(ge=0, le=30, description="How closely the picture follows the prompt; 3 to 8 suit most models"),
    ] = 3.0
    seed: Seed = None
    model: ImageModel = None


def needs(inputs: GenerateInputs, model: ModelFacts | None) -> Needs:
    """Memory of the weights and of the picture in the making; work grows with steps, megapixels and gigabytes of
    weights, and one step of the pocket model is 1."""
    if model is None or model.format == "pocket":
        return Needs(
            memory_bytes=_POCKET_MEMORY, work=inputs.steps + 10 * inputs.width * inputs.height / 2**20
        )
    megapixels = inputs.width * inputs.height / 2**20
    device: Device = "cuda" if model.bytes > _CPU_LIMIT else "any"
    held = model.bytes if device == "cuda" else model.memory_bytes or 2 * model.bytes
    work = inputs.steps * max(megapixels, 0.05) * max(model.bytes / 2**30, 0.05) * 50
    return Needs(held + int(2.5 * megapixels * 2**30), device, work)


@tool(
    "image.generate",
    title="Image",
    summary="Draws a picture of what a prompt describes.",
    makes="image",
    example={"prompt": "a sailboat by the sea", "width": 256, "height": 256, "steps": 20, "seed": 7},
    needs=needs,
)
def generate(ctx: Context, inputs: GenerateInputs) -> Iterator[Event]:
    """Draws by diffusion, with a frame about four times a second. Sizes are in pixels, 64 to 2048, multiples of 8.

    The pocket model draws 64×64; other sizes are enlarged from that, and other shapes get more ground. Raises
    ToolError where the model's folder may not be loaded.
    """
    if ctx.done(0):
        return
    import torch

    from generators.image import pipelines

    yield Progress(0, inputs.steps, note="Loading the model")
    drawer: Drawer = ctx.model(pipelines.load)
    # The pocket model is too small to share: a step takes 37 ms on one thread, 35 on two.
    torch.set_num_threads(1 if drawer.pocket else ctx.threads)
    told = pipelines.arguments(drawer, inputs.prompt, inputs.negative_prompt, inputs.guidance)
    told["num_inference_steps"] = inputs.steps
    picture, facts = yield from (_pocket if drawer.pocket else _large)(ctx, inputs, drawer, told)
    yield NewAsset.image(picture, ctx.scratch, facts=facts)


def _large(
    ctx: Context, inputs: GenerateInputs, drawer: Drawer, told: dict[str, Any]
) -> Generator[Event, None, tuple[Image, dict[str, Any]]]:
    """A model that draws at the size asked for."""
    from generators.image.drawing import draw

    size = {"width": inputs.width, "height": inputs.height}
    picture = yield from draw(drawer, told, **size, seed=ctx.seed, total=inputs.steps)
    notes = []
    if drawer.native > 2 * max(inputs.width, inputs.height):
        notes.append(
            f"This model was made for pictures of about {drawer.native} px; small ones come out poorly."
        )
    if inputs.negative_prompt and "negative_prompt" not in told:
        notes.append("This model does not read what should not be in the picture.")
    return picture, {"pipeline": type(drawer.pipeline).__name__, "notes": notes}


def _pocket(
    ctx: Context, inputs: GenerateInputs, drawer: Drawer, told: dict[str, Any]
) -> Generator[Event, None, tuple[Image, dict[str, Any]]]:
    """Our own model: 64×64, then extended and enlarged; says which words it does not know."""
    from generators.image import shape, upscaler
    from generators.image.drawing import draw
    from generators.image.pipelines import NATIVE

    enlarging = shape.passes(inputs.width, inputs.height)
    total = inputs.steps + enlarging
    picture = yield from draw(drawer, told, width=NATIVE, height=NATIVE, seed=ctx.seed, total=total)
    net = upscaler.load(ctx) if enlarging else None
    picture = shape.sized(picture, inputs.width, inputs.height, net)
    yield Progress(total, total, preview=picture)
    notes = _unknown_words(ctx, inputs.prompt, drawer)
    if inputs.width != inputs.height:
        notes.append("Drawn as a square; the ground at the sides was continued.")
    if enlarging and net is None:
        notes.append("Enlarged with a plain filter: the upscaler is not installed on this machine.")
    return picture, {
        "pipeline": type(drawer.pipeline).__name__,
        "drawn_at": f"{NATIVE}×{NATIVE}",
        "upscaler": upscaler.FAST if net is not None else "",
        "notes": notes,
    }


def _unknown_words(ctx: Context, prompt: str, drawer: Drawer) -> list[str]:
    """A sentence that names the words that the model has not learned, with the nearest that it has."""
    from generators.image.vocabulary import Vocabulary

    assert ctx.model_files is not None  # the drawer came from it
    folder = ctx.model_files.path
    vocabulary = ctx.keep(f"vocabulary:{ctx.model_files.digest}", lambda: Vocabulary.of(folder))
    unknown = vocabulary.unknown(prompt)
    if not unknown:
        return []
    nearest = vocabulary.nearest(unknown, drawer.pipeline.text_encoder, drawer.pipeline.tokenizer)
    words = ", ".join(
        f"“{word}” (nearest: {near})" if near else f"“{word}”" for word, near in nearest.items()
    )
    return [f"This small model has not learned {words}."]
