"""A team's own words: who sets them, and what they do."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from studio.problems import InvalidInputs, Refused
from studio.safety.actions import blocked_words, set_blocked_words
from studio.safety.screen import screen
from studio.teams.actions import create_team, create_user
from studio.teams.models import AuditEntry, Member, User
from studio.teams.rights import Actor, NotAllowed, NotThere

pytestmark = pytest.mark.django_db


def test_it_works(person: User) -> None:
    team = create_team(actor=Actor.of(person), name="T")
    actor = Actor.of(person)
    kept = set_blocked_words(actor=actor, team=team, words=[" Project  Heron ", "gore", "gore", ""])
    assert kept == ["Project Heron", "gore"] == blocked_words(actor, team)
    with pytest.raises(Refused):
        screen({"prompt": "project heron"}, team=team, user=person)
    assert AuditEntry.objects.filter(team=team, verb="team.policy").exists()
    set_blocked_words(actor=actor, team=team, words=[])
    screen({"prompt": "project heron"}, team=team, user=person)


@pytest.mark.parametrize("words", [["x" * 81], ["!!!"], [f"w{n}" for n in range(501)]])
def test_words_that_are_none(person: User, words: list[str]) -> None:
    team = create_team(actor=Actor.of(person), name="T")
    with pytest.raises(InvalidInputs):
        set_blocked_words(actor=Actor.of(person), team=team, words=words)


def test_who_may_not(person: User) -> None:
    team = create_team(actor=Actor.of(person), name="T")
    bob, otto = (
        create_user(email="b@example.org", name="Bob"),
        create_user(email="o@example.org", name="Otto"),
    )
    Member.objects.create(team=team, user=bob, role="creator")
    for user, error in ((bob, NotAllowed), (otto, NotThere)):
        with pytest.raises(error):
            set_blocked_words(actor=Actor.of(user), team=team, words=["x"])
        with pytest.raises(error):
            blocked_words(Actor.of(user), team)


def test_over_the_api(person: User) -> None:
    team = create_team(actor=Actor.of(person), name="T")
    client = Client()
    client.force_login(person)
    url = f"/api/v1/teams/{team.pk}/policy"
    answer = client.put(url, json.dumps({"blocked_words": ["gore"]}), content_type="application/json")
    assert answer.status_code == 200, answer.content
    assert client.get(url).json() == {"blocked_words": ["gore"]}
    with pytest.raises(Refused):
        screen({"prompt": "gore"}, team=team, user=person)
    told = client.get(f"/api/v1/teams/{team.pk}/flags").json()["items"]
    assert [(flag["rule"], flag["thing"]) for flag in told] == [("team-words", "prompt")]
