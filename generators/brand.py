"""A brand kit as a job is given it: a copy of the words and colours that a team keeps, as they were when it was submitted."""

from __future__ import annotations

import uuid
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from generators.fields import FieldType

MOST_COLOURS = 12
MOST_WORDS = 50
LONGEST_NAME = 80
LONGEST_TONE = 600
LONGEST_WORD = 60
LONGEST_COLOUR = 40

Words = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=LONGEST_WORD)]], Field(max_length=MOST_WORDS)
]


class BrandColour(BaseModel):
    """A colour as "#rrggbb", and what the team calls it; "" where it has no name."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    value: Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")]
    name: Annotated[str, Field(max_length=LONGEST_COLOUR)] = ""


class BrandKit(BaseModel):
    """`id` and `name` say which kit it was; tone: how the team speaks; words: to use; avoid: not to use."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: uuid.UUID
    name: Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]
    colours: Annotated[list[BrandColour], Field(max_length=MOST_COLOURS)] = []
    tone: Annotated[str, Field(max_length=LONGEST_TONE)] = ""
    words: Words = []
    avoid: Words = []


Brand = Annotated[
    uuid.UUID | BrandKit | None,
    Field(description="A brand kit of the team. The job keeps it as it is now"),
    FieldType("brand"),
]
"""A brand kit of the team, by its id, or None. A submit puts the copy in its place, so a tool sees no id: see `kit_of`. A
copy that another job kept is taken as it stands, so that a job's inputs, sent again, make the same."""


def kit_of(given: uuid.UUID | BrandKit | None) -> BrandKit | None:
    """The copy that a tool was given. ValueError where nobody has looked the kit up."""
    if isinstance(given, uuid.UUID):
        raise ValueError(
            "A brand kit is looked up when a job is submitted; outside of one, give the kit itself."
        )
    return given
