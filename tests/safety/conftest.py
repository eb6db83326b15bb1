"""A person with a team for the tests of the rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:  # Django is set up after this file was read
    from studio.teams.models import User


@pytest.fixture
def person(db: None) -> User:
    from studio.teams.actions import create_user

    return create_user(email="p@example.org", name="P")
