"""People and assets of these tests are the gallery's."""

from typing import Any

import pytest

from tests.gallery.conftest import asset, people, picture, written

__all__ = ["asset", "people", "picture", "written"]


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Any) -> None:
    """Passwords are hashed slowly on purpose; these are nobody's."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
