"""What one can ask the gallery for: the same filters for lists, pages and smart boards."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal

from django.utils import timezone
from django.utils.translation import gettext as _
from pydantic import Field, ValidationError

from studio.api_shapes import Body
from studio.problems import InvalidInputs, shown

MediumName = Literal["text", "image", "music", "video", "speech"]
ColourName = Literal[
    "red", "orange", "yellow", "green", "teal", "blue", "purple", "pink", "brown", "white", "grey", "black"
]
DAY = timedelta(days=1)


class Filters(Body):
    """All of those given have to hold. A day in `after` and `before` belongs to what is found."""

    q: str = Field("", max_length=500, description="Words; each has to occur, its beginning is enough")
    medium: MediumName | None = None
    tool: str | None = Field(None, max_length=60)
    model: str | None = Field(None, max_length=120)
    tag: str | None = Field(None, max_length=60)
    rating: int | None = Field(None, ge=1, le=5, description="The mean is at least this")
    review: str | None = Field(None, max_length=20)
    author: uuid.UUID | None = None
    after: date | datetime | None = Field(None, description="From this day or moment on")
    before: date | datetime | None = Field(None, description="Up to this day, or before this moment")
    colour: ColourName | None = Field(None, description="It takes a tenth of the picture at least")
    min_width: int | None = Field(None, ge=1, le=100_000)
    max_width: int | None = Field(None, ge=1, le=100_000)
    min_duration: float | None = Field(None, ge=0, le=1e6, description="Seconds")
    max_duration: float | None = Field(None, ge=0, le=1e6, description="Seconds")
    board: uuid.UUID | None = Field(None, description="On this board")
    stack: uuid.UUID | None = Field(None, description="Of this stack: an asset and its revisions")

    def asked(self) -> dict[str, Any]:
        """Those that are given, as JSON keeps them."""
        return self.model_dump(mode="json", exclude_defaults=True)


def filters_from(told: Mapping[str, Any]) -> Filters:
    """Filters from what somebody says or a board has kept; InvalidInputs where they are none."""
    try:
        return Filters.model_validate(told)
    except ValidationError as error:
        raise InvalidInputs(
            _("These are no filters of the gallery."),
            errors=[
                {
                    "loc": ["filters", *(str(part) for part in found["loc"])],
                    "msg": found["msg"],
                    "input": shown(found.get("input")),
                }
                for found in error.errors(include_url=False, include_context=False)
            ],
        ) from error


def _moment(told: date | datetime) -> datetime:
    """A day's first moment where the person is; a moment without a zone is theirs too."""
    at = told if isinstance(told, datetime) else datetime.combine(told, time())
    return at if at.tzinfo else timezone.make_aware(at)


def first_key(after: date | datetime) -> uuid.UUID:
    """The smallest id that an asset of this moment or later can have."""
    return _key(_moment(after))


def end_key(before: date | datetime) -> uuid.UUID:
    """All ids of assets before this moment, or up to this day, are smaller."""
    return _key(_moment(before) if isinstance(before, datetime) else _moment(before + DAY))


def _key(at: datetime) -> uuid.UUID:
    milliseconds = int(at.astimezone(UTC).timestamp() * 1000)
    return uuid.UUID(int=max(0, min(milliseconds, 2**48 - 1)) << 80)
