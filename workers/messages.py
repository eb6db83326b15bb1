"""What a slot and its child say to each other: one JSON message a line, over a pipe; files go by path."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ModelPlace(_Message):
    """An installed model; see generators.context.ModelFiles. `covers`: the file or folder that the digest is of."""

    name: str
    digest: str
    path: str
    covers: str
    format: str
    task: str
    context: int = 0
    meta: dict[str, Any] = {}


class AssetPlace(_Message):
    """A private copy of an input asset."""

    id: str
    path: str
    medium: str
    mime: str


class Run(_Message):
    """Order: run this tool. `evict` names what to let go of before; `stored` what an earlier attempt has stored."""

    do: Literal["run"] = "run"
    job: str
    attempt: int
    tool: str
    inputs: dict[str, Any]
    seed: int
    scratch: str
    device: str
    threads: int
    model: ModelPlace | None = None
    addons: list[ModelPlace] = []
    assets: list[AssetPlace] = []
    stored: list[int] = []
    evict: list[str] = []


class RunTogether(_Message):
    """Order: run these in one go. They are of one tool and one model; `evict` is the first one's."""

    do: Literal["together"] = "together"
    runs: list[Run]


class Stop(_Message):
    """Order: stop at the next yield."""

    do: Literal["stop"] = "stop"


class Evict(_Message):
    """Order: let go of these models."""

    do: Literal["evict"] = "evict"
    keys: list[str]


class Ready(_Message):
    """The child has started and can take orders."""

    say: Literal["ready"] = "ready"
    pid: int


class Loaded(_Message):
    """A model has been loaded and is kept under `key`."""

    say: Literal["loaded"] = "loaded"
    key: str
    seconds: float


class ReadThrough(_Message):
    """The weights of this run's models were read through, and are those that were installed."""

    say: Literal["intact"] = "intact"
    seconds: float


class OfOne(_Message):
    """What is said of one run; member: its place among those that run in one go."""

    member: int = 0


class Progressed(OfOne):
    """`step` of `total`; `preview` is an encoded frame's path in the scratch folder."""

    say: Literal["progress"] = "progress"
    step: float
    total: float
    note: str = ""
    preview: str | None = None
    mime: str = ""


class Wrote(OfOne):
    """Text that has just been written."""

    say: Literal["token"] = "token"
    text: str


class MadePart(_Message):
    name: str
    path: str
    mime: str


class Made(OfOne):
    """A finished file in the scratch folder."""

    say: Literal["asset"] = "asset"
    path: str
    medium: str
    mime: str
    index: int
    title: str = ""
    facts: dict[str, Any] = {}
    parts: list[MadePart] = []


class Measured(OfOne):
    say: Literal["metric"] = "metric"
    name: str
    value: float
    step: int


class Saved(OfOne):
    say: Literal["checkpoint"] = "checkpoint"
    path: str
    step: int


class MadeModel(OfOne):
    say: Literal["model"] = "model"
    path: str
    card: dict[str, Any]


class Ended(_Message):
    """The run is over. how: "done", "stopped" or "failed" (then kind, message, retryable)."""

    say: Literal["ended"] = "ended"
    how: Literal["done", "stopped", "failed"]
    kind: str = ""
    message: str = ""
    retryable: bool = False
    cpu_s: float = 0.0


Order = Annotated[Run | RunTogether | Stop | Evict, Field(discriminator="do")]
Word = Annotated[
    Ready | Loaded | ReadThrough | Progressed | Wrote | Made | Measured | Saved | MadeModel | Ended,
    Field(discriminator="say"),
]

orders: TypeAdapter[Order] = TypeAdapter(Order)
words: TypeAdapter[Word] = TypeAdapter(Word)
