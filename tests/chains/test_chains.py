"""A chain from an asset's history: kept, run with other words, stopped, gone on with; never a step twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from studio.chains import actions
from studio.chains.actions.advance import advance_all, ended
from studio.chains.derive import steps_of
from studio.chains.models import Chain, ChainRun, ChainStep
from studio.chains.steps import Result, arranged, read
from studio.gallery.models import Asset
from studio.jobs import actions as jobs
from studio.jobs.actions import Slot
from studio.jobs.models import Job
from studio.notices.models import Notice
from studio.problems import Conflict, InvalidInputs, QuotaReached
from studio.teams.models import Member, Team, User
from studio.teams.rights import Actor, NotAllowed, NotThere

pytestmark = pytest.mark.django_db
Work = Callable[[], Asset]
PAINT = {"tool": "test.paint", "inputs": {"prompt": {"kind": "blank", "value": "a boat"}}}
INVERT = {"tool": "test.invert", "inputs": {"image": {"kind": "asset", "step": 1}}}


@pytest.fixture
def me(bob: User) -> Actor:
    return Actor.of(bob)


@pytest.fixture
def kept(me: Actor, team: Team) -> Chain:
    return actions.save(actor=me, team=team, name="Dark", chain=read([PAINT, INVERT]))


def waiting() -> Job:
    return Job.objects.get(state="queued")


def fail(slot: Slot) -> Job:
    """The job whose turn it is goes wrong."""
    job = jobs.claim(slot)
    assert job is not None
    jobs.finish(job, state="failed", error={"kind": "dislike", "message": "No boats.", "retryable": True})
    return job


def test_the_history_of_a_picture_runs_again_with_another_word(me: Actor, team: Team, work: Work) -> None:
    jobs.submit(actor=me, tool="test.paint", inputs={"prompt": "a boat", "steps": 3, "seed": 7}, team=team)
    boat = work()
    jobs.submit(actor=me, tool="test.invert", inputs={"image": str(boat.pk)}, team=team, parent=str(boat.pk))
    dark = work()

    found = steps_of(me, dark)
    assert [step.tool for step in found] == ["test.paint", "test.invert"]
    first, second = (step.model_dump() for step in found)
    assert first["inputs"] == {
        "prompt": {"kind": "blank", "value": "a boat"},
        "steps": {"kind": "kept", "value": 3},
    }, "the seed is left to chance, defaults to the tool"
    assert second["inputs"]["image"] == second["revises"] == {"kind": "asset", "step": 1, "index": 0}

    chain = actions.save(actor=me, team=team, name=" Dark  boats ", chain=found)
    assert chain.name == "Dark boats"
    run = actions.run(actor=me, chain=chain, given={"1.prompt": "a house"})
    assert waiting().inputs["prompt"] == "a house"
    house = work()
    assert waiting().inputs["image"] == str(house.pk)
    assert waiting().parent_id == house.pk
    darker = work()
    run.refresh_from_db()
    assert run.state == "succeeded"
    assert darker.stack == house.stack
    assert not Job.objects.filter(state="queued").exists()


def test_words_of_a_text_go_on(me: Actor, team: Team, work: Work) -> None:
    words = "A lighthouse in the storm, seen from the sea"
    jobs.submit(actor=me, tool="test.echo", inputs={"prompt": words}, team=team)
    work()
    jobs.submit(actor=me, tool="test.paint", inputs={"prompt": words}, team=team)
    painted = work()
    found = steps_of(me, painted)
    assert found[1].model_dump()["inputs"]["prompt"] == {"kind": "text", "step": 1, "index": 0}
    chain = actions.save(actor=me, team=team, name="Told", chain=found)
    actions.run(actor=me, chain=chain, given={"1.prompt": "Another story"})
    work()
    assert waiting().inputs["prompt"] == "Another story"


def test_words_that_two_steps_share_are_asked_for_once(me: Actor, team: Team, work: Work) -> None:
    jobs.submit(actor=me, tool="test.paint", inputs={"prompt": "a boat"}, team=team)
    first = work()
    jobs.submit(actor=me, tool="test.paint", inputs={"prompt": "a boat"}, team=team, parent=str(first.pk))
    chain = actions.save(actor=me, team=team, name="Twice", chain=steps_of(me, work()))
    assert chain.steps[1]["inputs"]["prompt"] == {"kind": "same", "step": 1, "input": "prompt"}
    actions.run(actor=me, chain=chain, given={"1.prompt": "a car"})
    work()
    assert waiting().inputs["prompt"] == "a car"


def test_an_upload_is_asked_for(me: Actor, team: Team, work: Work, slot: Slot) -> None:
    jobs.submit(actor=me, tool="test.paint", inputs={"prompt": "a boat"}, team=team)
    upload = work()
    Asset.objects.filter(pk=upload.pk).update(tool="", facts={}, job_ref=None)
    jobs.submit(actor=me, tool="test.invert", inputs={"image": str(upload.pk)}, team=team)
    chain = actions.save(actor=me, team=team, name="Invert", chain=steps_of(me, work()))
    assert chain.steps == [
        {"tool": "test.invert", "inputs": {"image": {"kind": "blank", "value": None}}, "revises": None}
    ]
    with pytest.raises(InvalidInputs, match="filled in"):
        actions.run(actor=me, chain=chain, given={})
    actions.run(actor=me, chain=chain, given={"1.image": str(upload.pk)})
    upload.refresh_from_db()
    with pytest.raises(InvalidInputs, match="No tool"):
        steps_of(me, upload)


def test_a_step_is_submitted_once(me: Actor, kept: Chain, work: Work) -> None:
    run = actions.run(actor=me, chain=kept, given={})
    first = waiting()
    work()
    second = waiting()
    first.refresh_from_db()
    ended(first)
    advance_all()
    assert Job.objects.count() == 2
    with pytest.raises(IntegrityError), transaction.atomic():
        ChainStep.objects.create(run=run, number=2, job=first)
    assert waiting() == second


def test_the_sweeper_goes_on_where_nobody_did(me: Actor, kept: Chain, work: Work, slot: Slot) -> None:
    actions.run(actor=me, chain=kept, given={})
    asset = work()
    Job.objects.filter(state="queued").delete()  # as if the process had died before it
    advance_all()
    assert waiting().inputs["image"] == str(asset.pk)


def test_a_failed_step_stops_it_and_it_goes_on_after_a_retry(
    me: Actor, kept: Chain, work: Work, slot: Slot
) -> None:
    run = actions.run(actor=me, chain=kept, given={})
    with pytest.raises(Conflict):
        actions.go_on(actor=me, run=run)
    failed = fail(slot)
    run.refresh_from_db()
    assert (run.state, run.why) == ("failed", "Step 1 failed: No boats.")
    jobs.retry(actor=me, job=failed)
    asset = work()
    assert not Job.objects.filter(state="queued").exists(), "a retry alone goes nowhere"
    actions.go_on(actor=me, run=run)
    assert waiting().inputs["image"] == str(asset.pk)
    fail(slot)
    actions.go_on(actor=me, run=run)  # retries it
    work()
    run.refresh_from_db()
    assert (run.state, run.why) == ("succeeded", "")
    assert Job.objects.filter(retry_of__isnull=False).count() == 2


def test_stopped(me: Actor, kept: Chain, work: Work) -> None:
    run = actions.run(actor=me, chain=kept, given={})
    actions.cancel(actor=me, run=run)
    assert Job.objects.get().state == "cancelled"
    run.refresh_from_db()
    assert run.state == "cancelled"
    actions.go_on(actor=me, run=run)
    work()
    jobs.cancel(actor=me, job=waiting())
    run.refresh_from_db()
    assert (run.state, run.why) == ("cancelled", "Step 2 was stopped.")


def test_whoever_began_it_is_told_how_it_ended(
    me: Actor, kept: Chain, work: Work, slot: Slot, join: Callable[[str, str], User]
) -> None:
    run = actions.run(actor=me, chain=kept, given={})
    fail(slot)
    actions.go_on(actor=me, run=run)
    work()
    assert Notice.objects.count() == 1, "nothing is told on the way"
    work()
    told = Notice.objects.order_by("pk").values_list("person__name", "kind", "title", "text", "link", "about")
    page, about = f"/chains/runs/{run.pk}/", f"chain-run:{run.pk}"
    assert list(told) == [
        ("Bob", "chain.failed", "“Dark” has failed", "Step 1 failed: No boats.", page, about),
        ("Bob", "chain.succeeded", "“Dark” is done", "", page, about),
    ]
    actions.cancel(actor=me, run=actions.run(actor=me, chain=kept, given={}))
    assert Notice.objects.count() == 2, "they stopped it themselves"
    other = actions.run(actor=me, chain=kept, given={})
    actions.cancel(actor=Actor.of(join("Mia", "manager")), run=other)
    newest = Notice.objects.latest("pk")
    assert (newest.person, newest.title, newest.text) == (me.user, "“Dark” was stopped", "It was stopped.")


def test_a_key_begins_one_run(me: Actor, kept: Chain, team: Team, work: Work) -> None:
    def begin(word: str, key: str) -> ChainRun:
        return actions.run(actor=me, chain=kept, given={"1.prompt": word}, idempotency_key=key)

    first = begin("a house", "k")
    work()
    actions.change(actor=me, chain=kept, to=read([PAINT]))
    assert begin("a house", "k") == first, "though the template is another now"
    assert ChainRun.objects.count() == 1
    with pytest.raises(Conflict, match="Idempotency-Key was used"):
        begin("a car", "k")
    with pytest.raises(Conflict):
        jobs.submit(actor=me, tool="test.paint", inputs={"prompt": "x"}, team=team, idempotency_key="k")
    assert begin("a house", "other") != first
    with pytest.raises(InvalidInputs):
        begin("", "failed")
    assert begin("a car", "failed"), "what began nothing used no key up"


def test_what_is_refused_stops_the_run_and_not_the_job_before(
    me: Actor, team: Team, kept: Chain, work: Work
) -> None:
    Team.objects.filter(pk=team.pk).update(jobs_a_day=1)
    run = actions.run(actor=me, chain=kept, given={})
    work()
    run.refresh_from_db()
    assert Job.objects.get().state == "succeeded"
    assert run.state == "failed"
    assert run.why.startswith("Step 2 cannot begin: Harbour may submit 1 jobs a day")
    with pytest.raises(QuotaReached):
        actions.run(actor=me, chain=actions.get_visible(me, kept.pk), given={})
    assert ChainRun.objects.count() == 1
    Team.objects.filter(pk=team.pk).update(jobs_a_day=None)
    actions.go_on(actor=me, run=actions.get_visible_run(me, run.pk))
    assert waiting().tool == "test.invert"


def test_whoever_began_it_has_left(me: Actor, team: Team, kept: Chain, work: Work, bob: User) -> None:
    run = actions.run(actor=me, chain=kept, given={})
    Member.objects.filter(team=team, user=bob).delete()
    work()
    run.refresh_from_db()
    assert run.state == "failed"
    assert run.why.startswith("Step 2 cannot begin")


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([], "1 to 12 steps"),
        ([PAINT] * 13, "1 to 12 steps"),
        ([INVERT], "Only an earlier step"),
        ([{"tool": "test.none"}], "test.none"),
        ([{"tool": "test.paint"}], "needs this input"),
        ([PAINT, {**PAINT, "inputs": {**PAINT["inputs"], "brush": {"kind": "kept", "value": 1}}}], "brush"),  # type: ignore[dict-item]
        ([{**PAINT, "tool": "test.echo"}, INVERT], "makes no image"),
        ([PAINT, {"tool": "test.paint", "inputs": {"prompt": {"kind": "text", "step": 1}}}], "writes no text"),
        ([PAINT, {"tool": "test.paint", "inputs": {"prompt": {"kind": "asset", "step": 1}}}], "takes no asset"),
        ([PAINT, {"tool": "test.paint", "inputs": {"prompt": {"kind": "same", "step": 1, "input": "x"}}}], "such"),
    ],
)  # fmt: skip
def test_what_is_no_chain(me: Actor, team: Team, rows: list[Any], why: str) -> None:
    with pytest.raises(InvalidInputs, match=why):
        actions.save(actor=me, team=team, name="x", chain=read(rows))
    assert not Chain.objects.exists()


def test_changed_deleted_and_taken_back(
    me: Actor, team: Team, kept: Chain, charlie: User, join: Callable[[str, str], User]
) -> None:
    actions.change(actor=me, chain=kept, name="Darker", to=read([PAINT]))
    assert len(Chain.objects.get().steps) == 1
    actions.delete(actor=me, chain=kept)
    with pytest.raises(NotThere):
        actions.get_visible(me, kept.pk)
    other = actions.save(actor=me, team=team, name="Darker", chain=read([PAINT]))
    with pytest.raises(Conflict):
        actions.restore(actor=me, chain=kept)
    actions.change(actor=me, chain=other, name="Other")
    actions.restore(actor=me, chain=actions.get_visible(me, kept.pk, deleted=True))
    assert actions.visible(me).count() == 2
    with pytest.raises(NotThere):
        actions.get_visible(Actor.of(charlie), kept.pk)
    with pytest.raises(NotAllowed):
        actions.delete(actor=Actor.of(join("Vera", "viewer")), chain=kept)
    with pytest.raises(NotAllowed):
        actions.run(actor=Actor.of(join("Rita", "reviewer")), chain=kept, given={})


def test_steps_change_places(me: Actor, team: Team) -> None:
    """What takes from a step goes on taking from it; where that comes later, it is refused and not bent."""
    echo = {"tool": "test.echo", "inputs": {"prompt": {"kind": "blank", "value": "x"}}}
    again = {**INVERT, "revises": {"kind": "asset", "step": 1}}
    found = arranged(read([PAINT, echo, again]), [2, 1, 3])
    assert [step.tool for step in found] == ["test.echo", "test.paint", "test.invert"]
    assert found[2].inputs["image"] == found[2].revises == Result(kind="asset", step=2, index=0)
    assert actions.save(actor=me, team=team, name="Moved", chain=found)
    back = arranged(found, [1, 3, 2])
    assert back[1].inputs["image"] == Result(kind="asset", step=3, index=0)
    with pytest.raises(InvalidInputs, match="Only an earlier step"):
        actions.save(actor=me, team=team, name="Before it is there", chain=back)
    assert arranged(back, [1, 3, 2]) == found
