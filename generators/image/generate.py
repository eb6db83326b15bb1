"""image.generate: a prompt becomes a picture, by any diffusion model of the catalogue."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from generators.brand import Brand
from generators.context import Context
from generators.events import Event, NewAsset, Progress
from generators.fields import (
    ControlModel,
    DepthModel,
    FieldType,
    Height,
    ImageModel,
    Loras,
    Prompt,
    ReferenceModel,
    Seed,
    SideImage,
    Width,
)
from generators.image import memory, pairs, samplers, together, vocabulary
from generators.image.control import ControlKind
from generators.image.styles import StyleName
from generators.tool import Device, Inputs, ModelFacts, Needs, tool

if TYPE_CHECKING:
    from generators.image.pipelines import Drawer

_POCKET_MEMORY = 800 * 2**20  # measured: 730 MB resident after pictures of up to 512 px
_CPU_LIMIT = 8 * 2**30  # weights above this take hours on a CPU: they ask for a GPU


class GenerateInputs(Inputs):
    """What to draw, and how."""

    prompt: Annotated[
        Prompt,
        Field(
            description="What to draw. (word:1.3) weighs more, [word] less; [a|b] alternates from step to step, [a:b:0.5]"
            " changes half-way; BREAK begins a new part; <lora:name:0.8> puts a LoRA on; \\( is a plain bracket"
        ),
    ]
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
    style: Annotated[StyleName, Field(description="Words of a style are added to the prompt")] = "none"
    sampler: Annotated[
        samplers.SamplerName, Field(description="How noise becomes a picture; default is the model's own")
    ] = "default"
    brand: Annotated[Brand, Field(description="A brand kit: its colours go into the prompt, as words")] = None
    loras: Annotated[
        Loras, Field(title="LoRA", description="Small additions for a style or a subject, several at once")
    ] = []
    control: Annotated[SideImage, Field(description="A picture that says where things are")] = None
    control_kind: Annotated[
        ControlKind,
        Field(description="What is found in the control picture; a grey one is a depth map already"),
    ] = "edges"
    control_weight: Annotated[
        float, Field(ge=0, le=2, description="How closely the control picture is followed")
    ] = 1.0
    control_model: Annotated[
        ControlModel, Field(description="The ControlNet; without one the installed one that fits")
    ] = None
    depth_model: Annotated[DepthModel, Field(description="What finds depths in a colour picture")] = None
    reference: Annotated[SideImage, Field(description="A picture to take look or subject from")] = None
    reference_weight: Annotated[
        float, Field(ge=0, le=1, description="How much of the reference comes through")
    ] = 0.6
    reference_model: Annotated[
        ReferenceModel, Field(description="The IP-Adapter; without one the installed one that fits")
    ] = None
    step_cache: Annotated[
        bool,
        Field(description="Takes over from step to step what hardly changes: faster, a little different"),
    ] = False
    seed: Seed = None
    model: ImageModel = None


def needs(inputs: GenerateInputs, model: ModelFacts | None) -> Needs:
    """Memory of the weights and of the picture in the making; work grows with steps, megapixels and gigabytes of
    weights, and one step of the pocket model is 1. It draws two different things one by one: see pairs.py."""
    if model is None or model.format == "pocket":
        drawings = 1.0 if inputs.control else pairs.drawings(inputs.prompt, vocabulary.built_in().names)
        return Needs(
            memory_bytes=_POCKET_MEMORY,
            work=inputs.steps * drawings + 10 * inputs.width * inputs.height / 2**20,
        )
    megapixels = inputs.width * inputs.height / 2**20
    device: Device = "cuda" if model.bytes > _CPU_LIMIT else "any"
    parts = model.meta.get("numbers") or {}
    held = memory.held(parts, cuda=device == "cuda")
    if not parts:  # a card from before its headers were read
        held = model.bytes if device == "cuda" else model.memory_bytes or 2 * model.bytes
    work = inputs.steps * max(megapixels, 0.05) * max(model.bytes / 2**30, 0.05) * 50
    return Needs(held + memory.working(inputs.width * inputs.height), device, work)


@tool(
    "image.generate",
    title="Image",
    summary="Draws a picture of what a prompt describes.",
    hint="from words",
    makes="image",
    version=4,
    example={"prompt": "a sailboat by the sea", "width": 128, "height": 128, "steps": 20, "seed": 7},
    needs=needs,
    together=together.PICTURES,
    refuses=samplers.refuses,
)
def generate(ctx: Context, inputs: GenerateInputs) -> Iterator[Event]:
    """Draws by diffusion, with a frame about four times a second. Sizes are in pixels, 64 to 2048, multiples of 8.

    The prompt's grammar is that of prompt_grammar.py. The pocket model draws 64×64; other sizes are enlarged from that,
    and other shapes get more ground. Raises ToolError where the model's folder may not be loaded, or an add-on, sampler
    or picture does not go with it.
    """
    if ctx.done(0):
        return
    import torch

    from generators.image import pipelines
    from generators.image.render import render

    yield Progress(0, inputs.steps, note="Loading the model")
    drawer: Drawer = ctx.model(pipelines.load)
    # The pocket model is too small to share: a step takes 37 ms on one thread, 35 on two.
    torch.set_num_threads(1 if drawer.pocket else ctx.threads)
    picture, facts = yield from render(ctx, inputs, drawer)
    yield NewAsset.image(picture, ctx.scratch, facts=facts)
