"""A team gets another owner, loses a member, goes, and comes back."""

from __future__ import annotations

import time
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from studio.feeds.models import Event
from studio.gallery import actions as gallery
from studio.gallery import collector, storage
from studio.gallery.models import Asset, Blob
from studio.integrations.models import Webhook
from studio.jobs import actions as jobs
from studio.jobs.models import Job
from studio.notices.models import Notice
from studio.owning import actions
from studio.shares import actions as shares
from studio.teams import actions as people
from studio.teams.actions import Refused
from studio.teams.fresh import ENTERED, LATELY_S
from studio.teams.models import ApiToken, AuditEntry, Invitation, Member, Team, User
from studio.teams.rights import Actor, NotAllowed, NotThere

pytestmark = pytest.mark.django_db
PAINT = {"prompt": "a lamp", "seed": 7}


def role_of(user: User, team: Team) -> str:
    return Member.objects.get(user=user, team=team).role


def member(user: User, team: Team) -> Member:
    return Member.objects.select_related("team", "user").get(user=user, team=team)


def written(team: Team, author: User, folder: Path, words: str = "A boat") -> Asset:
    path = folder / f"{uuid.uuid4()}.md"
    path.write_text(words)
    return gallery.add(team=team, author=author, path=path, medium="text", mime="text/markdown", title=words)


def client_of(user: User, team: Team) -> Client:
    client = Client()
    client.force_login(user)
    session = client.session
    session["team"] = str(team.pk)
    session.save()
    return client


# ---------------------------------------------------------------- handing over


def test_hand_over(alice: User, bob: User, team: Team) -> None:
    actions.hand_over(actor=Actor.of(alice), member=member(bob, team))
    assert (role_of(bob, team), role_of(alice, team)) == ("owner", "manager")
    assert {row.person_id: row.title for row in Notice.objects.filter(kind="team.transferred")} == {
        bob.pk: "Alice has made you the owner of Harbour",
        alice.pk: "Bob owns Harbour now; you are a manager",
    }
    assert AuditEntry.objects.get(team=team, verb="team.transfer").thing == str(bob.pk)
    with pytest.raises(NotAllowed):
        actions.hand_over(actor=Actor.of(alice), member=member(bob, team))


def test_a_personal_team_is_not_handed_over(alice: User) -> None:
    own = Team.objects.get(personal_of=alice)
    with pytest.raises(Refused):
        actions.hand_over(actor=Actor.of(alice), member=member(alice, own))


def test_handing_over_and_deleting_need_a_recent_sign_in(alice: User, bob: User, team: Team) -> None:
    client = client_of(alice, team)
    session = client.session
    session[ENTERED] = time.time() - LATELY_S - 1
    session.save()
    for path, form in (("/team/hand-over/", {"user": str(bob.pk)}), ("/team/delete/", {"name": team.name})):
        answer = client.post(path, form, headers={"Referer": "/team/"}, follow=True)
        assert "more than half an hour ago" in answer.content.decode(), path
    answer = client.post(
        f"/api/v1/teams/{team.pk}/delete", {"name": team.name}, content_type="application/json"
    )
    assert answer.status_code == 422
    assert role_of(alice, team) == "owner"
    assert Member.objects.filter(team=team).count() == 2


# ---------------------------------------------------------------- leaving


def test_who_leaves_leaves_no_way_back_in(alice: User, bob: User, team: Team, tmp_path: Path) -> None:
    Member.objects.filter(user=bob).update(role="manager")
    _token, secret = people.create_token(user=bob, team=team)
    elsewhere, _secret = people.create_token(user=bob)
    invitation, _word = people.invite(actor=Actor.of(bob), team=team, role="creator")
    kept = written(team, bob, tmp_path)
    job = jobs.submit(actor=Actor.of(bob), tool="test.paint", inputs=PAINT, team=team)
    page = client_of(bob, team).get("/team/leave/").content.decode()
    assert "What becomes of your things" in page
    assert client_of(bob, team).post("/team/leave/").headers["Location"] == "/"
    assert not Member.objects.filter(user=bob, team=team).exists()
    assert people.find_token(secret) is None
    assert ApiToken.objects.get(pk=elsewhere.pk).revoked_at is None
    assert Invitation.objects.get(pk=invitation.pk).revoked_at is not None
    assert Asset.objects.get(pk=kept.pk).author == bob  # what was made stays, under their name
    assert Job.objects.get(pk=job.pk).state == "queued"  # what was accepted goes on
    with pytest.raises(NotThere):
        gallery.get_visible(Actor.of(bob), kept.pk)


