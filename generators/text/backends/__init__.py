"""Language models behind one small interface: llama.cpp for GGUF files, transformers for folders of safetensors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypedDict

from generators.context import Context, ModelFiles
from generators.events import ToolError


class Message(TypedDict):
    """One thing said in a talk."""

    role: str
    content: str


@dataclass(frozen=True)
class Sampling:
    """How the next token is drawn. temperature 0 takes the likeliest one; stop: texts that end the answer."""

    max_tokens: int
    temperature: float
    top_p: float
    stop: tuple[str, ...]
    seed: int


@dataclass(frozen=True)
class Reading:
    """`done` of `total` tokens of the prompt are read; nothing is written yet."""

    done: int
    total: int


@dataclass(frozen=True)
class Piece:
    """Some more text, and how many tokens are written so far."""

    text: str
    tokens: int


@dataclass(frozen=True)
class End:
    """The answer is complete: "stop" (the model or a stop text ended it) or "length" (it was cut)."""

    finish_reason: Literal["stop", "length"]
    tokens: int


class Backend(Protocol):
    """A loaded language model. Closing the iterator of `write` stops the model within one token.

    context: its window in tokens. takes_system: whether its chat template knows messages of the role "system".
    """

    context: int
    takes_system: bool

    def count(self, messages: Sequence[Message]) -> int:
        """Tokens that these messages take once the model's chat template is laid around them."""

    def write(self, messages: Sequence[Message], how: Sampling) -> Iterator[Reading | Piece | End]:
        """The answer to `messages`, in pieces; the last item is an `End`."""


def loaded(ctx: Context) -> Backend:
    """The job's language model, kept by the child between jobs."""

    def load(files: ModelFiles, device: str) -> Backend:
        if files.format == "gguf":
            from generators.text.backends.llama import Llama

            return Llama(files, device, ctx.threads)
        if files.format == "transformers":
            from generators.text.backends.transformers import Transformers

            return Transformers(files, device, ctx.threads)
        raise ToolError(f"{files.name} is not a language model that this tool can read ({files.format}).")

    return ctx.model(load)
