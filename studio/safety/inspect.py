"""Looks at a file after it was decoded and before it is kept. Models that judge pictures and sound plug in here."""

from __future__ import annotations

from typing import Protocol

from django.utils.translation import gettext as _

from studio.problems import TooLarge
from studio.safety.models import Flag
from studio.teams.models import Team, User

LONGEST_S = 4 * 3600
LONGEST_SIDE = 32_768


class Measured(Protocol):
    """What the rules look at; gallery.probe.Probed has it."""

    @property
    def medium(self) -> str: ...
    @property
    def width(self) -> int | None: ...
    @property
    def height(self) -> int | None: ...
    @property
    def duration_s(self) -> float | None: ...


def inspect(found: Measured, *, team: Team, user: User | None) -> None:
    """Raise TooLarge where a file is longer or larger than the studio shows; notes a Flag."""
    if (found.duration_s or 0.0) > LONGEST_S:
        _refuse(team, user, "too-long", _("It is longer than four hours. Cut it into parts."))
    if max(found.width or 0, found.height or 0) > LONGEST_SIDE:
        _refuse(
            team, user, "too-wide", _("One side is longer than 32,768 pixels, which browsers cannot show.")
        )


def _refuse(team: Team, user: User | None, rule: str, words: str) -> None:
    Flag.objects.create(team=team, user=user, rule=rule, stage="after")
    raise TooLarge(words)
