"""remove: weights go; what comes with the studio stays."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from studio.catalog import actions
from studio.catalog.models import ModelCard, ModelState
from studio.problems import Conflict
from studio.teams.models import Team, User
from studio.teams.rights import Actor, NotAllowed

Card = Callable[..., ModelCard]


def weights(folder: Path, name: str) -> Path:
    (folder / name).mkdir(parents=True)
    (folder / name / "w.gguf").write_bytes(b"x")
    return folder / name


def test_it_works(card: Card, operator: User, models_folder: Path) -> None:
    made = card("it", source={"kind": "install", "file": "w.gguf", "from": []})
    folder = weights(models_folder, "it")
    actions.remove(Actor.of(operator), made)
    made.refresh_from_db()
    assert (made.state, made.path) == (ModelState.AVAILABLE, "")
    assert not folder.exists()


def test_what_somebody_added_goes_wholly(card: Card, alice: User, team: Team, models_folder: Path) -> None:
    made = card("own", team=team, source={"kind": "added"})
    folder = weights(models_folder / "teams" / str(team.pk), "own")
    actions.remove(Actor.of(alice), made)
    assert not ModelCard.objects.exists()
    assert not folder.exists()


def test_what_comes_with_the_studio_stays(card: Card, operator: User) -> None:
    made = card("it", source={"kind": "package", "package": "x", "file": "y"})
    with pytest.raises(Conflict):
        actions.remove(Actor.of(operator), made)


def test_who_may_not(card: Card, alice: User, bob: User, team: Team) -> None:
    with pytest.raises(NotAllowed):
        actions.remove(Actor.of(alice), card("all", source={"kind": "added"}))
    with pytest.raises(NotAllowed):
        actions.remove(Actor.of(bob), card("own", team=team, source={"kind": "added"}))
