"""Lists: pages, filters, words, and input that means to break the query."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from studio.gallery import actions
from studio.gallery.index import place_of, words_of
from studio.gallery.models import Asset, SearchEntry
from studio.gallery.search import find
from studio.ids import uuid7
from studio.problems import InvalidInputs
from studio.teams.rights import Actor, NotThere
from tests.gallery.conftest import People

Make = Callable[..., Asset]
pytestmark = pytest.mark.django_db


def titles(people: People, **asked: object) -> list[str]:
    return [asset.title for asset in find(Actor.of(people.victor), **asked).items]  # type: ignore[arg-type]


def test_it_works(people: People, asset: Make) -> None:
    for n in range(5):
        asset(title=f"n{n}")
    first = find(Actor.of(people.victor), limit=2)
    second = find(Actor.of(people.victor), limit=2, cursor=first.next)
    third = find(Actor.of(people.victor), limit=2, cursor=second.next)
    pages = [[a.title for a in page.items] for page in (first, second, third)]
    assert pages == [["n4", "n3"], ["n2", "n1"], ["n0"]]
    assert third.next is None


def test_a_page_does_not_shift_while_things_come(people: People, asset: Make) -> None:
    for n in range(4):
        asset(title=f"n{n}")
    first = find(Actor.of(people.victor), limit=2)
    asset(title="new")
    assert titles(people, cursor=first.next) == ["n1", "n0"]


def test_words(people: People, asset: Make) -> None:
    asset("In the night, the train to Málaga left.", title="Night train", prompt="a story of departure")
    asset("Nothing of that", title="Daylight")
    for q in ("night", "NIGHT train", "malaga", "Málaga", "depart", "train story", "text write night"):
        assert titles(people, q=q) == ["Night train"], q
    for q in ("nights", "night bus", "ight"):
        assert titles(people, q=q) == [], q
    assert len(titles(people, q="   ")) == 2


def test_words_without_spaces_between(people: People, asset: Make) -> None:
    asset("東京の夜", title="Tokyo")
    asset("서울의 밤", title="Seoul")
    assert titles(people, q="京") == ["Tokyo"]
    assert titles(people, q="東京") == ["Tokyo"]
    assert titles(people, q="서울") == ["Seoul"]


@pytest.mark.parametrize(
    "q",
    ['"', "' OR 1=1 --", "a* NEAR(b", "title:x", "-x", "a AND", "OR NOT", "(((", "^a", "a & | ! b", "x:*", "\\", "%", "\x00", "🙂", "*", "a\"b'c", "NEAR/2", "{a b}: c", "&&&", "<->", "a <2> b"],
)  # fmt: skip
def test_nothing_breaks_the_query(people: People, asset: Make, q: str) -> None:
    asset("plain words")
    find(Actor.of(people.victor), q=q)


@examples(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(q=st.text(max_size=60))
def test_no_text_breaks_the_query(people: People, q: str) -> None:
    find(Actor.of(people.victor), q=q)


@examples(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(min_size=1, max_size=40))
def test_what_was_written_is_found_by_its_own_words(people: People, asset: Make, text: str) -> None:
    if not words_of(text):
        return
    SearchEntry.objects.all().delete()
    made = asset()
    SearchEntry.objects.filter(asset=made).update(words=" ".join(words_of(text)))
    assert find(Actor.of(people.victor), q=text).items == [made]


def test_a_word_ends_at_its_edit(people: People, asset: Make) -> None:
    made = asset("words", title="Crimson")
    actions.edit(Actor.of(people.carol), made, title="Azure", tags=["Harbour"])
    assert titles(people, q="crimson") == []
    assert titles(people, q="azure harbour") == ["Azure"]
    made.delete()
    assert titles(people, q="azure") == []


def test_filters(people: People, asset: Make) -> None:
    one = asset(title="one", tool="text.write", model="small")
    two = asset(title="two", tool="text.chat", model="large")
    actions.edit(Actor.of(people.carol), one, tags=["Sea", "night"])
    actions.rate(Actor.of(people.rita), two, 4)
    assert titles(people, tool="text.chat") == ["two"]
    assert titles(people, model="small") == ["one"]
    assert titles(people, tag="sea") == titles(people, tag="SEA") == ["one"]
    assert titles(people, rating=4) == ["two"]
    assert titles(people, rating=5) == []
    assert titles(people, medium="text", team=people.team.pk) == ["two", "one"]
    assert titles(people, medium="image") == []
    assert titles(people, author=people.carol.pk) == ["two", "one"]


def test_what_is_hidden(people: People, asset: Make) -> None:
    asset(title="listed")
    asset("a private whisper", title="chat", listed=False)
    gone = asset(title="gone")
    actions.delete(Actor.of(people.carol), [gone])
    assert titles(people) == ["listed"]
    assert titles(people, q="whisper") == []
    assert titles(people, bin=True) == ["gone"]
    assert titles(people, listed=False) == []
    own = find(Actor.of(people.carol), listed=False)
    assert [a.title for a in own.items] == ["chat"]


def test_teams(people: People, asset: Make) -> None:
    asset(title="ours")
    asset(title="theirs", team=people.otto.personal_team, author=people.otto)
    assert titles(people) == ["ours"]
    for team in (people.otto.personal_team.pk, uuid.uuid4()):
        with pytest.raises(NotThere):
            find(Actor.of(people.victor), team=team)
    assert [a.title for a in find(Actor.of(people.otto)).items] == ["theirs"]


def test_pages_over_several_teams(people: People, asset: Make) -> None:
    """As one list: newest first, nothing twice, nothing left out."""
    made = []
    for n in range(9):
        team = people.team if n % 3 else people.carol.personal_team
        made.append(asset(title=f"n{n}", team=team))
    carol, seen, cursor = Actor.of(people.carol), [], None
    assert len(carol.team_ids) == 2
    while True:
        page = find(carol, limit=2, cursor=cursor)
        seen += [a.title for a in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert seen == [f"n{n}" for n in range(8, -1, -1)]
    assert {a.title for a in find(carol, q="n4").items} == {"n4"}


def test_a_list_reads_only_the_beginning_of_texts(people: People, asset: Make) -> None:
    asset("x" * 5000, title="long")
    (found,) = find(Actor.of(people.victor)).items
    assert len(found.excerpt) == 900
    assert "text" in found.get_deferred_fields()
    assert len(found.text) == 5000


def test_a_cursor_that_is_none(people: People) -> None:
    with pytest.raises(InvalidInputs, match="cursor"):
        find(Actor.of(people.victor), cursor="' OR 1=1")


WALKS: list[tuple[dict[str, Any], str]] = [
    ({}, "gallery_page"),
    ({"medium": "text"}, "gallery_medium"),
    ({"tool": "text.write"}, "gallery_tool"),
    ({"model": "small"}, "gallery_model"),
    ({"rating": 4}, "gallery_rated"),
    ({"author": uuid.UUID(int=1)}, "gallery_author"),
    ({"tag": "sea"}, "gallery_tagged"),
    ({"q": "word"}, "gallery_fts"),
    ({"q": "word", "tag": "sea", "medium": "text"}, "gallery_fts"),
    ({"listed": False}, "gallery_unlisted"),
    ({"bin": True}, "gallery_bin"),
]


@pytest.mark.parametrize(("asked", "index"), WALKS)
@pytest.mark.parametrize("cursor", [None, uuid.UUID(int=2**128 - 1)])
def test_a_page_walks_its_index(
    people: People, asset: Make, asked: dict[str, Any], index: str, cursor: uuid.UUID | None
) -> None:
    """So a page takes the same time whether a team has a hundred assets or a million: nothing is counted, skipped,
    sorted or read to its end."""
    made = asset("word", model="small")
    actions.edit(Actor.of(people.carol), made, tags=["sea"], rating=5)
    with CaptureQueriesContext(connection) as queries:
        find(Actor.of(people.victor), team=people.team.pk, cursor=cursor, **asked)
    plans = []
    for sql in [query["sql"] for query in queries if query["sql"].startswith("SELECT")]:
        assert "OFFSET" not in sql, sql
        assert "COUNT(" not in sql, sql
        if connection.vendor == "sqlite":  # PostgreSQL reads small tables whole, whatever indexes there are
            with connection.cursor() as cursor_of_plan:
                cursor_of_plan.execute(f"EXPLAIN QUERY PLAN {sql}")
                plans += [str(row[3]) for row in cursor_of_plan.fetchall()]
    if plans:
        assert any(index in step for step in plans), plans
        for step in plans:
            assert "SCAN" not in step or "gallery_fts VIRTUAL TABLE" in step, plans
            assert "TEMP B-TREE" not in step or asked.get("bin"), plans


def test_a_search_goes_on_where_its_page_ended(people: People, asset: Make) -> None:
    """Also where most of what the index gives is filtered away: it is asked again, further back."""
    for n in range(12):
        asset(f"harbour {n}", title=f"n{n}", listed=n % 5 != 0)
    seen, cursor = [], None
    for _ in range(9):
        page = find(Actor.of(people.victor), q="harb", limit=1, cursor=cursor)
        seen += [a.title for a in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert seen == [f"n{n}" for n in range(11, -1, -1) if n % 5]


def test_words_of_the_scope_are_nobodys(people: People, asset: Make) -> None:
    """Team and medium stand in the index beside the words; no search finds an asset by them."""
    asset("plain", title="plain")
    asset("elsewhere", title="elsewhere", team=people.otto.personal_team, author=people.otto)
    team = people.team.pk.hex
    for q in (team, team[:3], f"_{team}", "text", "_text", f"scope:{team}", people.otto.personal_team.pk.hex):
        assert titles(people, q=q) == (["plain"] if q in ("text", "_text") else []), (
            q
        )  # of its tool text.write
    assert titles(people, q="elsewhere") == []


def test_places_sort_as_ids_do() -> None:
    ids = [uuid7() for _ in range(2000)]
    places = [place_of(id) for id in ids]
    assert places == sorted(set(places))
    assert max(places) < 2**63


def test_a_medium_that_was_changed_is_found_by_the_new_one(people: People, asset: Make) -> None:
    made = asset("humming")
    Asset.objects.filter(pk=made.pk).update(medium="music")
    made.refresh_from_db()
    actions.edit(Actor.of(people.carol), made, medium="speech")
    assert [a.pk for a in find(Actor.of(people.victor), q="hum", medium="speech").items] == [made.pk]
    assert titles(people, q="hum", medium="music") == []
