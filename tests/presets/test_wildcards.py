"""Wildcards: lists of a team's that prompts draw from."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from studio.jobs import actions as jobs
from studio.jobs.models import Job
from studio.presets import actions
from studio.presets.models import Wildcard
from studio.presets.wordings import counts
from studio.problems import Conflict, InvalidInputs
from studio.teams.actions import create_team
from studio.teams.models import Team, User
from studio.teams.rights import Actor, NotAllowed

pytestmark = pytest.mark.django_db


def test_a_batch_draws_from_them(alice: User, team: Team) -> None:
    actor = Actor.of(alice)
    actions.save_wildcard(actor, team, "colour", "red\n\n  blue \r\n")
    actions.save_wildcard(actor, team, "thing", "{old|new} lamp\n__colour__ door")
    batch = jobs.submit_batch(
        actor=actor, tool="test.paint", inputs={}, prompts="a __thing__ and __nobody__", team=team
    )
    said = Job.objects.filter(batch=batch).order_by("batch_index").values_list("inputs__prompt", flat=True)
    assert list(said) == [
        f"a {thing} and __nobody__" for thing in ("old lamp", "new lamp", "red door", "blue door")
    ]
    drawn = jobs.submit_batch(
        actor=actor, tool="test.paint", inputs={}, prompts="a __thing__", draw=2, draw_seed=5, team=team
    )
    assert drawn.total == 2


def test_another_teams_are_no_lists_here(alice: User, team: Team) -> None:
    actor = Actor.of(alice)
    other = create_team(actor=actor, name="Other")
    actions.save_wildcard(Actor.of(alice), other, "colour", "red\nblue")
    batch = jobs.submit_batch(
        actor=Actor.of(alice), tool="test.paint", inputs={}, prompts="__colour__", team=team
    )
    assert batch.total == 1


@pytest.mark.parametrize(
    ("name", "text", "field"),
    [
        ("", "a", "name"),
        ("_a", "a", "name"),
        ("a/b", "a", "name"),
        ("a" * 41, "a", "name"),
        ("a", " \n ", "text"),
        ("a", "x\n" * 2001, "text"),
        ("a", "one\n__a__", "text"),
        ("a", "{9$$x|y}", "text"),
    ],
)
def test_refused_in_words(name: str, text: str, field: str, alice: User, team: Team) -> None:
    with pytest.raises(InvalidInputs) as refused:
        actions.save_wildcard(Actor.of(alice), team, name, text)
    assert refused.value.errors[0]["loc"] == [field]
    assert not Wildcard.objects.exists()


def test_a_change_that_would_lead_in_a_circle_keeps_what_was(alice: User, team: Team) -> None:
    actor = Actor.of(alice)
    one = actions.save_wildcard(actor, team, "one", "x")
    actions.save_wildcard(actor, team, "two", "__one__")
    with pytest.raises(InvalidInputs, match="itself"):
        actions.save_wildcard(actor, team, "one", "__two__", one)
    assert Wildcard.objects.get(pk=one.pk).text == "x"
    with pytest.raises(Conflict):
        actions.save_wildcard(actor, team, "two", "x", one)


def test_rights(team: Team, client: Client, alice: User, join: Callable[[str, str], User]) -> None:
    with pytest.raises(NotAllowed):
        actions.save_wildcard(Actor.of(join("Vera", "viewer")), team, "a", "x")
    client.force_login(alice)
    made = client.post(
        "/api/v1/wildcards",
        {"team": str(team.pk), "name": "tree", "text": "oak\n{elm|ash}"},
        content_type="application/json",
    )
    assert made.status_code == 201, made.content
    assert made.json()["wordings"] == 3
    assert client.get(f"/api/v1/wildcards?team={team.pk}").json()["items"] == [made.json()]
    plan = client.post(
        "/api/v1/batches?dry_run=true",
        {"team": str(team.pk), "tool": "test.paint", "prompts": "{a|b} __tree__"},
        content_type="application/json",
    )
    assert plan.json()["total"] == 6
    assert counts(actions.lists_of(team)) == {"tree": [1, 2]}
