"""What a tool is: declared once, in one file; form, API, docs, command line and contract tests are derived from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar, cast

from pydantic import BaseModel, ConfigDict

from generators.context import Context
from generators.events import Event

Medium = Literal["text", "image", "music", "video", "speech", "model"]
Lane = Literal["make", "train", "io"]
Device = Literal["any", "cuda"]

MEDIA: tuple[Medium, ...] = ("text", "image", "music", "video", "speech", "model")


class Inputs(BaseModel):
    """Base of every tool's inputs. Unknown inputs are refused; instances are immutable."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=False)


I = TypeVar("I", bound=Inputs)  # noqa: E741 - the conventional name for a type variable of inputs


@dataclass(frozen=True)
class ModelFacts:
    """The torch-free facts of a model card that `needs` may look at, at submit.

    `bytes` is the size of the weights on disk; `memory_bytes` what loading asks for (0: unknown);
    `context` a language model's window in tokens (0: does not apply); `meta` is the card's free part.
    """

    name: str
    digest: str
    task: str
    format: str
    bytes: int = 0
    memory_bytes: int = 0
    context: int = 0
    meta: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Needs:
    """What these inputs on this model ask of a node.

    `memory_bytes` of the device's memory; `device` "any" or "cuda"; `work` in the tool's own units (steps times
    megapixels, tokens …): a node's measured units per second turn it into seconds at claim.
    """

    memory_bytes: int = 64 * 2**20
    device: Device = "any"
    work: float = 1.0


def _default_needs(inputs: Inputs, model: ModelFacts | None) -> Needs:
    """Memory of the model and 64 MiB of working space; one unit of work."""
    return Needs(memory_bytes=(model.memory_bytes or model.bytes if model else 0) + 64 * 2**20)


Sizes = Mapping[str, tuple[int, int]]
"""Width and height in pixels of the picture that an input names, by that input."""


@dataclass(frozen=True)
class Together:
    """How several jobs of a tool run in one go.

    may_differ: inputs in which they may differ; they are alike in all others. most(inputs, format of the model, device):
    how many are worth running at once, by measure; 1 where it does not pay. run: as the tool's, of several; each event
    with the place of the job that it is of. What goes wrong in it goes wrong for none: the jobs run again, alone.
    """

    may_differ: frozenset[str]
    most: Callable[[Mapping[str, Any], str, str], int]
    run: Callable[[Sequence[Context], Sequence[Any]], Iterator[tuple[int, Event]]]

    def alike(self, one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
        """Whether two jobs with these inputs may run in one go."""
        names = (one.keys() | other.keys()) - self.may_differ
        return all(one.get(name) == other.get(name) for name in names)


@dataclass(frozen=True)
class Tool:
    """A named ability that a person runs. See `tool` for the fields."""

    name: str
    title: str
    summary: str
    makes: Medium
    lane: Lane
    version: int
    inputs: type[Inputs]
    example: Mapping[str, Any]
    run: Callable[[Context, Any], Iterator[Event]]
    needs: Callable[[Any, ModelFacts | None], Needs]
    listed: bool = True
    hidden: bool = False
    together: Together | None = None
    work: Callable[[Any, Sizes], float] | None = None
    hint: str = ""
    refuses: Callable[[Any, ModelFacts | None], Mapping[str, str]] | None = None

    @property
    def medium(self) -> str:
        """The folder the tool lives in: the first part of its name."""
        return self.name.partition(".")[0]

    @property
    def model_task(self) -> str | None:
        """The task that a model must be able to do for this tool, or None where the tool takes no model."""
        from generators.fields import task_of

        return task_of(self.inputs)


def tool(
    name: str,
    *,
    title: str,
    summary: str,
    makes: Medium,
    lane: Lane = "make",
    version: int = 1,
    example: Mapping[str, Any],
    needs: Callable[[Any, ModelFacts | None], Needs] | None = None,
    listed: bool = True,
    hidden: bool = False,
    together: Together | None = None,
    work: Callable[[Any, Sizes], float] | None = None,
    hint: str = "",
    refuses: Callable[[Any, ModelFacts | None], Mapping[str, str]] | None = None,
) -> Callable[[Callable[[Context, I], Iterator[Event]]], Tool]:
    """Declare a tool. The decorated function takes (ctx, inputs) and yields events; it becomes a `Tool`.

    name: "<medium>.<verb>", stable. summary: one plain sentence. makes: what medium its assets have.
    version: goes up when the same inputs would give another asset. example: inputs that run as they are.
    listed: whether what it makes shows in the gallery at once. hidden: not offered on the Create page
    (machine-wide work such as installing a model). together: how several jobs of it run in one go.
    work: the units of work where they go by the size of the pictures that are given; it stands in for that of `needs`.
    hint: the summary in two to four words, for small places. refuses: by input, why the model cannot take it, for what is
    right by itself and wrong on this model.
    The inputs class is read from the function's annotation of its second argument.
    """

    def declare(function: Callable[[Context, I], Iterator[Event]]) -> Tool:
        import typing

        hints = typing.get_type_hints(function)
        hints.pop("return", None)
        kind = [hint for hint in hints.values() if isinstance(hint, type) and issubclass(hint, Inputs)]
        if len(kind) != 1:
            raise TypeError(
                f"{name}: the tool function must annotate exactly one argument with its Inputs class"
            )
        return Tool(
            name=name,
            title=title,
            summary=summary,
            makes=makes,
            lane=lane,
            version=version,
            inputs=kind[0],
            example=example,
            run=cast(Callable[[Context, Any], Iterator[Event]], function),
            needs=needs or _default_needs,
            listed=listed,
            hidden=hidden,
            together=together,
            work=work,
            hint=hint,
            refuses=refuses,
        )

    return declare
