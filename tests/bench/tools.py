"""Tools of the bench, beside those of tests.tools: one that stamps its words with the time, one whose model is dear."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from generators.context import Context, ModelFiles
from generators.events import Event, NewAsset, Progress, Token
from generators.fields import FieldType
from generators.tool import Inputs, tool

SLICES = 4
STAMP_EVERY_S = 0.125  # eight a second: each becomes an event of its own


def slice_of(now: float, seconds: float) -> int:
    """Which of the four slices, each of `seconds`, this moment of the clock lies in: 0 to 3, again and again."""
    return int(now / seconds) % SLICES


class StampsInputs(Inputs):
    """When to say the time."""

    seconds: Annotated[float, Field(gt=0, le=600, description="How long in all")]
    slice_s: Annotated[float, Field(gt=0, le=60, description="Length of a slice")]
    slices: Annotated[list[int], Field(description="In which slices it speaks")]
    flood: Annotated[int, Field(ge=0, le=100, description="Large words that come first")] = 0


@tool(
    "test.stamps",
    title="Stamps",
    summary="Says the time, in some slices of it.",
    makes="text",
    example={"seconds": 1, "slice_s": 0.5, "slices": [0]},
    listed=False,
)
def stamps(ctx: Context, inputs: StampsInputs) -> Iterator[Event]:
    until = time.time() + inputs.seconds
    for _ in range(inputs.flood):
        yield Token("." * 400_000)
        time.sleep(STAMP_EVERY_S)
    while (now := time.time()) < until:
        if slice_of(now, inputs.slice_s) in inputs.slices:
            yield Token(f"<{time.time_ns()}>")
        time.sleep(STAMP_EVERY_S)
    yield NewAsset.text("the end", ctx.scratch)


BenchModel = Annotated[str | None, FieldType("model", task="bench", primary=True)]


class DearInputs(Inputs):
    """Which model."""

    model: BenchModel = None
    load_ms: Annotated[int, Field(ge=0, le=10_000, description="What loading the model takes")] = 300
    run_ms: Annotated[int, Field(ge=0, le=10_000, description="What a run takes")] = 60


@tool(
    "test.dear",
    title="Dear",
    summary="Loads a model slowly, runs quickly, says whether it had to load.",
    makes="text",
    example={},
    listed=False,
)
def dear(ctx: Context, inputs: DearInputs) -> Iterator[Event]:
    loads: list[str] = []

    def load(files: ModelFiles, device: str) -> str:
        time.sleep(inputs.load_ms / 1000)
        loads.append(files.name)
        return files.name

    ctx.model(load)
    time.sleep(inputs.run_ms / 1000)
    yield Progress(1, 1, note="cold" if loads else "warm")
