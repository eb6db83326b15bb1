"""Brand kits: what a team keeps, and the copy that a job is given."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from studio.gallery import actions as gallery
from studio.jobs import actions as jobs
from studio.jobs.models import Job
from studio.presets import brands
from studio.presets.models import Brand
from studio.problems import Conflict, InvalidInputs, Refused
from studio.safety.models import Flag, Policy
from studio.teams.actions import create_team
from studio.teams.models import Team, User
from studio.teams.rights import Actor, NotAllowed, NotThere
from tests.owning.test_teams import written

pytestmark = pytest.mark.django_db
LIGHT = brands.Given(
    "  Harbour   light ",
    [("#1F7A8C", "Sea"), ("#e07a5f", "")],
    tone="Warm and plain.",
    words=["harbour", " Harbour", "", "handmade"],
    avoid=["cheap", "guys"],
)


def test_it_works(bob: User, team: Team, charlie: User) -> None:
    actor = Actor.of(bob)
    made = brands.save(actor, team, LIGHT)
    assert (made.name, made.words, made.avoid) == (
        "Harbour light",
        ["harbour", "handmade"],
        ["cheap", "guys"],
    )
    assert made.colours == [{"value": "#1f7a8c", "name": "Sea"}, {"value": "#e07a5f", "name": ""}]
    with pytest.raises(Conflict, match="Harbour light"):
        brands.save(actor, team, brands.Given("Harbour light"))
    with pytest.raises(NotThere):
        brands.get_visible(Actor.of(charlie), made.pk)
    brands.save(actor, team, replace(brands.given_of(made), tone="Calm"), made)
    assert Brand.objects.get().tone == "Calm"


def test_deleted_and_taken_back(bob: User, team: Team) -> None:
    actor = Actor.of(bob)
    made = brands.save(actor, team, LIGHT)
    brands.delete(actor, made)
    with pytest.raises(NotThere):
        brands.get_visible(actor, made.pk)
    second = brands.save(actor, team, LIGHT)  # its name is free
    with pytest.raises(Conflict):
        brands.restore(actor, brands.get_visible(actor, made.pk, "preset.edit", deleted=True))
    brands.delete(actor, second)
    brands.restore(actor, brands.get_visible(actor, made.pk, "preset.edit", deleted=True))
    assert [one.pk for one in brands.of_team(team)] == [made.pk]
    Brand.objects.filter(pk=second.pk).update(deleted_at=timezone.now() - timedelta(days=31))
    assert brands.purge() == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "n" * 81}, "name"),
        ({"colours": [("teal", "")]}, "colours"),
        ({"colours": [("#1f7a8", "")]}, "colours"),
        ({"colours": [("#1f7a8c", "n" * 41)]}, "colours"),
        ({"colours": [("#1f7a8c", "")] * 13}, "colours"),
        ({"tone": "t" * 601}, "tone"),
        ({"words": ["w" * 61]}, "words"),
        ({"words": [f"word {n}" for n in range(51)]}, "words"),
        ({"avoid": [f"word {n}" for n in range(51)]}, "avoid"),
        ({"avoid": ["HARBOUR"]}, "avoid"),  # which is to be used
        ({"logo": uuid.uuid4()}, "logo"),
    ],
)
def test_refused_in_words(change: dict[str, Any], field: str, bob: User, team: Team) -> None:
    with pytest.raises(InvalidInputs) as refused:
        brands.save(Actor.of(bob), team, replace(LIGHT, **change))
    assert refused.value.errors[0]["loc"] == [field]
    assert not Brand.objects.exists()


def test_a_logo_is_a_picture_of_the_team(bob: User, team: Team, tmp_path: Path) -> None:
    actor = Actor.of(bob)
    text = written(team, bob, tmp_path, "No picture")
    with pytest.raises(InvalidInputs, match="picture"):
        brands.save(actor, team, replace(LIGHT, logo=text.pk))
    text.medium = "image"
    text.save(update_fields=["medium"])
    made = brands.save(actor, team, replace(LIGHT, logo=text.pk))
    assert made.logo_shown == text
    gallery.delete(actor, [text])
    kept = brands.get_visible(actor, made.pk)
    assert kept.logo_shown is None
    assert brands.save(actor, team, brands.given_of(kept), kept).logo_id == text.pk  # until it is gone


def test_a_job_keeps_the_kit_as_it_was(bob: User, team: Team) -> None:
    actor = Actor.of(bob)
    kit = brands.save(actor, team, LIGHT)
    asked = {"prompt": "two lines", "brand": str(kit.pk)}
    job = jobs.submit(actor=actor, tool="test.echo", inputs=asked, team=team)
    copy = {
        "id": str(kit.pk),
        "name": "Harbour light",
        "colours": [{"value": "#1f7a8c", "name": "Sea"}, {"value": "#e07a5f", "name": ""}],
        "tone": "Warm and plain.",
        "words": ["harbour", "handmade"],
        "avoid": ["cheap", "guys"],
    }
    assert job.inputs["brand"] == copy
    brands.save(actor, team, replace(brands.given_of(kit), tone="Loud!", avoid=[]), kit)
    assert jobs.retry(actor=actor, job=job).inputs["brand"] == copy
    assert (
        jobs.submit(actor=actor, tool="test.echo", inputs=asked, team=team).inputs["brand"]["tone"] == "Loud!"
    )
    brands.delete(actor, kit)
    assert jobs.retry(actor=actor, job=job).inputs["brand"] == copy
    again = jobs.submit(actor=actor, tool="test.echo", inputs=job.inputs, team=team)
    assert again.inputs["brand"] == copy, "a job's inputs can be asked for again as they are"


def test_a_word_that_kit_and_team_leave_out_is_no_word_that_was_asked_for(bob: User, team: Team) -> None:
    actor = Actor.of(bob)
    kit = brands.save(actor, team, LIGHT)
    Policy.objects.create(team=team, blocked_words=["cheap"])

    def ask(prompt: str) -> Job:
        return jobs.submit(
            actor=actor, tool="test.echo", inputs={"prompt": prompt, "brand": str(kit.pk)}, team=team
        )

    assert ask("two lines").inputs["brand"]["avoid"] == ["cheap", "guys"], (
        "the tool is told of it all the same"
    )
    assert jobs.submit(actor=actor, tool="test.echo", inputs={"prompt": "one"}, team=team)
    with pytest.raises(Refused) as refused:
        ask("A cheap line")
    assert refused.value.errors[0]["loc"] == ["prompt"]
    brands.save(actor, team, replace(brands.given_of(kit), words=["cheap"], avoid=[]), kit)
    with pytest.raises(Refused) as refused:  # a word to use is asked for
        ask("two lines")
    assert refused.value.errors[0]["loc"] == ["brand"]
    assert Flag.objects.count() == 2


def test_every_job_of_a_batch_keeps_it(bob: User, team: Team) -> None:
    actor = Actor.of(bob)
    kit = brands.save(actor, team, LIGHT)
    inputs = {"brand": str(kit.pk)}
    batch = jobs.submit_batch(actor=actor, tool="test.echo", inputs=inputs, prompts="{a|b|c}", team=team)
    names = Job.objects.filter(batch=batch).values_list("inputs__brand__name", flat=True)
    assert list(names) == ["Harbour light"] * 3


def test_a_kit_of_another_team_is_none_here(bob: User, team: Team) -> None:
    actor = Actor.of(bob)
    other = create_team(actor=actor, name="Other")
    kit = brands.save(Actor.of(bob), other, LIGHT)
    for id in (kit.pk, uuid.uuid4()):
        asked = {"prompt": "a", "brand": str(id)}
        with pytest.raises(InvalidInputs) as refused:
            jobs.submit(actor=Actor.of(bob), tool="test.echo", inputs=asked, team=team)
        assert refused.value.errors[0]["loc"] == ["brand"]
    assert not Job.objects.exists()


def test_api(team: Team, client: Client, alice: User, join: Callable[[str, str], User]) -> None:
    with pytest.raises(NotAllowed):
        brands.save(Actor.of(join("Vera", "viewer")), team, LIGHT)
    client.force_login(alice)

    def send(method: str, path: str, body: dict[str, Any]) -> Any:
        return client.generic(method, f"/api/v1/{path}", json.dumps(body), content_type="application/json")

    made = send(
        "POST",
        "brands",
        {"team": str(team.pk), "name": "Reef", "colours": [{"value": "#1F7A8C"}], "avoid": ["cheap"]},
    )
    assert made.status_code == 201, made.content
    kit = made.json()
    assert (kit["colours"], kit["logo"]) == ([{"value": "#1f7a8c", "name": ""}], None)
    assert client.get(f"/api/v1/brands?team={team.pk}").json()["items"] == [kit]
    changed = send("PATCH", f"brands/{kit['id']}", {"tone": "Calm", "logo": None}).json()
    assert (changed["tone"], changed["avoid"], changed["name"]) == ("Calm", ["cheap"], "Reef")
    wrong = send("PATCH", f"brands/{kit['id']}", {"colours": [{"value": "teal"}]})
    assert (wrong.status_code, wrong.json()["errors"][0]["loc"]) == (422, ["colours"])
    assert client.delete(f"/api/v1/brands/{kit['id']}").status_code == 204
    assert client.get(f"/api/v1/brands/{kit['id']}").status_code == 404
    assert send("POST", f"brands/{kit['id']}/restore", {}).json()["tone"] == "Calm"


def test_the_form_keeps_what_was_typed(team: Team, client: Client, alice: User) -> None:
    client.force_login(alice)
    own = alice.personal_team
    form = {
        "name": "Reef",
        "colour_value": ["#1f7a8c", "teal", ""],
        "colour_name": ["Sea", "Deep", ""],
        "words": "reef\r\ntide",
        "avoid": "",
        "tone": "Calm",
    }
    wrong = client.post("/brands/new/", form)
    assert wrong.status_code == 422
    for typed in ("Reef", "teal", "Deep", "reef\ntide", "six digits"):
        assert typed in wrong.content.decode()
    form["colour_value"] = ["#1f7a8c", "#0b3954", ""]
    assert client.post("/brands/new/", form).status_code == 302
    kit = Brand.objects.get(team=own)
    assert [colour["name"] for colour in kit.colours] == ["Sea", "Deep"]
    assert kit.words == ["reef", "tide"]
    assert "#0b3954" in client.get("/brands/").content.decode()
