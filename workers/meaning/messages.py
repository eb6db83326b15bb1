"""What the keeper and its child say to each other: one JSON message a line, over a pipe; each answer names its order.

A vector is 384 signed bytes in base64: its direction alone counts.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    n: int = 0


class Row(BaseModel):
    """An asset's vector with what it is looked for by."""

    key: int
    team: str
    medium: str
    vector: str


class Embed(_Message):
    """Order, at leisure: the vectors of these texts."""

    do: Literal["embed"] = "embed"
    texts: list[str]


class Add(_Message):
    """Order: hold these vectors. new: none of the keys is held yet."""

    do: Literal["add"] = "add"
    rows: list[Row]
    new: bool = False


class Clear(_Message):
    """Order: let go of all vectors."""

    do: Literal["clear"] = "clear"


class Ask(_Message):
    """Order, at once: the vector of `text`, and the `most` held ones nearest to it or to `vector`, of these teams.

    medium: "" for all. among: none but these keys. most: 0 for the vector alone.
    """

    do: Literal["ask"] = "ask"
    text: str = ""
    vector: str = ""
    teams: list[str] = []
    medium: str = ""
    among: list[int] | None = None
    most: int = 0


class Answer(_Message):
    """vectors: of an Embed's texts, or an Ask's one. found: (key, likeness), the most alike first. held: how many."""

    vectors: list[str] = []
    found: list[tuple[int, float]] = []
    held: int = 0
    error: str = ""


Order = Annotated[Embed | Add | Clear | Ask, Field(discriminator="do")]
orders: TypeAdapter[Order] = TypeAdapter(Order)
