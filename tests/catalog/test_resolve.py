"""resolve: which model a job runs with, and the way out where there is none."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from studio.catalog import actions
from studio.catalog.models import ModelCard, ModelState
from studio.problems import ModelUnavailable
from studio.teams.models import Team, User
from studio.teams.rights import Actor

TASK = "text-generation"
Card = Callable[..., ModelCard]


def test_it_works(card: Card, bob: User) -> None:
    small, large = card("small", rank=1), card("large", rank=2)
    assert actions.resolve("small", TASK, Actor.of(bob)) == small
    assert actions.resolve(str(small.pk), TASK, Actor.of(bob)) == small
    for best in (None, "", "default"):
        assert actions.resolve(best, TASK, Actor.of(bob)) == large


def test_the_best_is_used_as_soon_as_it_is_there(card: Card) -> None:
    small, large = card("small", rank=1), card("large", rank=2, state=ModelState.INSTALLING)
    assert actions.default_for(TASK) == small
    ModelCard.objects.filter(pk=large.pk).update(state=ModelState.INSTALLED)
    assert actions.default_for(TASK) == large


def test_a_teams_own_goes_before_everybodys(card: Card, bob: User, charlie: User, team: Team) -> None:
    everybodys, own = card("same"), card("same", team=team)
    assert actions.resolve("same", TASK, Actor.of(bob), team) == own
    assert actions.resolve("same", TASK, Actor.of(charlie)) == everybodys


def test_another_teams_is_not_there(card: Card, charlie: User, team: Team) -> None:
    card("secret", team=team, rank=9)
    with pytest.raises(ModelUnavailable, match="no model named"):
        actions.resolve("secret", TASK, Actor.of(charlie))
    assert actions.default_for(TASK, Actor.of(charlie).team_ids) is None


@pytest.mark.parametrize(
    ("name", "state", "task", "words"),
    [
        ("none", "installed", TASK, "There is no model named “none”"),
        ("it", "available", TASK, "It is not installed. Install it on the Models page."),
        ("it", "installing", TASK, "It is being installed."),
        ("it", "failed", TASK, "It is not installed."),
        ("it", "installed", "text-to-image", "It cannot do this"),
        (None, "available", TASK, "No model for this is installed yet"),
    ],
)
def test_it_says_the_way_out(
    card: Card, bob: User, name: str | None, state: str, task: str, words: str
) -> None:
    card("it", state=state, task=task)
    with pytest.raises(ModelUnavailable) as caught:
        actions.resolve(name, TASK, Actor.of(bob))
    assert words in caught.value.detail
    assert caught.value.status == 422
    assert caught.value.errors[0]["loc"] == ["model"]


def test_it_names_what_could_be_used(card: Card, bob: User) -> None:
    card("small")
    with pytest.raises(ModelUnavailable, match=r"Ready to use: small\."):
        actions.resolve("none", TASK, Actor.of(bob))


def test_facts_and_files_tell_the_child_all_but_our_notes(card: Card) -> None:
    made = card("small", context=100, bytes=5, meta={"a": 1, "checked": [["x", 1, 2]]})
    assert actions.facts(made).context == 100
    assert actions.facts(made).meta == {"a": 1}
    told = actions.files(made)
    assert set(told) == {"name", "digest", "path", "covers", "format", "task", "context", "meta"}
    assert told["covers"] == told["path"]  # what was added lies where its digest is of
    assert told["meta"] == {"a": 1}