def test_the_last_owner_is_told_why_not(alice: User, bob: User, team: Team) -> None:
    page = client_of(alice, team).get("/team/leave/").content.decode()
    assert "You are the only owner of Harbour" in page
    with pytest.raises(Refused, match="Hand the team over"):
        people.remove_member(actor=Actor.of(alice), member=member(alice, team))
    Member.objects.filter(user=bob, team=team).update(role="owner")
    User.objects.filter(pk=bob.pk).update(delete_at=timezone.now())  # an owner who is about to go is none
    with pytest.raises(Refused):
        people.remove_member(actor=Actor.of(alice), member=member(alice, team))


# ---------------------------------------------------------------- deleting


def test_a_deleted_team_opens_to_nobody_and_comes_back(
    alice: User, bob: User, team: Team, tmp_path: Path
) -> None:
    asset = written(team, alice, tmp_path)
    _link, secret = shares.share(Actor.of(alice), asset)
    job = jobs.submit(actor=Actor.of(bob), tool="test.paint", inputs=PAINT, team=team)
    _invitation, word = people.invite(actor=Actor.of(alice), team=team, role="creator")
    with pytest.raises(Refused, match="not the name"):
        actions.delete_team(actor=Actor.of(alice), team=team, name="Harbor")
    with pytest.raises(NotAllowed):
        actions.delete_team(actor=Actor.of(bob), team=team, name="Harbour")

    actions.delete_team(actor=Actor.of(alice), team=team, name=" Harbour ")
    for person in (alice, bob):
        assert team.pk not in Actor.of(person).roles
        with pytest.raises(NotThere):
            gallery.get_visible(Actor.of(person), asset.pk)
    with pytest.raises(NotThere):
        shares.find(secret)
    with pytest.raises(NotThere):
        people.accept_invitation(user=bob, token=word)
    assert Job.objects.get(pk=job.pk).state == "cancelled"
    told = Notice.objects.get(kind="team.deleted")
    assert (told.person, told.title) == (bob, "Alice has deleted the team Harbour")
    assert [gone.pk for gone in actions.leaving_teams(alice)] == [team.pk]
    with pytest.raises(NotThere):  # bob was none of its owners
        actions.restore_team(actor=Actor.of(bob), team_id=team.pk)

    actions.purge()  # its days are not over
    client = client_of(alice, team)
    assert "goes for good on" in client.get("/team/").content.decode()
    client.post(f"/team/{team.pk}/restore/")
    assert (role_of(alice, team), role_of(bob, team)) == ("owner", "creator")
    assert gallery.get_visible(Actor.of(bob), asset.pk) == asset
    assert shares.find(secret).asset == asset
    assert [row.verb for row in AuditEntry.objects.filter(team=team).order_by("at")][-2:] == [
        "team.delete",
        "team.restore",
    ]


def test_after_its_days_it_is_gone_with_its_files(alice: User, bob: User, team: Team, tmp_path: Path) -> None:
    asset = written(team, alice, tmp_path)
    shared = written(Team.objects.get(personal_of=alice), alice, tmp_path, "Stays")
    job = jobs.submit(actor=Actor.of(bob), tool="test.paint", inputs=PAINT, team=team)
    jobs.submit_batch(actor=Actor.of(bob), tool="test.paint", inputs=PAINT, team=team, count=3)
    Webhook.objects.create(team=team, url="https://example.org/", secret="x")
    actions.delete_team(actor=Actor.of(alice), team=team, name=team.name)
    Team.objects.filter(pk=team.pk).update(delete_at=timezone.now() - timedelta(seconds=1))
    actions.purge()
    assert not Team.objects.filter(pk=team.pk).exists()
    assert not Asset.objects.filter(pk=asset.pk).exists()
    assert not Job.objects.filter(team=team.pk).exists()
    assert not Event.objects.filter(feed__in=[f"job:{job.pk}", f"team:{team.pk}"]).exists()
    Blob.objects.update(touched_at=timezone.now() - timedelta(hours=2))
    collector.collect()
    store = storage.current()
    assert not store.exists(asset.blob_id)
    assert store.exists(shared.blob_id)
    assert actions.leaving_teams(alice) == []


def test_a_large_team_goes_in_several_rounds(alice: User, team: Team, tmp_path: Path) -> None:
    written(team, alice, tmp_path)
    actions.delete_team(actor=Actor.of(alice), team=team, name=team.name)
    Team.objects.filter(pk=team.pk).update(delete_at=timezone.now())
    actions.purge(seconds=-1)  # no time at all: nothing is half removed
    assert Team.objects.filter(pk=team.pk).exists()
    actions.purge()
    assert not Team.objects.filter(pk=team.pk).exists()
