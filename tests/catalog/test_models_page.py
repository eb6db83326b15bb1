"""The Models page: what there is, by task, and who may install or add."""

from __future__ import annotations

import pytest
from django.test import Client

from studio.catalog.models import ModelCard
from studio.teams.actions import create_user
from studio.teams.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def cards(db: None) -> list[ModelCard]:
    rows = [
        ("tiny", "installed", {"cannot": "Faces."}),
        ("large", "available", {}),
        ("broken", "failed", {}),
    ]
    return [
        ModelCard.objects.create(
            name=name, title=name.title(), task="text-to-image", format="diffusers", state=state, rank=rank,
            licence="Apache-2.0", bytes=36_000_000, meta=meta, error="The disk is full." if state == "failed" else "",
        )
        for rank, (name, state, meta) in enumerate(rows)
    ]  # fmt: skip


def page(user: User) -> str:
    client = Client()
    client.force_login(user)
    answer = client.get("/models/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_shows_state_licence_and_what_it_cannot(cards: list[ModelCard]) -> None:
    html = page(create_user(email="o@example.org", name="O", operator=True))
    for words in ("Make pictures", "Used by default", "Faces.", "36.0 MB", "Apache-2.0", "The disk is full."):
        assert words in html
    assert 'data-install="large"' in html
    assert "Try again" in html
    assert 'id="add-model"' in html


def test_only_an_operator_installs_for_everybody(cards: list[ModelCard]) -> None:
    html = page(create_user(email="b@example.org", name="B"))
    assert "data-install" not in html
    assert "An operator of this studio can install it." in html


def test_another_teams_model_is_not_there(cards: list[ModelCard]) -> None:
    alice = create_user(email="a@example.org", name="Alice")
    bob = create_user(email="b@example.org", name="Bob")
    ModelCard.objects.create(
        name="own", title="Ours alone", task="text-to-image", format="diffusers",
        team=alice.personal_team, state="installed",
    )  # fmt: skip
    assert "Ours alone" in page(alice)
    assert "Ours alone" not in page(bob)


def test_with_none_it_says_so(db: None) -> None:
    assert "No models yet" in page(create_user(email="b@example.org", name="B"))


def test_progress_of_an_install(cards: list[ModelCard]) -> None:
    ModelCard.objects.filter(name="large").update(state="installing", progress=0.42)
    html = page(create_user(email="b@example.org", name="B"))
    assert 'aria-valuenow="42"' in html
