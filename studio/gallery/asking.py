"""What an address of the gallery asks for, as filters, as chips, and as other addresses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import ValidationError

from generators.registry import tools
from studio.gallery.filters import Filters
from studio.gallery.models import Asset, Board, Medium
from studio.teams.models import Team, User

NAMES = {
    "tool": gettext_lazy("Tool"),
    "model": gettext_lazy("Model"),
    "tag": gettext_lazy("Tag"),
    "rating": gettext_lazy("Rating"),
    "review": gettext_lazy("Review"),
    "author": gettext_lazy("Person"),
    "colour": gettext_lazy("Colour"),
    "after": gettext_lazy("From"),
    "before": gettext_lazy("Until"),
    "min_width": gettext_lazy("Width from"),
    "max_width": gettext_lazy("Width up to"),
    "min_duration": gettext_lazy("Length from"),
    "max_duration": gettext_lazy("Length up to"),
    "board": gettext_lazy("Board"),
    "stack": gettext_lazy("Stack"),
}
"""The filters that show as chips. Words have their box, media their own chips."""
COLOURS = {
    "red": gettext_lazy("Red"),
    "orange": gettext_lazy("Orange"),
    "yellow": gettext_lazy("Yellow"),
    "green": gettext_lazy("Green"),
    "teal": gettext_lazy("Teal"),
    "blue": gettext_lazy("Blue"),
    "purple": gettext_lazy("Purple"),
    "pink": gettext_lazy("Pink"),
    "brown": gettext_lazy("Brown"),
    "white": gettext_lazy("White"),
    "grey": gettext_lazy("Grey"),
    "black": gettext_lazy("Black"),
}
REVIEWS = {
    "waiting": gettext_lazy("Waiting for a verdict"),
    "approved": gettext_lazy("Approved"),
    "changes": gettext_lazy("Changes requested"),
}


@dataclass(frozen=True)
class Asking:
    """`told`: the filters as the address has them, those that are none left out."""

    told: dict[str, str]
    filters: Filters

    def query(self, **change: str) -> str:
        """These filters as the query of an address ("" or "?…"), some changed; an empty one is taken off."""
        query = {key: value for key, value in {**self.told, **change}.items() if value}
        return f"?{urlencode(query)}" if query else ""


def asking(told: Mapping[str, str]) -> Asking:
    """What these parameters ask for; what is no filter, or has a value that none has, is left out."""
    given = {key: str(told[key]).strip() for key in Filters.model_fields if told.get(key)}
    given = {key: value for key, value in given.items() if value}
    try:
        return Asking(given, Filters.model_validate(given))
    except ValidationError as error:
        wrong = {str(found["loc"][0]) for found in error.errors()}
        kept = {key: value for key, value in given.items() if key not in wrong}
        return Asking(kept, Filters.model_validate(kept))


def chips(asks: Asking, team: Team, base: str) -> list[dict[str, str]]:
    """The filters that are on: {name, value, off}."""
    return [
        {"name": str(NAMES[key]), "value": words, "off": base + asks.query(**{key: ""})}
        for key, words in spelled(asks.told, team).items()
    ]


def spelled(told: Mapping[str, Any], team: Team) -> dict[str, str]:
    """Filters (of an address or of a smart board) as people say them, without words and medium."""
    return {key: _value(key, str(told[key]), team) for key in NAMES if key in told}


def in_words(told: Mapping[str, Any], team: Team) -> str:
    """All of a smart board's filters in one line."""
    parts = [f"“{told['q']}”"] if told.get("q") else []
    if told.get("medium") in Medium.values:
        parts.append(str(Medium(told["medium"]).label))
    parts += [f"{NAMES[key]}: {value}" for key, value in spelled(told, team).items()]
    return ", ".join(parts)


def _value(key: str, value: str, team: Team) -> str:
    if key == "rating":
        return _("%(n)s and up") % {"n": value} if value != "5" else value
    if key == "tool":
        known = tools().get(value)
        return known.title if known else value
    if key == "colour":
        return str(COLOURS.get(value, value))
    if key == "review":
        return str(REVIEWS.get(value, value))
    if key in ("after", "before"):
        return _day(value)
    if key in ("min_width", "max_width"):
        return _("%(n)s px") % {"n": value}
    if key in ("min_duration", "max_duration"):
        return _("%(n)s s") % {"n": value.removesuffix(".0")}
    return _name(key, value, team)


def _day(value: str) -> str:
    try:
        return date_format(date.fromisoformat(value[:10]), "j M Y")
    except ValueError:
        return value


def _name(key: str, value: str, team: Team) -> str:
    """The name of what an id stands for, where it is the team's."""
    if key == "author":
        found = User.objects.filter(pk=value, memberships__team=team).values_list("name", flat=True).first()
    elif key == "board":
        found = Board.objects.filter(pk=value, team=team).values_list("title", flat=True).first()
    elif key == "stack":
        first = Asset.objects.filter(pk=value, team=team, listed=True).values_list("title", "prompt").first()
        found = (first[0] or first[1])[:40] if first else None
    else:
        return value
    return found or _("gone")


def people_of(team: Team) -> Iterable[tuple[str, str]]:
    """(id, name) of the team's people, by name."""
    rows = User.objects.filter(memberships__team=team).order_by("name").values_list("pk", "name")[:50]
    return [(str(key), name) for key, name in rows]
