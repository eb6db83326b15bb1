"""text.write: a prompt becomes a text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from generators.context import Context
from generators.events import Event
from generators.fields import FieldType, Prompt
from generators.text.answer import SYSTEM, Writing, answer, needs
from generators.text.backends import Message
from generators.tool import Inputs, tool


class Ask(Inputs):
    """What to write. A class of its own so that it stands before how to write it."""

    prompt: Prompt
    system: Annotated[
        str,
        Field(max_length=20_000, description=f"How the writer should behave. Left empty: {SYSTEM}"),
        FieldType("text"),
    ] = ""


class WriteInputs(Writing, Ask):
    """What to write, and how."""


@tool(
    "text.write",
    title="Write",
    summary="Writes a text: an advertisement, a story, a summary, an answer.",
    hint="from a prompt",
    makes="text",
    example={"prompt": "Write two sentences about a lighthouse in the fog.", "max_tokens": 60, "seed": 7},
    needs=needs,
)
def write(ctx: Context, inputs: WriteInputs) -> Iterator[Event]:
    """Streams the text as it is written. Source: a causal language model with its own chat template."""
    messages: list[Message] = []
    if inputs.system.strip():
        messages.append({"role": "system", "content": inputs.system})
    messages.append({"role": "user", "content": inputs.prompt})
    yield from answer(ctx, messages, inputs)
