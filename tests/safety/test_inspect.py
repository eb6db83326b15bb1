"""What a file may be, after it was decoded."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from studio.problems import TooLarge
from studio.safety.inspect import inspect
from studio.safety.models import Flag
from studio.teams.models import Team, User

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Found:
    medium: str = "image"
    width: int | None = None
    height: int | None = None
    duration_s: float | None = None


def test_it_works(person: User) -> None:
    inspect(Found(width=8000, height=6000), team=Team.objects.get(), user=person)
    inspect(Found("video", 1920, 1080, 7200.0), team=Team.objects.get(), user=None)
    assert not Flag.objects.exists()


@pytest.mark.parametrize(
    ("found", "rule"),
    [(Found(width=40_000, height=1), "too-wide"), (Found("music", duration_s=5 * 3600.0), "too-long")],
)
def test_it_refuses(person: User, found: Found, rule: str) -> None:
    with pytest.raises(TooLarge):
        inspect(found, team=Team.objects.get(), user=person)
    assert Flag.objects.get().rule == rule
