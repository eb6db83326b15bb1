"""Telling people: who is told, what they read, what shows as one."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from unittest.mock import ANY

import pytest
from django.db import transaction
from django.test import Client

from studio.notices import actions
from studio.notices.models import Notice
from studio.teams.actions import create_token
from studio.teams.models import Member, Team, User
from studio.teams.rights import Actor

pytestmark = pytest.mark.django_db(transaction=True)


def tell(team: Team, *people: User, **more: Any) -> int:
    told = {"kind": "test.word", "title": "A word", "link": "/gallery/"} | more
    return actions.tell(people, team=team, **told)


def client_of(user: User, **token: Any) -> Client:
    return Client(headers={"Authorization": f"Bearer {create_token(user=user, **token)[1]}"})


def listed(client: Client, query: str = "") -> Any:
    answer = client.get(f"/api/v1/notices{query}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_it_works(team: Team, alice: User, bob: User) -> None:
    assert tell(team, alice, bob, by=bob, title="A\n  word", about="review:1", text="x" * 5000) == 1, (
        "not oneself"
    )
    assert listed(client_of(bob))["items"] == []
    (item,) = listed(client_of(alice))["items"]
    assert item == {
        "id": ANY, "team": str(team.pk), "kind": "test.word", "title": "A word", "text": "x" * 1000,
        "link": "/gallery/", "about": "review:1", "others": 0, "created_at": ANY, "read_at": None,
    }  # fmt: skip


def test_only_members_are_told_and_only_on_a_path_of_the_studio(
    team: Team, alice: User, bob: User, charlie: User
) -> None:
    assert tell(team, charlie) == 0
    User.objects.filter(pk=bob.pk).update(is_active=False)
    assert tell(team, bob, alice) == 1
    for link in ("https://example.org/", "//example.org/", "gallery/"):
        with pytest.raises(ValueError, match="path of this studio"):
            tell(team, alice, link=link)


def test_what_is_rolled_back_was_never_told(team: Team, alice: User) -> None:
    with transaction.atomic():
        tell(team, alice)
        transaction.set_rollback(True)
    assert not Notice.objects.exists()


def test_several_about_one_thing_show_as_one(team: Team, alice: User) -> None:
    for n in range(3):
        tell(team, alice, title=f"Comment {n}", about="asset:1")
    tell(team, alice, title="Other")
    client = client_of(alice)
    told = listed(client)
    assert [(one["title"], one["others"]) for one in told["items"]] == [("Other", 0), ("Comment 2", 2)]
    assert told["unread"] == 2
    # Reading the newest reads those before it, and not one that comes later.
    tell(team, alice, title="Comment 3", about="asset:1")
    answer = client.post("/api/v1/notices/read", {"ids": [told["items"][1]["id"]]}, "application/json")
    assert answer.json() == {"unread": 2}
    unread = listed(client, "?unread=true")["items"]
    assert [(one["title"], one["others"]) for one in unread] == [("Comment 3", 0), ("Other", 0)]
    assert client.post("/api/v1/notices/read", {"all": True}, "application/json").json() == {"unread": 0}
    assert listed(client, "?unread=true")["items"] == []
    assert [one["title"] for one in listed(client)["items"]] == ["Comment 3", "Other"]


def test_what_is_about_a_thing_is_read_with_it(team: Team, alice: User) -> None:
    tell(team, alice, about="review:1")
    tell(team, alice, about="review:2")
    assert actions.read(Actor.of(alice), about="review:1") == 1


def test_the_list_is_paged(team: Team, alice: User) -> None:
    for n in range(5):
        tell(team, alice, title=str(n), about="thing" if n % 2 else "")
    client = client_of(alice)
    first = listed(client, "?limit=2")
    rest = listed(client, f"?limit=2&cursor={first['next']}")
    assert [one["title"] for one in first["items"] + rest["items"]] == ["4", "3", "2", "0"]
    assert rest["next"] is None


def test_a_notice_is_its_persons_alone(team: Team, alice: User, bob: User) -> None:
    tell(team, alice)
    notice = Notice.objects.get()
    assert client_of(bob).post(
        "/api/v1/notices/read", {"ids": [str(notice.pk)]}, "application/json"
    ).json() == {"unread": 0}
    browser = Client()
    browser.force_login(bob)
    assert browser.get(f"/notices/{notice.pk}/").status_code == 404
    browser.post("/notices/read/", {"id": str(notice.pk)})
    notice.refresh_from_db()
    assert notice.read_at is None


def test_who_left_the_team_sees_nothing_of_it_any_more(team: Team, bob: User) -> None:
    tell(team, bob)
    Member.objects.filter(team=team, user=bob).delete()
    assert listed(client_of(bob)) == {"items": [], "next": None, "unread": 0}


def test_a_token_of_another_team_or_without_the_scope(
    team: Team, alice: User, join: Callable[..., User]
) -> None:
    tell(team, alice)
    other = Team.objects.get(personal_of=alice)
    assert listed(client_of(alice, team=other))["items"] == []
    reader = client_of(alice, scopes=["read"])
    assert len(listed(reader)["items"]) == 1
    assert reader.post("/api/v1/notices/read", {"all": True}, "application/json").status_code == 403
    assert reader.put("/api/v1/notices/preferences", {}, "application/json").status_code == 403


@pytest.mark.parametrize("body", [{}, {"ids": [], "all": True}, {"all": False}, {"ids": ["x"]}, {"id": 1}])
def test_say_which(alice: User, body: dict[str, Any]) -> None:
    assert client_of(alice).post("/api/v1/notices/read", body, "application/json").status_code == 422


def test_following_one_reads_it(team: Team, alice: User) -> None:
    tell(team, alice, link="/review/?show=mine")
    browser = Client()
    browser.force_login(alice)
    assert b"A word" in browser.get("/notices/").content
    answer = browser.get(f"/notices/{Notice.objects.get().pk}/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/review/?show=mine")
    assert Notice.objects.get().read_at is not None
    assert b"You have read everything" in browser.get("/notices/?show=unread").content


def test_titles_are_text(team: Team, alice: User) -> None:
    tell(team, alice, title="<script>alert(1)</script>", text="<b>bold</b>")
    browser = Client()
    browser.force_login(alice)
    page = browser.get("/notices/").content.decode()
    assert "&lt;script&gt;alert" in page
    assert "<b>bold" not in page


def test_preferences_by_api(alice: User) -> None:
    client = client_of(alice)
    start = {"email": "at once", "digest_hour": 8, "quiet_from": None, "quiet_to": None, "time_zone": "UTC"}
    assert client.get("/api/v1/notices/preferences").json() == start
    wanted = start | {
        "email": "daily",
        "digest_hour": 7,
        "quiet_from": "22:00",
        "quiet_to": "06:30",
        "time_zone": "Asia/Tokyo",
    }
    assert client.put("/api/v1/notices/preferences", wanted, "application/json").json() == wanted
    assert client.get("/api/v1/notices/preferences").json() == wanted
    alice.refresh_from_db()
    assert json.dumps(alice.preferences["notices"])


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"email": "weekly"}, "email"),
        ({"digest_hour": 24}, "digest_hour"),
        ({"quiet_from": "22:00"}, "quiet_to"),
        ({"quiet_from": "22:00", "quiet_to": "22:00"}, "quiet_to"),
        ({"quiet_from": "25:00", "quiet_to": "07:00"}, "quiet_from"),
        ({"quiet_from": "+1:00", "quiet_to": "07:00"}, "quiet_from"),
        ({"time_zone": "Mars/Base"}, "time_zone"),
        ({"time_zone": "../../etc/passwd"}, "time_zone"),
    ],
)
def test_preferences_that_there_are_not(alice: User, wrong: dict[str, Any], field: str) -> None:
    answer = client_of(alice).put("/api/v1/notices/preferences", wrong, "application/json")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["loc"][-1] == field
    alice.refresh_from_db()
    assert "notices" not in alice.preferences


def test_preferences_by_page(alice: User) -> None:
    browser = Client()
    browser.force_login(alice)
    browser.cookies["tz"] = "Europe/Vienna"
    assert b'value="Europe/Vienna" selected' in browser.get("/notices/preferences/").content
    form = {
        "email": "daily",
        "digest_hour": "7",
        "quiet_from": "22:00",
        "quiet_to": "",
        "time_zone": "Europe/Vienna",
    }
    answer = browser.post("/notices/preferences/", form)
    assert answer.status_code == 422
    assert b"leave out both or neither" in answer.content
    assert browser.post("/notices/preferences/", form | {"quiet_to": "07:00"}).status_code == 302
    alice.refresh_from_db()
    assert alice.preferences["notices"]["quiet_to"] == "07:00"
