"""What a team may use: reached in words, raised by an owner, counted from the rows themselves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from studio.gallery import uploads
from studio.ids import first_of
from studio.jobs import actions, quotas
from studio.jobs.models import Attempt, Batch, Job
from studio.problems import InvalidInputs, QuotaReached
from studio.teams.current import TEAM_KEY
from studio.teams.models import AuditEntry, Member, Role, Team, User
from studio.teams.rights import Actor, NotAllowed

pytestmark = pytest.mark.django_db
Submit = Callable[..., Job]


@pytest.fixture
def owner(team: Team) -> Actor:
    return Actor.of(Member.objects.filter(team=team, role=Role.OWNER).select_related("user")[0].user)


def allow(owner: Actor, team: Team, **what: int | None) -> None:
    quotas.set_quotas(actor=owner, team=team, **what)


def test_jobs_a_day(owner: Actor, team: Team, bob: User, submit: Submit) -> None:
    allow(owner, team, jobs_a_day=2)
    first = submit()
    submit()
    with pytest.raises(
        QuotaReached, match=r"2 jobs a day; today it has submitted 2.*midnight.*owner"
    ) as told:
        submit()
    assert told.value.retry_after is not None
    assert 0 < told.value.retry_after <= 24 * 3600
    with pytest.raises(QuotaReached):
        actions.retry(actor=Actor.of(bob), job=first)
    assert Job.objects.filter(team=team).count() == 2
    Job.objects.filter(pk=first.pk).update(id=first_of(timezone.now() - timedelta(days=1, hours=1)))
    submit()  # a day later one of them counts no more
    allow(owner, team, jobs_a_day=None)
    submit()


def test_a_batch_is_taken_whole_or_not_at_all(owner: Actor, team: Team, bob: User) -> None:
    allow(owner, team, jobs_a_day=3)
    asked: dict[str, Any] = {"actor": Actor.of(bob), "tool": "test.paint", "team": team}
    with pytest.raises(QuotaReached, match="so 4 more are too many"):
        actions.submit_batch(**asked, inputs={"prompt": "x"}, count=4)
    assert not Batch.objects.exists()
    assert not Job.objects.exists()
    actions.submit_batch(**asked, inputs={"prompt": "x"}, count=3)
    assert quotas.used(team).jobs == 3


def test_the_same_request_again_is_not_asked_for_room(owner: Actor, team: Team, bob: User) -> None:
    allow(owner, team, jobs_a_day=1)
    asked: dict[str, Any] = {"actor": Actor.of(bob), "tool": "test.paint", "team": team}
    asked |= {"inputs": {"prompt": "x"}, "idempotency_key": "one"}
    assert actions.submit(**asked).pk == actions.submit(**asked).pk


def test_minutes_a_month(owner: Actor, team: Team, submit: Submit) -> None:
    job = submit()
    now = timezone.now()
    begun = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    for number, (start, minutes, together) in enumerate(
        [(begun, 6, 1), (begun, 8, 4), (begun - timedelta(hours=1), 50, 1)], 1
    ):
        Attempt.objects.create(
            job=job,
            number=number,
            node="juniper",
            slot="make-0",
            together=together,
            lease_until=now,
            started_at=start,
            ended_at=start + timedelta(minutes=minutes),
        )
    assert quotas.used(team).minutes == pytest.approx(8.0)  # four shared eight; last month is over
    allow(owner, team, minutes_a_month=9)
    submit()
    allow(owner, team, minutes_a_month=8)
    with pytest.raises(QuotaReached, match=r"has used 8 of its 8 minutes .* begin anew on 1 "):
        submit()


def test_disk(owner: Actor, team: Team, submit: Submit, client: Client) -> None:
    client.force_login(owner.user)

    def bring(size: int) -> Any:
        file = SimpleUploadedFile("words.md", b"x" * size, "text/markdown")
        return client.post("/api/v1/assets", {"file": file, "team": str(team.pk)})

    allow(owner, team, disk_mb=1)
    assert bring(900_000).status_code == 201
    refused = bring(200_000)
    assert refused.status_code == 429
    assert refused.json()["type"] == "/problems/quota"
    assert "may keep 1 MB and has 0, so there is no room for 1 more" in refused.json()["detail"]
    with pytest.raises(QuotaReached, match="no room for 1 more"):
        uploads.start(actor=owner, team=team, length=200_000)
    submit()  # there is room for something
    allow(owner, team, disk_mb=0)
    with pytest.raises(QuotaReached, match="no room"):
        submit()


def test_owners_alone_set_them_and_it_is_noted(owner: Actor, team: Team, bob: User) -> None:
    with pytest.raises(NotAllowed):
        allow(Actor.of(bob), team, jobs_a_day=1_000)
    with pytest.raises(InvalidInputs):
        allow(owner, team, jobs_a_day=-1)
    allow(owner, team, jobs_a_day=7)
    assert AuditEntry.objects.filter(team=team, verb="team.quotas").count() == 1


def test_the_page_tells_and_sets(owner: Actor, team: Team, bob: User, submit: Submit) -> None:
    allow(owner, team, jobs_a_day=1)
    submit()
    seen = Client()
    seen.force_login(bob)
    session = seen.session
    session[TEAM_KEY] = str(team.pk)
    session.save()
    page = seen.get("/team/quotas/").content.decode()
    assert "1 of 1" in page
    assert "Used up" in page
    assert 'name="jobs_a_day"' not in page
    assert seen.post("/team/quotas/", {"jobs_a_day": "9"}).status_code == 403
