"""Pages of the queue, of one job and of the nodes."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from studio.jobs import actions
from studio.jobs.actions import Slot
from studio.jobs.models import Job, Node
from studio.teams.models import Team, User
from studio.teams.rights import Actor

pytestmark = pytest.mark.django_db
Submit = Callable[..., Job]


def browser(user: User, team: Team) -> Client:
    client = Client()
    client.force_login(user)
    client.get("/team/", {"team": str(team.pk)})
    session = client.session
    session["team"] = str(team.pk)
    session.save()
    return client


def shown(client: Client, path: str = "/queue/", status: int = 200, part: str = "") -> str:
    answer = client.get(path, headers={"X-Fragment": part} if part else None)
    assert answer.status_code == status
    return answer.content.decode()


def rows(html: str) -> list[str]:
    return re.findall(r'<li data-job="([^"]+)" data-group', html)


def test_waiting_in_order_with_reasons(bob: User, team: Team, node: Node, submit: Submit) -> None:
    first, second = submit(prompt="a red boat"), submit(prompt="a blue boat")
    html = shown(browser(bob, team))
    assert rows(html) == [str(first.pk), str(second.pk)]
    assert "Next." in html
    assert "After one other." in html
    assert "0 running, 2 waiting" in html


def test_without_a_node_it_says_so(bob: User, team: Team, submit: Submit) -> None:
    submit()
    html = shown(browser(bob, team))
    assert "No node has reported yet." in html


def test_running_first_with_progress(bob: User, team: Team, slot: Slot, submit: Submit) -> None:
    submit(prompt="a red boat")
    job = actions.claim(slot)
    assert job is not None
    actions.record(job, "progress", {"step": 1, "total": 4, "progress": 0.25, "eta_s": 6.0})
    html = shown(browser(bob, team))
    assert 'aria-valuenow="25"' in html
    assert f'data-cancel="{job.pk}"' in html
    assert "on juniper" in html
    assert "6 s" in html


def test_failed_with_its_reason_and_ways_out(bob: User, team: Team, slot: Slot, submit: Submit) -> None:
    submit(prompt="a red boat")
    job = actions.claim(slot)
    assert job is not None
    error = {"kind": "tool", "message": "Red is out of stock.", "retryable": True}
    actions.finish(job, state="failed", error=error)
    client = browser(bob, team)
    html = shown(client)
    assert "Red is out of stock." in html
    assert f'data-retry="{job.pk}"' in html
    assert "/create/test.paint/?prompt=a+red+boat" in html
    page = shown(client, f"/jobs/{job.pk}/")
    assert "Red is out of stock." in page
    assert "Trying again may work." in page
    # Cleared, it is off this person's view; the job stays.
    client.post("/queue/clear/")
    assert "Red is out of stock." not in shown(client)
    assert Job.objects.filter(pk=job.pk).exists()


def test_jobs_of_a_batch_are_one_row(bob: User, team: Team, node: Node) -> None:
    actions.submit_batch(
        actor=Actor.of(bob), tool="test.paint", inputs={"prompt": "a boat"}, team=team, count=3
    )
    html = shown(browser(bob, team))
    assert len(rows(html)) == 1
    assert "3 jobs" in html
    assert 'data-verb="pause"' in html


def test_who_may_move(
    alice: User, bob: User, team: Team, node: Node, submit: Submit, join: Callable[[str, str], User]
) -> None:
    first, second = submit(), submit()
    own = shown(browser(bob, team))
    assert f'data-move="{second.pk}" data-before="{first.pk}"' in own
    assert f'data-move="{first.pk}" data-before=""' in own
    dora = join("Dora", "creator")
    assert "data-move" not in shown(browser(dora, team))  # not theirs
    assert "data-move" in shown(browser(alice, team))  # a manager, or more


def test_only_what_changes(bob: User, team: Team, submit: Submit) -> None:
    submit()
    html = shown(browser(bob, team), part="all")
    assert "<html" not in html
    assert "q-sum" in html


def test_an_empty_queue_says_what_to_do(bob: User, team: Team) -> None:
    html = shown(browser(bob, team))
    assert "Nothing runs and nothing waits" in html
    assert "Make something" in html


def test_a_job_waits_runs_and_is_done(bob: User, team: Team, slot: Slot, submit: Submit) -> None:
    job = submit(prompt="a red boat", seed=7)
    client = browser(bob, team)
    page = shown(client, f"/jobs/{job.pk}/")
    assert "Next." in page
    assert "Cancel" in page
    claimed = actions.claim(slot)
    assert claimed is not None
    assert "Stop" in shown(client, f"/jobs/{job.pk}/")
    actions.finish(claimed, state="succeeded")
    page = shown(client, f"/jobs/{job.pk}/")
    assert "Done" in page
    assert f'data-retry="{job.pk}"' in page


def test_a_job_of_others_is_not_there(charlie: User, bob: User, team: Team, submit: Submit) -> None:
    job = submit(prompt="ours alone")
    client = browser(charlie, team)
    assert "ours alone" not in shown(client, f"/jobs/{job.pk}/", status=404)
    assert "ours alone" not in shown(client)


def test_nodes_as_readings(bob: User, team: Team, node: Node) -> None:
    Node.objects.create(
        name="heron", device="cuda", memory_bytes=10**10, seen_at=timezone.now() - timedelta(hours=1)
    )
    html = shown(browser(bob, team), "/nodes/")
    assert "juniper" in html
    assert "Away since" in html
    assert "Pause" not in html  # the operator's alone


def test_a_node_names_no_job_of_other_teams(
    charlie: User, team: Team, node: Node, slot: Slot, submit: Submit
) -> None:
    submit(prompt="ours alone")
    job = actions.claim(slot)
    assert job is not None
    Node.objects.update(slots=[{"slot": "make-0", "lane": "make", "job": str(job.pk)}])
    html = shown(browser(charlie, team), "/nodes/")
    assert "A job of others" in html
    assert "ours alone" not in html


def test_an_operator_pauses_a_node(bob: User, team: Team, node: Node, slot: Slot, submit: Submit) -> None:
    submit()
    assert browser(bob, team).post("/nodes/juniper/pause/", {"paused": "1"}).status_code == 403
    User.objects.filter(pk=bob.pk).update(operator=True)
    client = browser(bob, team)
    client.post("/nodes/juniper/pause/", {"paused": "1"})
    assert actions.claim(slot) is None
    assert "Paused" in shown(client, "/nodes/")
    client.post("/nodes/juniper/pause/", {"paused": "0"})
    assert actions.claim(slot) is not None
    assert client.post("/nodes/nowhere/pause/", {"paused": "1"}).status_code == 404
