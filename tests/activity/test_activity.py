"""What a team's activity tells, to whom, and in which pages."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from studio.ids import uuid7

if TYPE_CHECKING:
    from studio.gallery.models import Asset
    from studio.teams.models import User
    from tests.gallery.conftest import People

pytestmark = pytest.mark.django_db
Make = Callable[..., "Asset"]
Browser = Callable[["User"], Client]


def at(hour: str) -> uuid.UUID:
    """An id of that hour of an old day, minutes apart from the others."""
    moment = datetime.fromisoformat(f"2026-03-02T{hour}:00:00").replace(tzinfo=UTC)
    ms = int(moment.timestamp() * 1000) + uuid7().int % 3_000_000
    return uuid.UUID(int=ms << 80 | uuid7().int & ((1 << 80) - 1))


def asked(people: People, user: User, **more: Any) -> dict[str, Any]:
    client = Client()
    client.force_login(user)
    answer = client.get(f"/api/v1/teams/{people.team.pk}/activity", more)
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def sentences(found: dict[str, Any]) -> list[str]:
    return [f"{(row['who'] or {}).get('name', row['guest'])} {row['text']}" for row in found["items"]]


def test_an_hour_of_one_person_is_one_line(people: People, asset: Make) -> None:
    for _each in range(12):
        asset(job_ref=uuid7(), author=people.alice)
    asset(author=people.carol)
    found = asked(people, people.rita)
    assert sentences(found)[:2] == ["Carol added a text", "Alice made 12 texts"]
    line = found["items"][1]
    assert (line["kind"], line["n"], len(line["things"])) == ("made", 12, 4)
    assert line["things"][0]["link"].startswith("/assets/")


def test_what_only_others_may_see_is_not_told(people: People, asset: Make) -> None:
    from studio.gallery.actions import delete
    from studio.review import actions as review
    from studio.teams.rights import Actor

    alice, carol = Actor.of(people.alice), Actor.of(people.carol)
    asset(title="Hidden", listed=False)
    gone = asset(title="Gone")
    review.comment(carol, gone, "Look here")
    delete(alice, [gone])
    for user in (people.alice, people.carol, people.victor):
        assert {row["kind"] for row in asked(people, user)["items"]} <= {"settings"}
    client = Client()
    client.force_login(people.otto)
    assert client.get(f"/api/v1/teams/{people.team.pk}/activity").status_code == 404


def test_settings_are_for_those_who_read_the_audit_log(people: People) -> None:
    from studio.teams.actions import change_role
    from studio.teams.models import Member
    from studio.teams.rights import Actor

    victor = Member.objects.get(team=people.team, user=people.victor)
    change_role(actor=Actor.of(people.alice), member=victor, role="reviewer")
    assert "Alice made Victor reviewer" in sentences(asked(people, people.alice))
    assert sentences(asked(people, people.carol)) == []
    assert sentences(asked(people, people.carol, kind="settings")) == []


def test_reviews_verdicts_and_comments(people: People, asset: Make) -> None:
    from studio.review import actions as review
    from studio.review.actions.request import Subject
    from studio.teams.rights import Actor

    one = asset(title="Boat")
    asks = review.request_review(
        actor=Actor.of(people.carol),
        subject=Subject(assets=[one.pk]),
        title="Boats",
        people=[people.rita.pk],
    )
    review.decide(Actor.of(people.rita), asks.items.get(), "approved", asset=one.pk)
    review.comment(Actor.of(people.rita), one, "Good.")
    found = asked(people, people.victor)
    assert sentences(found) == [
        "Rita wrote a comment",
        "Rita approved one",
        "Carol asked for a review",
        "Carol added a text",
    ]
    assert [row["things"][0]["title"] for row in found["items"]] == ["Boat", "Boats", "Boats", "Boat"]
    assert sentences(asked(people, people.victor, person=str(people.carol.pk))) == [
        "Carol asked for a review",
        "Carol added a text",
    ]
    assert sentences(asked(people, people.victor, kind="verdict")) == ["Rita approved one"]


def test_a_batch_and_a_failed_job(people: People) -> None:
    from django.utils import timezone

    from studio.jobs.models import Batch, Job

    batch = Batch.objects.create(
        team=people.team, author=people.carol, tool="test.paint", title="Boats", total=3, open=True
    )
    common = {"team": people.team, "author": people.carol, "tool": "test.paint", "tool_version": 1, "makes": "image",
              "inputs": {}, "lane": "make"}  # fmt: skip
    for state in ("succeeded", "failed", "queued"):
        Job.objects.create(**common, batch=batch, state=state)
    Job.objects.create(
        **common, title="Alone", state="failed", error={"reason": "x"}, finished_at=timezone.now()
    )
    Job.objects.create(
        **common,
        title="Chat",
        state="failed",
        error={"reason": "x"},
        listed=False,
        finished_at=timezone.now(),
    )
    found = asked(people, people.victor)
    assert sentences(found) == [
        "Carol had a job that failed",
        "Carol asked for a batch of 3 jobs (1 done, 1 failed, 1 to go)",
    ]
    assert found["items"][0]["things"][0]["title"] == "Alone"


def test_brand_kits(people: People) -> None:
    from studio.presets import brands
    from studio.teams.rights import Actor

    carol = Actor.of(people.carol)
    kit = brands.save(carol, people.team, brands.Given("Harbour"))
    brands.save(carol, people.team, brands.Given("Harbour", tone="Calm"), kit)
    brands.save(carol, people.team, brands.Given("Harbour", tone="Loud"), kit)
    found = asked(people, people.victor)
    assert sentences(found) == ["Carol changed brand kits 2 times", "Carol made a brand kit"]
    link = {"title": "Harbour", "link": f"/brands/#brand-{kit.pk}", "thumbnail": ""}
    assert [row["things"] for row in found["items"]] == [[link], [link]]
    brands.delete(carol, kit)
    found = asked(people, people.victor, kind="brand")
    assert sentences(found)[0] == "Carol deleted the brand kit “Harbour”"
    assert [row["things"] for row in found["items"]] == [[], [], []]
    brands.restore(carol, kit)
    assert sentences(asked(people, people.victor))[0] == "Carol took a brand kit back"


def test_pages_neither_repeat_nor_skip(people: People, asset: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where an hour holds more than is read at once, and where the numbers go over a page's end."""
    from studio.activity import read
    from studio.gallery.models import Asset

    monkeypatch.setattr(read, "CHUNK", 5)
    like = asset()
    first = Asset.objects.get(pk=like.pk)
    rows = []
    for hour, n, who in (
        ("09", 3, people.carol),
        ("10", 14, people.alice),
        ("10", 2, people.carol),
        ("13", 1, people.rita),
    ):
        for _each in range(n):
            id = at(hour)
            rows.append(
                Asset(**{**_columns(first), "id": id, "stack": id, "author_id": who.pk, "job_ref": uuid7()})
            )
    Asset.objects.bulk_create(rows)
    first.delete()
    told: list[tuple[str, int]] = []
    cursor = None
    for _page in range(10):
        found = asked(people, people.victor, limit=1, **({"cursor": cursor} if cursor else {}))
        told += [(row["who"]["name"], row["n"]) for row in found["items"]]
        cursor = found["next"]
        if cursor is None:
            break
    assert told[0] == ("Rita", 1)
    assert sorted(told[1:3]) == [("Alice", 14), ("Carol", 2)]
    assert told[3:] == [("Carol", 3)]


def test_the_page_has_filters_and_links(people: People, asset: Make, signed_in: Browser) -> None:
    asset(title="<Boat>")
    html = signed_in(people.carol).get(f"/team/activity/?team={people.team.pk}").content.decode()
    assert "&lt;Boat&gt;" in html
    assert "added a text" in html
    assert ">Settings<" not in html, "that kind is not theirs to choose"
    empty = signed_in(people.otto).get("/team/activity/").content.decode()
    assert "Nothing has happened yet" in empty


def test_odd_questions_are_told(people: People) -> None:
    client = Client()
    client.force_login(people.carol)
    where = f"/api/v1/teams/{people.team.pk}/activity"
    for wrong in ("kind=nothing", "cursor=nonsense", "cursor=99999999999999999999-x"):
        assert client.get(f"{where}?{wrong}").status_code == 422


def _columns(asset: Asset) -> dict[str, Any]:
    return {field.attname: getattr(asset, field.attname) for field in asset._meta.concrete_fields}
