"""A person takes everything along, and their account goes, unless they sign in again."""

from __future__ import annotations

import io
import json
import time
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from studio.gallery import actions as gallery
from studio.gallery import boards, zips
from studio.gallery.models import Asset
from studio.jobs import actions as jobs
from studio.jobs.models import Job
from studio.notices.models import Notice
from studio.owning import actions
from studio.owning.export import entries
from studio.presets import actions as presets
from studio.presets import brands
from studio.review import actions as reviews
from studio.review.models import Comment
from studio.shares import actions as shares
from studio.teams import actions as people
from studio.teams.actions import Refused
from studio.teams.fresh import ENTERED, LATELY_S
from studio.teams.models import ApiToken, AuditEntry, Member, Passkey, Team, User
from studio.teams.rights import Actor
from studio.threads.models import Thread, Turn
from tests.owning.test_teams import client_of, written

pytestmark = pytest.mark.django_db
PAINT = {"prompt": "a lamp", "seed": 7}


@pytest.fixture
def bobs(bob: User, alice: User, team: Team, tmp_path: Path) -> dict[str, Any]:
    """One of everything that is Bob's, in the team."""
    actor = Actor.of(bob)
    asset = written(team, bob, tmp_path, "A boat at noon")
    hidden = written(team, bob, tmp_path, "Only mine")
    gallery.edit(actor, hidden, listed=False)
    gallery.rate(actor, written(team, alice, tmp_path, "Not his"), 2)
    board = boards.create(actor, team, title="Boats")
    boards.add(actor, board, [asset.pk])
    job = jobs.submit(actor=actor, tool="test.paint", inputs=PAINT, team=team)
    chat = jobs.submit(actor=actor, tool="test.echo", inputs={"prompt": "Hello"}, team=team, listed=False)
    thread = Thread.objects.create(team=team, author=bob, title="A talk")
    Turn.objects.create(thread=thread, prompt="Hello", job=chat)
    comment = reviews.comment(actor, asset, "Colder, please")
    subject = reviews.Subject([asset.pk])
    review = reviews.request_review(actor=actor, subject=subject, people=[alice.pk])
    presets.save_preset(actor, team, "test.paint", "Evening", {"steps": 2})
    brands.save(actor, team, brands.Given("Harbour light", [("#1f7a8c", "Sea")], avoid=["cheap"]))
    link, secret = shares.share(actor, asset)
    token, word = people.create_token(user=bob, name="For the lab")
    passkey = Passkey.objects.create(user=bob, name="Laptop", key_hash="k", credential=b"public half")
    return locals()


def archive(user: User, **more: bool) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(b"".join(zips.pieces(entries(user, **more)))))


def told(found: zipfile.ZipFile, name: str) -> Any:
    return json.loads(found.read(name))


# ---------------------------------------------------------------- taking along


def test_everything_of_ones_own_and_nothing_of_others(bob: User, bobs: dict[str, Any], alice: User) -> None:
    found = archive(bob)
    names = found.namelist()
    text = b"".join(found.read(name) for name in names).decode()
    assert found.testzip() is None
    assert "Everything of yours" in found.read("README.txt").decode()
    assert told(found, "profile.json")["email"] == bob.email
    assert [key["name"] for key in told(found, "profile.json")["signs_in_by"]["passkeys"]] == ["Laptop"]
    assert {row["role"] for row in told(found, "teams.json")} == {"owner", "creator"}
    assert [row["name"] for row in told(found, "tokens.json")] == ["For the lab"]
    assert [row["tool"] for row in told(found, "jobs/jobs-0001.json")] == ["test.paint", "test.echo"]
    assert told(found, "jobs/jobs-0001.json")[0]["inputs"]["prompt"] == "a lamp"
    (board,) = told(found, "boards.json")
    assert (board["title"], board["assets"]) == ("Boats", [str(bobs["asset"].pk)])
    assert [row["text"] for row in told(found, "comments.json")] == ["Colder, please"]
    assert [row["value"] for row in told(found, "ratings.json")] == [2]
    assert told(found, "presets.json")["presets"][0]["name"] == "Evening"
    assert told(found, "presets.json")["brand_kits"][0]["avoid"] == ["cheap"]
    (chat,) = [name for name in names if name.startswith("chats/")]
    assert told(found, chat)["turns"][0]["prompt"] == "Hello"
    assert told(found, "unlisted.json")["not_listed"] == [str(bobs["hidden"].pk)]
    folder = "assets/02-harbour/"
    own = [name for name in names if name.startswith(folder)]
    assert own == [
        folder + name
        for name in (
            "00001-a-boat-at-noon.md",
            "00001-a-boat-at-noon.md.json",
            "00002-only-mine.md",
            "00002-only-mine.md.json",
        )
    ]
    assert found.read(own[0]) == b"A boat at noon"
    assert told(found, own[1])["asset"] == str(bobs["asset"].pk)
    # No secret, nor what one could be guessed by; nothing of Alice's.
    for secret in (bobs["secret"], bobs["word"], bobs["token"].token_hash, bobs["link"].token_hash):
        assert secret not in text
    assert bob.password not in text
    assert alice.email not in text
    assert "Not his" not in text


