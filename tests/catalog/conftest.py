"""People, a team and a models folder of their own for the tests of the catalogue."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from studio.catalog.models import ModelCard, ModelState
from studio.teams.actions import create_user
from studio.teams.models import User


@pytest.fixture
def operator(db: None) -> User:
    return create_user(email="operator@example.org", name="Olga", operator=True)


@pytest.fixture
def models_folder(settings: Any, tmp_path: Path) -> Path:
    settings.MODELS = tmp_path / "models"
    return tmp_path / "models"


@pytest.fixture
def card(db: None) -> Callable[..., ModelCard]:
    """card("name", …) makes an installed language model."""

    def make(name: str, **more: Any) -> ModelCard:
        values = {
            "title": name.title(),
            "task": "text-generation",
            "format": "gguf",
            "state": ModelState.INSTALLED,
            "digest": f"sha256:{name}",
            "path": f"/nowhere/{name}",
        }
        return ModelCard.objects.create(name=name, **(values | more))

    return make
