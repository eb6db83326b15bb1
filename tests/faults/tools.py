"""Tools whose process dies, or misbehaves, at a moment that a test names; each once where `once` names a file."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from PIL import Image
from pydantic import Field

from generators.context import Context
from generators.events import Event, NewAsset, Progress
from generators.fields import Prompt, Seed
from generators.tool import Inputs, tool
from tests.faults.plugin.tokens import FOLDER


def version() -> int:
    """The version of `test.fragile` in processes that start now; see Spine.new_version."""
    try:
        return int((FOLDER / "version").read_text())
    except OSError:
        return 1


class FragileInputs(Inputs):
    """Where the process ends."""

    prompt: Prompt
    dies: Annotated[str, Field(pattern="^(never|loading|step|made)$", description="Where it ends")] = "never"
    once: Annotated[str, Field(description="A file: with its removal the process has ended once")] = ""
    steps: Annotated[int, Field(ge=1, le=1000, description="How many steps")] = 5
    pause_ms: Annotated[int, Field(ge=0, le=60_000, description="Time of a step")] = 40
    count: Annotated[int, Field(ge=1, le=8, description="How many pictures")] = 1
    seed: Seed = None


def _end(inputs: FragileInputs, where: str) -> None:
    if inputs.dies == where:
        try:
            Path(inputs.once).unlink()
        except OSError:
            return
        os.kill(os.getpid(), signal.SIGKILL)


@tool(
    "test.fragile",
    title="Fragile",
    summary="Paints, and ends its process where it is told to.",
    makes="image",
    version=version(),
    example={"prompt": "a plain colour"},
)
def fragile(ctx: Context, inputs: FragileInputs) -> Iterator[Event]:
    _end(inputs, "loading")
    for index in range(inputs.count):
        if ctx.done(index):
            continue
        image = Image.new("RGB", (64, 48), ((ctx.seed + index) % 256, (ctx.seed // 256) % 256, 7))
        for step in range(inputs.steps):
            time.sleep(inputs.pause_ms / 1000)
            yield Progress(index * inputs.steps + step + 1, inputs.steps * inputs.count)
            _end(inputs, "step")
        made = NewAsset.image(image, ctx.scratch, index=index)
        _end(inputs, "made")
        yield made


class NurseInputs(Inputs):
    """How long."""

    seconds: Annotated[float, Field(ge=0, le=60, description="How long it runs")] = 2.0


@tool(
    "test.nurse",
    title="Nurse",
    summary="Starts a process of its own and forgets it.",
    makes="image",
    example={},
)
def nurse(ctx: Context, inputs: NurseInputs) -> Iterator[Event]:
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)  # left behind by a test tool"])
    steps = max(1, round(inputs.seconds / 0.1))
    for step in range(steps):
        time.sleep(0.1)
        yield Progress(step + 1, steps)
    yield NewAsset.image(Image.new("RGB", (32, 32), (9, 9, 9)), ctx.scratch)