def test_without_files_and_with_a_lost_one(bob: User, bobs: dict[str, Any]) -> None:
    from studio.gallery import storage

    names = archive(bob, files=False).namelist()
    assert "assets/02-harbour/00001-a-boat-at-noon.md.json" in names
    assert "assets/02-harbour/00001-a-boat-at-noon.md" not in names
    storage.current().delete(bobs["asset"].blob_id)
    found = archive(bob)
    assert "lost" in found.read("assets/02-harbour/00001-a-boat-at-noon.md.missing.txt").decode()
    assert found.read("assets/02-harbour/00002-only-mine.md") == b"Only mine"


def test_a_large_export_is_read_page_by_page(
    bob: User, bobs: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = archive(bob).namelist()
    monkeypatch.setattr("studio.owning.export.PAGE", 1)
    paged = archive(bob).namelist()
    assert [name for name in paged if name.startswith("assets/")] == [
        name for name in whole if name.startswith("assets/")
    ]
    assert [name for name in paged if name.startswith("jobs/")] == [
        "jobs/jobs-0001.json",
        "jobs/jobs-0002.json",
    ]


def test_who_may_take_everything(bob: User, bobs: dict[str, Any], team: Team) -> None:
    def ask(secret: str) -> int:
        client = Client(headers={"Authorization": f"Bearer {secret}"})
        return client.post("/api/v1/me/export", {}, content_type="application/json").status_code

    assert ask(bobs["word"]) == 200
    assert ask(people.create_token(user=bob, scopes=["read", "write", "manage"])[1]) == 403
    assert ask(people.create_token(user=bob, team=team)[1]) == 403
    client = client_of(bob, team)
    assert client.post("/account/export/", {"files": "1"}).headers["Content-Type"] == "application/zip"
    session = client.session
    session[ENTERED] = time.time() - LATELY_S - 1
    session.save()
    for path, form in (("export", {"files": "1"}), ("delete", {"email": bob.email})):
        answer = client.post(f"/account/{path}/", form, headers={"Referer": "/account/"}, follow=True)
        assert "more than half an hour ago" in answer.content.decode()
    bob.refresh_from_db()
    assert bob.delete_at is None


# ---------------------------------------------------------------- deleting


def test_at_once_everything_is_shut_and_signing_in_opens_it(
    bob: User, bobs: dict[str, Any], team: Team
) -> None:
    client, elsewhere = client_of(bob, team), client_of(bob, team)
    page = client.get("/account/delete/").content.decode()
    assert "2 assets that you made there" not in page  # one of the two only he sees
    assert "1 asset that you made there" in page
    assert client.post("/account/delete/", {"email": "else@example.org"}).status_code == 422
    answer = client.post("/account/delete/", {"email": bob.email.upper()})
    assert answer.headers["Location"] == "/signin/"
    for one in (client, elsewhere):
        assert one.get("/account/").status_code == 302
    assert people.find_token(bobs["word"]) is None
    assert Notice.objects.get(person=bob, kind="account.deleted").title.startswith("Your account goes")
    assert Passkey.objects.filter(user=bob).exists()  # a way in, which keeps it

    actions.purge()  # its days are not over
    again = Client()
    again.force_login(User.objects.get(pk=bob.pk))
    bob.refresh_from_db()
    assert bob.delete_at is None
    assert again.get("/account/").status_code == 200
    assert elsewhere.get("/account/").status_code == 302  # what was shut stays shut
    assert people.find_token(bobs["word"]) is None
    assert Asset.objects.filter(pk=bobs["hidden"].pk).exists()


def test_after_its_days_the_name_is_gone(bob: User, alice: User, bobs: dict[str, Any], team: Team) -> None:
    rated = Asset.objects.get(title="Not his")
    gallery.rate(Actor.of(alice), rated, 4)
    actions.delete_account(user=bob, email=bob.email)
    User.objects.filter(pk=bob.pk).update(delete_at=timezone.now() - timedelta(seconds=1))
    actions.purge()
    assert not User.objects.filter(pk=bob.pk).exists()
    assert not Team.objects.filter(personal_of=bob.pk).exists()
    # With the team stays what was made there, by nobody any more.
    for kept in (bobs["asset"], bobs["board"], bobs["job"], bobs["comment"], bobs["link"]):
        kept.refresh_from_db()
        assert kept.author is None
    client = client_of(alice, team)
    pages = [
        f"/assets/{bobs['asset'].pk}/",
        f"/jobs/{bobs['job'].pk}/",
        "/queue/",
        "/team/",
        "/team/activity/",
    ]
    pages += [
        f"/review/{bobs['review'].pk}/",
        "/review/",
        "/boards/",
        "/presets/",
        "/shares/",
        "/gallery/filters/",
    ]
    for path in [*pages, "/s/" + bobs["secret"] + "/"]:
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert "Bob" not in answer.content.decode(), path
    for path in pages[:3]:
        assert "former member" in client.get(path).content.decode(), path
    # What only he saw is gone, and so are his stars.
    assert not Asset.objects.filter(pk=bobs["hidden"].pk).exists()
    assert not Thread.objects.exists()
    assert not Job.objects.filter(pk=bobs["chat"].pk).exists()
    rated.refresh_from_db()
    assert (rated.rating_n, rated.rating_sum) == (1, 4)
    assert not ApiToken.objects.filter(pk=bobs["token"].pk).exists()
    assert not AuditEntry.objects.filter(team=None, thing=str(bob.pk)).exists()
    gone = AuditEntry.objects.get(team=team, verb="member.gone")
    assert (gone.user, gone.thing) == (None, str(bob.pk))
    assert Comment.objects.get().text == "Colder, please"


def test_a_round_without_time_leaves_the_person_whole_and_shut(bob: User, bobs: dict[str, Any]) -> None:
    actions.delete_account(user=bob, email=bob.email)
    User.objects.filter(pk=bob.pk).update(delete_at=timezone.now())
    actions.purge(seconds=-1)
    bob.refresh_from_db()
    assert not bob.is_active  # nobody comes back to half an account
    actions.purge()
    assert not User.objects.filter(pk=bob.pk).exists()


def test_the_last_owner_is_shown_which_teams(alice: User, bob: User, team: Team) -> None:
    page = client_of(alice, team).get("/account/delete/").content.decode()
    assert "You are the only owner of these teams" in page
    assert "Harbour" in page
    assert 'name="email"' not in page
    with pytest.raises(Refused, match="only owner of Harbour"):
        actions.delete_account(user=alice, email=alice.email)
    actions.hand_over(
        actor=Actor.of(alice), member=Member.objects.select_related("team", "user").get(team=team, user=bob)
    )
    actions.delete_account(user=alice, email=alice.email)
    with pytest.raises(Refused, match="only owner"):  # she is no owner to leave it to
        actions.delete_account(user=bob, email=bob.email)


def test_somebody_has_to_look_after_the_studio(alice: User, charlie: User) -> None:
    User.objects.update(operator=False)
    User.objects.filter(pk__in=[alice.pk, charlie.pk]).update(operator=True)
    for user in (alice, charlie):
        user.refresh_from_db()
    actions.delete_account(user=charlie, email=charlie.email)
    with pytest.raises(Refused, match="only operator"):
        actions.delete_account(user=alice, email=alice.email)
    assert "only operator" in _page(alice)


def _page(user: User) -> str:
    client = Client()
    client.force_login(user)
    return client.get("/account/delete/").content.decode()


def test_a_token_deletes_nobody(bob: User, bobs: dict[str, Any]) -> None:
    client = Client(headers={"Authorization": f"Bearer {bobs['word']}"})
    answer = client.post("/api/v1/me/delete", {"email": bob.email}, content_type="application/json")
    assert answer.status_code == 403
    bob.refresh_from_db()
    assert bob.delete_at is None
