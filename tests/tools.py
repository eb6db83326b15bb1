"""Torch-free tools of a few hundred milliseconds, real ones, for the tests of the spine. See STUDIO_EXTRA_TOOLS."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from typing import Annotated

from PIL import Image
from pydantic import Field

from generators.brand import Brand, kit_of
from generators.context import Context
from generators.events import Event, NewAsset, Progress, Token, ToolError
from generators.fields import ImageAsset, Prompt, Seed
from generators.text import voice
from generators.tool import Inputs, Needs, Together, tool


class NothingInputs(Inputs):
    """No inputs."""


@tool("test.nothing", title="Nothing", summary="Ends at once.", makes="text", example={}, hidden=False)
def nothing(ctx: Context, inputs: NothingInputs) -> Iterator[Event]:
    yield Progress(1, 1)


class PaintInputs(Inputs):
    """What to paint."""

    prompt: Prompt
    steps: Annotated[int, Field(ge=1, le=1000, description="How many steps")] = 5
    pause_ms: Annotated[int, Field(ge=0, le=60_000, description="Time of a step")] = 40
    count: Annotated[int, Field(ge=1, le=8, description="How many pictures")] = 1
    seed: Seed = None


@tool(
    "test.paint",
    title="Paint",
    summary="Paints a plain picture whose colour the seed gives.",
    makes="image",
    example={"prompt": "a plain colour"},
)
def paint(ctx: Context, inputs: PaintInputs) -> Iterator[Event]:
    total = inputs.steps * inputs.count
    for index in range(inputs.count):
        if ctx.done(index):
            continue
        colour = ((ctx.seed + index) % 256, (ctx.seed // 256) % 256, (ctx.seed // 65536) % 256)
        image = Image.new("RGB", (64, 48), colour)
        for step in range(inputs.steps):
            time.sleep(inputs.pause_ms / 1000)
            yield Progress(index * inputs.steps + step + 1, total, preview=image)
        yield NewAsset.image(image, ctx.scratch, index=index)


class EchoInputs(Inputs):
    """What to say again."""

    prompt: Prompt
    pause_ms: Annotated[int, Field(ge=0, le=10_000, description="Time between words")] = 20
    brand: Brand = None


@tool(
    "test.echo",
    title="Echo",
    summary="Says the prompt again, word by word.",
    makes="text",
    example={"prompt": "one two"},
)
def echo(ctx: Context, inputs: EchoInputs) -> Iterator[Event]:
    said = ""
    for word in inputs.prompt.split(" "):
        time.sleep(inputs.pause_ms / 1000)
        piece = word if not said else f" {word}"
        said += piece
        yield Token(piece)
    kit = kit_of(inputs.brand)
    yield NewAsset.text(said, ctx.scratch, facts={"notes": voice.notes(kit, said)} if kit else None)


class SingInputs(Inputs):
    """What to sing; "die" ends the process, "die in company" only where others sing along, "refuse" is a fault."""

    prompt: Prompt
    steps: Annotated[int, Field(ge=1, le=1000, description="How many steps")] = 5
    pause_ms: Annotated[int, Field(ge=0, le=60_000, description="Time of a step")] = 40
    seed: Seed = None


def _choir(contexts: Sequence[Context], inputs: Sequence[SingInputs]) -> Iterator[tuple[int, Event]]:
    words = {each.prompt for each in inputs}
    for step in range(inputs[0].steps):
        time.sleep(inputs[0].pause_ms / 1000)
        if step == 1 and ("die" in words or ("die in company" in words and len(inputs) > 1)):
            os.kill(os.getpid(), signal.SIGKILL)
        if "refuse" in words:
            raise ToolError("Nobody sings that.", kind="dislike")
        yield from ((place, Progress(step + 1, inputs[0].steps)) for place in range(len(inputs)))
    for place, ctx in enumerate(contexts):
        image = Image.new("RGB", (8, 8), (ctx.seed % 256, 0, 0))
        yield place, NewAsset.image(image, ctx.scratch, facts={"voices": len(contexts)})


@tool(
    "test.sing",
    title="Sing",
    summary="Sings alone or together.",
    makes="image",
    example={"prompt": "a song"},
    together=Together(frozenset({"prompt", "seed"}), lambda inputs, format, device: 4, _choir),
)
def sing(ctx: Context, inputs: SingInputs) -> Iterator[Event]:
    yield from (event for _place, event in _choir([ctx], [inputs]))


class InvertInputs(Inputs):
    """A picture to turn into its negative."""

    image: ImageAsset


@tool(
    "test.invert",
    title="Invert",
    summary="The negative of a picture.",
    makes="image",
    example={"image": "an asset"},
    hidden=False,
)
def invert(ctx: Context, inputs: InvertInputs) -> Iterator[Event]:
    from PIL import ImageOps

    with Image.open(ctx.asset(inputs.image).path) as image:
        yield NewAsset.image(ImageOps.invert(image.convert("RGB")), ctx.scratch)


class MisbehaveInputs(Inputs):
    """How to go wrong."""

    how: Annotated[
        str,
        Field(pattern="^(raise|refuse|abort|loop|memory|grandchild|scribble)$", description="In which way"),
    ]


@tool(
    "test.misbehave",
    title="Misbehave",
    summary="Goes wrong as asked.",
    makes="text",
    example={"how": "refuse"},
)
def misbehave(ctx: Context, inputs: MisbehaveInputs) -> Iterator[Event]:
    yield Progress(0, 2)
    if inputs.how == "raise":
        raise RuntimeError("something broke inside the tool")
    if inputs.how == "refuse":
        raise ToolError("This tool does not like that.", kind="dislike")
    if inputs.how == "scribble":
        path = ctx.scratch / "no-picture.png"
        path.write_bytes(b"this is no picture")
        yield NewAsset(path, "image", "image/png")
    if inputs.how == "abort":
        os.kill(os.getpid(), signal.SIGABRT)
    if inputs.how == "grandchild":
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)  # left behind by a test tool"])
        os.kill(os.getpid(), signal.SIGKILL)
    if inputs.how == "memory":
        held = []
        while True:
            held.append(bytearray(64 * 2**20))
            time.sleep(0.01)
    while True:
        time.sleep(0.05)


class GreedyInputs(Inputs):
    """How much to ask for."""

    gigabytes: Annotated[int, Field(ge=0, le=10**6, description="Memory that it asks for")] = 1
    cuda: Annotated[bool, Field(description="Whether it asks for a CUDA device")] = False


def _greedy_needs(inputs: GreedyInputs, model: object) -> Needs:
    return Needs(memory_bytes=inputs.gigabytes * 10**9, device="cuda" if inputs.cuda else "any")


@tool(
    "test.greedy",
    title="Greedy",
    summary="Asks for memory, takes none.",
    makes="text",
    example={},
    needs=_greedy_needs,
)
def greedy(ctx: Context, inputs: GreedyInputs) -> Iterator[Event]:
    yield Progress(1, 1)
