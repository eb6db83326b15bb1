"""Search by meaning and what is like an asset: a real child and a real Redis, on both databases."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from studio.feeds.announce import client as redis_client
from studio.gallery import actions, asked, meaning, search, vectors
from studio.gallery.filters import Filters
from studio.gallery.models import Asset, Meaning
from studio.teams.rights import Actor, NotThere
from tests.gallery.conftest import People
from workers.meaning.keeper import Keeper

Make = Callable[..., Asset]
pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE_S = 60.0


def until(true: Callable[[], Any], what: str) -> None:
    end = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < end, what
        time.sleep(0.02)


@pytest.fixture
def keeper(transactional_db: None, tmp_path: Path) -> Iterator[Keeper]:
    redis_client().delete(asked.HOLDER, asked.QUESTIONS)
    running = Keeper(tmp_path, "here")
    running.start()
    yield running
    running.stop()


@pytest.fixture
def known(keeper: Keeper) -> Callable[[], None]:
    """Waits until every asset has its vector and the child answers."""

    def wait() -> None:
        until(lambda: not Meaning.objects.filter(waiting=True).exists(), "nobody computes the vectors")
        until(lambda: keeper.child, "the child does not come up")

    return wait


def best(person: Any, q: str, *, most: int = 50, team: Any = None, **filters: Any) -> meaning.Best:
    return meaning.best(Actor.of(person), Filters(q=q, **filters), team=team, most=most)


def patiently(question: Callable[[], meaning.Best]) -> meaning.Best:
    """As a page asks; a machine that others keep busy may be late, which is not what is tested here."""
    end = time.monotonic() + PATIENCE_S
    while (found := question()).away == "late" and time.monotonic() < end:
        time.sleep(0.1)
    return found


def ask(person: Any, q: str, **more: Any) -> meaning.Best:
    return patiently(lambda: best(person, q, **more))


def like(person: Any, asset: Asset) -> list[Asset]:
    return [hit.asset for hit in patiently(lambda: meaning.similar(Actor.of(person), asset)).hits]


def titles(found: meaning.Best) -> list[str]:
    return [hit.asset.title for hit in found.hits]


def test_it_works(people: People, asset: Make, known: Callable[[], None]) -> None:
    asset(title="cat", prompt="a small cat on a sofa")
    asset(title="steam", prompt="a locomotive at a station, at dusk")
    asset(title="kittens", prompt="a kitten sleeps")
    known()
    found = ask(people.victor, "kitten")
    assert found.away == ""
    assert titles(found) == ["kittens", "cat"]
    both, near = found.hits
    assert both.words
    assert not near.words
    assert both.likeness is not None
    assert near.likeness is not None
    assert 1 >= both.likeness > near.likeness >= meaning.LEAST_LIKE
    assert titles(ask(people.victor, "railway engine")) == ["steam"]


def test_others_assets_are_never_told_and_take_no_places(
    people: People, asset: Make, known: Callable[[], None]
) -> None:
    for n in range(8):
        asset(title=f"theirs {n}", prompt="a kitten", team=people.otto.personal_team, author=people.otto)
    asset(title="ours", prompt="a small cat on a sofa")
    known()
    assert titles(ask(people.victor, "young feline", most=1)) == ["ours"]
    assert titles(ask(people.victor, "young feline", team=people.team.pk)) == ["ours"]
    assert len(titles(ask(people.otto, "young feline"))) == 8
    for team in (people.otto.personal_team.pk, people.carol.personal_team.pk):
        with pytest.raises(NotThere):
            best(people.victor, "young feline", team=team)
    ours = Asset.objects.get(title="ours")
    assert like(people.victor, ours) == []


def test_what_is_hidden_and_filtered(people: People, asset: Make, known: Callable[[], None]) -> None:
    asset(title="plain", prompt="a cat")
    tagged = asset(title="tagged", prompt="a sleeping cat", tool="text.chat")
    asset(title="private", prompt="my own cat", listed=False)
    gone = asset(title="gone", prompt="a lost cat")
    actions.delete(Actor.of(people.carol), [gone])
    actions.edit(Actor.of(people.rita), tagged, rating=5)
    known()
    assert sorted(titles(ask(people.carol, "feline"))) == ["plain", "tagged"]
    assert titles(ask(people.carol, "feline", tool="text.chat")) == ["tagged"]
    assert titles(ask(people.carol, "feline", rating=4)) == ["tagged"]
    assert titles(ask(people.carol, "feline", medium="image")) == []
    assert len(titles(ask(people.carol, "feline", medium="text"))) == 2


def test_filters_that_take_most_away_still_find(
    people: People, asset: Make, known: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """More have the filter than are compared one by one, more are nearer than are asked for first."""
    monkeypatch.setattr(search, "MOST", 3)
    for n in range(9):
        asset(title=f"near {n}", prompt="a kitten", tool="text.write")
    for n in range(5):
        asset(title=f"meant {n}", prompt="a cat", tool="text.chat")
    known()
    found = ask(people.carol, "kitty", tool="text.chat", most=3)
    assert sorted(titles(found))[0].startswith("meant")
    assert len(found.hits) == 3


def test_like_an_asset(people: People, asset: Make, known: Callable[[], None]) -> None:
    one = asset("-", prompt="a red sports car in the rain")
    nearest = asset("-", prompt="a red car")
    near = asset("-", prompt="an automobile on a wet road")
    asset("-", prompt="a bowl of soup")
    known()
    assert like(people.victor, one) == [nearest, near]
    wordless = asset("…")
    known()
    assert bytes(Meaning.objects.get(asset=wordless).vector) == b""
    assert meaning.similar(Actor.of(people.victor), wordless) == meaning.Best([])


def test_other_words_another_meaning(people: People, asset: Make, known: Callable[[], None]) -> None:
    made = asset("-", title="a cat")
    known()
    before = bytes(Meaning.objects.get(asset=made).vector)
    assert titles(ask(people.carol, "feline")) == ["a cat"]
    actions.edit(Actor.of(people.carol), made, title="a steam train", tags=["railway"])
    assert Meaning.objects.get(asset=made).waiting
    known()
    assert bytes(Meaning.objects.get(asset=made).vector) != before
    assert titles(ask(people.carol, "feline")) == []
    assert titles(ask(people.carol, "locomotive")) == ["a steam train"]


def test_a_vector_of_the_words_before_is_not_kept(people: People, asset: Make) -> None:
    made = asset(title="a cat")
    (waiting,) = vectors.waiting(5)
    assert waiting.text.startswith("a cat")
    actions.edit(Actor.of(people.carol), made, title="a train")
    vectors.keep([(waiting, bytes(vectors.SIZE))])
    assert Meaning.objects.get(asset=made).waiting


def test_the_child_is_killed(people: People, asset: Make, keeper: Keeper, known: Callable[[], None]) -> None:
    """Words alone, and it says so; then it is back, with what came meanwhile."""
    asset(title="first cat", prompt="a kitten")
    known()
    pid = keeper.child
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)  # it hangs, as it does when its machine is out of memory
    found = best(people.carol, "kitten")
    assert (titles(found), found.away) == (["first cat"], "late")
    assert found.hits[0].likeness is None
    os.kill(pid, signal.SIGKILL)
    until(lambda: keeper.child != pid, "the dead child is still asked")
    asset(title="second cat", prompt="a tabby")
    known()
    assert keeper.child != pid
    assert sorted(titles(ask(people.carol, "feline pet"))) == ["first cat", "second cat"]


def test_nobody_is_there(people: People, asset: Make) -> None:
    redis_client().delete(asked.HOLDER)
    asset(title="a cat")
    began = time.monotonic()
    found = best(people.carol, "cat")
    assert (titles(found), found.away) == (["a cat"], "away")
    assert time.monotonic() - began < 0.3 or vectors.has_pgvector()
    assert meaning.similar(Actor.of(people.carol), found.hits[0].asset).away == "starting"


def test_whoever_should_answer_does_not(people: People, asset: Make) -> None:
    asset(title="a cat")
    server = redis_client()
    server.set(asked.HOLDER, "somebody who hangs", px=5000)
    began = time.monotonic()
    assert best(people.carol, "cat").away == "late"
    assert time.monotonic() - began >= asked.LIMIT_S
    assert server.llen(asked.QUESTIONS) == 0, "a question that nobody waits for is left"
    server.delete(asked.HOLDER)


def test_one_node_keeps_it_and_the_next_takes_over(
    people: People, asset: Make, keeper: Keeper, known: Callable[[], None], tmp_path: Path
) -> None:
    asset(title="a cat")
    known()
    other = Keeper(tmp_path / "other", "there")
    other.start()
    time.sleep(1.5)
    assert other.child is None
    keeper.stop()
    until(lambda: other.child, "nobody has taken over")
    assert titles(ask(people.carol, "feline")) == ["a cat"]
    other.stop()


def test_a_postgresql_that_has_pgvector_compares_itself(people: People, asset: Make) -> None:
    """The server that comes with the tests has it."""
    assert vectors.has_pgvector() == (connection.vendor == "postgresql")


def test_over_the_api(
    people: People, asset: Make, known: Callable[[], None], signed_in: Callable[[Any], Client]
) -> None:
    first = asset(title="cat", prompt="a small cat")
    asset(title="kitten", prompt="a kitten sleeps")
    known()
    assert ask(people.carol, "kitten").away == ""
    browser = signed_in(people.carol)
    found = browser.get("/api/v1/assets/search", {"q": "kitten"}).json()
    assert found["meaning"] == "answered"
    assert [(item["title"], item["found_by"]) for item in found["items"]] == [
        ("kitten", ["words", "meaning"]),
        ("cat", ["meaning"]),
    ]
    like = browser.get(f"/api/v1/assets/{first.pk}/similar").json()
    assert [item["title"] for item in like["items"]] == ["kitten"]
    assert browser.get("/api/v1/assets/search").status_code == 422
    assert signed_in(people.otto).get(f"/api/v1/assets/{first.pk}/similar").status_code == 404
