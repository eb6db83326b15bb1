"""Where in an asset a comment is pinned: a point, box or line in a picture, a time, bars, a stretch of text.

Places in pictures are parts of its width and height, 0 to 1 from the top left, so they fit every rendition; times are
seconds; bars count from 1; places in text are code points from 0 (Python's own; JavaScript counts differently, see
static/js/text).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from studio.problems import InvalidInputs, from_pydantic

Part = Annotated[float, Field(ge=0, le=1)]
Seconds = Annotated[float, Field(ge=0, le=1e6)]
PICTURES, SOUNDS = {"image", "video"}, {"music", "speech", "video"}


class _Pin(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class Point(_Pin):
    """at: in a film, the second that it is about."""

    kind: Literal["point"]
    x: Part
    y: Part
    at: Seconds | None = None


class Box(_Pin):
    kind: Literal["box"]
    x: Part
    y: Part
    width: Annotated[float, Field(gt=0, le=1)]
    height: Annotated[float, Field(gt=0, le=1)]
    at: Seconds | None = None


class Line(_Pin):
    """A line drawn by hand, as its corners."""

    kind: Literal["line"]
    points: Annotated[list[tuple[Part, Part]], Field(min_length=2, max_length=500)]
    at: Seconds | None = None


class _Range(_Pin):
    @model_validator(mode="after")
    def _in_order(self) -> _Range:
        if getattr(self, "start") > getattr(self, "end"):  # noqa: B009 - fields of the classes below
            raise ValueError(_("It ends before it begins."))
        return self


class Time(_Range):
    kind: Literal["time"]
    start: Seconds
    end: Seconds


class Bars(_Range):
    """Both bars belong to it."""

    kind: Literal["bars"]
    start: Annotated[int, Field(ge=1, le=100_000)]
    end: Annotated[int, Field(ge=1, le=100_000)]


class Text(_Range):
    """quote: the words that stood there, by which they are found again in a revision."""

    kind: Literal["text"]
    start: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(ge=0)]
    quote: Annotated[str, Field(max_length=2000)] = ""


Pin = Annotated[Point | Box | Line | Time | Bars | Text, Field(discriminator="kind")]
_ANY: TypeAdapter[Any] = TypeAdapter(Pin)
_FITS = {
    "point": PICTURES,
    "box": PICTURES,
    "line": PICTURES,
    "time": SOUNDS,
    "bars": {"music"},
    "text": {"text"},
}


def checked(pin: dict[str, Any] | None, medium: str) -> dict[str, Any] | None:
    """The pin as it is stored. InvalidInputs where it is none, or none that an asset of this medium can have."""
    if pin is None:
        return None
    try:
        found = _ANY.validate_python(pin).model_dump(mode="json", exclude_none=True)
    except ValidationError as error:
        errors = from_pydantic(error.errors(include_url=False))
        raise InvalidInputs(
            _("That is no place for a comment: %(why)s") % {"why": errors[0]["msg"]},
            errors=[{**one, "loc": ["pin", *one["loc"]]} for one in errors],
        ) from None
    if medium not in _FITS[found["kind"]]:
        why = _("A comment on this medium cannot be pinned to a %(kind)s.") % {"kind": found["kind"]}
        raise InvalidInputs(why, errors=[{"loc": ["pin", "kind"], "msg": why, "input": found["kind"]}])
    stored: dict[str, Any] = found
    return stored


def in_words(pin: dict[str, Any] | None) -> str:
    """Where that is, for a list, a notice or a report."""
    if not pin:
        return ""
    kind = pin["kind"]
    if kind == "text":
        return f"“{pin.get('quote', '')[:80]}”"
    if kind == "time":
        return f"{_clock(pin['start'])}-{_clock(pin['end'])}"
    if kind == "bars":
        return _("bars %(start)s to %(end)s") % pin
    x, y = pin["points"][0] if kind == "line" else (pin["x"], pin["y"])
    if kind == "box":
        x, y = x + pin["width"] / 2, y + pin["height"] / 2
    across = _("left") if x < 1 / 3 else _("right") if x > 2 / 3 else _("centre")
    down = _("top") if y < 1 / 3 else _("bottom") if y > 2 / 3 else _("middle")
    place = f"{down} {across}"
    return f"{place}, {_clock(pin['at'])}" if "at" in pin else place


def _clock(seconds: float) -> str:
    return f"{int(seconds // 60)}:{seconds % 60:04.1f}"
