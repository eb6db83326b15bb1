"""submit: what is accepted, what is refused, and that asking twice gives one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from studio.catalog.models import ModelCard, ModelState
from studio.feeds.models import Event
from studio.feeds.read import after
from studio.jobs import actions
from studio.jobs.models import IdempotencyKey, Job, Node
from studio.problems import Conflict, InvalidInputs, NoNode, Problem, UnknownTool
from studio.teams.models import Team, User
from studio.teams.rights import Actor, NotAllowed, NotThere


def test_it_works(submit: Callable[..., Job], team: Team, bob: User) -> None:
    job = submit(prompt="a red barn\nin the snow")
    assert (job.state, job.team, job.author, job.lane, job.tool_version) == ("queued", team, bob, "make", 1)
    assert job.title == "a red barn"
    assert isinstance(job.inputs["seed"], int), "the seed is resolved when the job is stored"
    assert [e["state"] for e in after(f"job:{job.pk}", 0)] == ["queued"]
    assert Event.objects.filter(feed=f"team:{team.pk}", data__job=str(job.pk)).count() == 1


def test_without_a_team_it_goes_to_the_personal_one(bob: User) -> None:
    job = actions.submit(actor=Actor.of(bob), tool="test.nothing", inputs={})
    assert job.team.personal_of == bob


def test_who_may_not(team: Team, charlie: User, join: Callable[[str, str], User]) -> None:
    with pytest.raises(NotThere):
        actions.submit(actor=Actor.of(charlie), tool="test.nothing", inputs={}, team=team)
    for role in ("viewer", "reviewer"):
        with pytest.raises(NotAllowed):
            actions.submit(actor=Actor.of(join(role, role)), tool="test.nothing", inputs={}, team=team)
    assert not Job.objects.exists()


def test_what_the_model_cannot_take_is_said_beside_its_field(bob: User, team: Team, node: Node) -> None:
    ModelCard.objects.create(
        name="pocket", task="text-to-image", format="pocket", state=ModelState.INSTALLED, digest="sha256:p"
    )
    inputs = {"prompt": "a cat", "sampler": "euler-ancestral"}
    with pytest.raises(InvalidInputs, match="These do: default, euler") as caught:
        actions.submit(actor=Actor.of(bob), tool="image.generate", inputs=inputs, team=team)
    assert [error["loc"] for error in caught.value.errors] == [["sampler"]]


@pytest.mark.parametrize(
    ("inputs", "field"),
    [
        ({}, "prompt"),
        ({"prompt": ""}, "prompt"),
        ({"prompt": "x", "steps": 0}, "steps"),
        ({"prompt": "x", "steps": "many"}, "steps"),
        ({"prompt": "x", "seed": -1}, "seed"),
        ({"prompt": "x", "seed": 2**32}, "seed"),
        ({"prompt": "x" * 20_001}, "prompt"),
        ({"prompt": "x", "colour": "red"}, "colour"),
    ],
)
def test_bad_inputs_say_which_field(
    submit: Callable[..., Job], bob: User, team: Team, inputs: dict[str, object], field: str
) -> None:
    with pytest.raises(InvalidInputs) as caught:
        actions.submit(actor=Actor.of(bob), tool="test.paint", inputs=inputs, team=team)
    assert [error["loc"] for error in caught.value.errors] == [[field]]
    assert len(str(caught.value.errors[0]["input"])) <= 201
    assert not Job.objects.exists()


def test_unknown_tool_names_those_there_are(bob: User) -> None:
    with pytest.raises(UnknownTool, match=r"test\.paint"):
        actions.submit(actor=Actor.of(bob), tool="image.conjure", inputs={})


def test_an_asset_that_is_not_yours_is_not_there(bob: User, team: Team) -> None:
    with pytest.raises(InvalidInputs) as caught:
        actions.submit(
            actor=Actor.of(bob),
            tool="test.invert",
            inputs={"image": "00000000-0000-7000-8000-000000000001"},
            team=team,
        )
    assert caught.value.errors[0]["loc"] == ["image"]


def test_a_need_no_node_could_meet_is_refused_with_the_need(submit: Callable[..., Job], node: Node) -> None:
    with pytest.raises(NoNode, match=r"100\.0 GB"):
        submit("test.greedy", gigabytes=100)
    with pytest.raises(NoNode, match="CUDA"):
        submit("test.greedy", cuda=True)


def test_a_node_that_is_away_is_waited_for(submit: Callable[..., Job], node: Node) -> None:
    Node.objects.update(paused=True)
    assert submit("test.greedy", gigabytes=1).state == "queued"


def test_before_any_node_has_reported_all_is_accepted(submit: Callable[..., Job]) -> None:
    assert submit("test.greedy", gigabytes=100).state == "queued"


def test_same_key_same_body_is_the_same_job(bob: User, team: Team) -> None:
    actor = Actor.of(bob)
    first = actions.submit(
        actor=actor, tool="test.paint", inputs={"prompt": "x"}, team=team, idempotency_key="k"
    )
    again = actions.submit(
        actor=actor, tool="test.paint", inputs={"prompt": "x"}, team=team, idempotency_key="k"
    )
    assert first.pk == again.pk
    assert Job.objects.count() == IdempotencyKey.objects.count() == 1
    with pytest.raises(Conflict):
        actions.submit(actor=actor, tool="test.paint", inputs={"prompt": "y"}, team=team, idempotency_key="k")


def test_a_key_is_one_persons(bob: User, alice: User, team: Team) -> None:
    one = actions.submit(actor=Actor.of(bob), tool="test.nothing", inputs={}, team=team, idempotency_key="k")
    two = actions.submit(
        actor=Actor.of(alice), tool="test.nothing", inputs={}, team=team, idempotency_key="k"
    )
    assert one.pk != two.pk


def test_raised_priority_needs_a_manager(bob: User, alice: User, team: Team) -> None:
    with pytest.raises(NotAllowed):
        actions.submit(actor=Actor.of(bob), tool="test.nothing", inputs={}, team=team, priority=5)
    job = actions.submit(actor=Actor.of(alice), tool="test.nothing", inputs={}, team=team, priority=5)
    assert job.priority == 5
    with pytest.raises(Problem):
        actions.submit(actor=Actor.of(alice), tool="test.nothing", inputs={}, team=team, priority=11)


def test_what_nobody_says_is_the_models_own(submit: Callable[..., Job]) -> None:
    ModelCard.objects.create(
        name="quick",
        title="Quick",
        task="text-to-image",
        format="diffusers",
        state=ModelState.INSTALLED,
        digest="sha256:quick",
        path="/nowhere/quick",
        meta={"native": 512, "defaults": {"steps": 4, "guidance": 0.0, "context": 7}},
    )

    def asked(**inputs: object) -> tuple[object, ...]:
        said = submit("image.generate", prompt="a cat", **inputs).inputs
        return said["steps"], said["guidance"], said["width"]

    assert asked(model="quick") == (4, 0.0, 512)
    assert asked(model="quick", steps=9, width=256) == (9, 0.0, 256)
    assert asked() == (4, 0.0, 512), "it is the default model here"
