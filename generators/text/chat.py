"""text.chat: the next answer in a talk."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from generators.context import Context
from generators.events import Event
from generators.fields import FieldType
from generators.text.answer import Writing, answer, needs
from generators.text.backends import Message
from generators.tool import Inputs, tool


class ChatMessage(BaseModel):
    """One thing said: by the person (user), by the model (assistant), or an instruction over all (system)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    role: Literal["system", "user", "assistant"]
    content: Annotated[str, Field(max_length=200_000)]


class Talk(Inputs):
    """The talk so far, oldest first; its last message is the person's."""

    messages: Annotated[
        list[ChatMessage],
        Field(min_length=1, max_length=2_000, description="The talk so far, oldest first"),
        FieldType("messages", primary=True),
    ]

    @model_validator(mode="after")
    def _ends_with_a_question(self) -> Talk:
        if self.messages[-1].role != "user":
            raise ValueError("The last message must be the person's (role “user”).")
        if not self.messages[-1].content.strip():
            raise ValueError("The last message is empty.")
        return self


class ChatInputs(Writing, Talk):
    """A talk, and how to go on with it."""


@tool(
    "text.chat",
    title="Chat",
    summary="Answers in a talk that can branch.",
    hint="question and answer",
    makes="text",
    listed=False,
    example={
        "messages": [{"role": "user", "content": "Name three colours of the sea."}],
        "max_tokens": 60,
        "seed": 7,
    },
    needs=needs,
)
def chat(ctx: Context, inputs: ChatInputs) -> Iterator[Event]:
    """Streams the answer. Where the talk is too long for the model, the oldest turns are left out, and it says so."""
    messages: list[Message] = [{"role": item.role, "content": item.content} for item in inputs.messages]
    yield from answer(ctx, messages, inputs)
