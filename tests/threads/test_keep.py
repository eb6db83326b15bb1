"""keep: an answer shows in the gallery; until then it is its author's."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from studio.gallery import actions as gallery
from studio.problems import Conflict
from studio.teams.models import User
from studio.teams.rights import Actor, NotThere
from studio.threads import actions
from studio.threads.models import Turn
from studio.threads.read import find_answers


def test_it_works(
    say: Callable[..., Turn], answer: Callable[[Turn, str], Turn], bob: User, alice: User
) -> None:
    turn = answer(say("One?"), "1")
    kept = actions.keep(Actor.of(bob), turn)
    assert kept.answer is not None
    assert kept.answer.listed
    assert gallery.get_visible(Actor.of(alice), kept.answer.pk) == kept.answer


def test_before_it_only_its_author_sees_it(
    say: Callable[..., Turn], answer: Callable[[Turn, str], Turn], bob: User, alice: User
) -> None:
    turn = answer(say("One?"), "1")
    find_answers([turn])
    assert turn.answer is not None
    assert gallery.get_visible(Actor.of(bob), turn.answer.pk)
    with pytest.raises(NotThere):
        gallery.get_visible(Actor.of(alice), turn.answer.pk)


def test_what_is_not_written_yet_cannot_be_kept(say: Callable[..., Turn], bob: User) -> None:
    with pytest.raises(Conflict):
        actions.keep(Actor.of(bob), say("One?"))
