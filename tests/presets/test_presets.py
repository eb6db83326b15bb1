"""Presets: inputs of a tool that a team keeps."""

from __future__ import annotations

import pytest

from studio.presets import actions
from studio.presets.models import Preset
from studio.problems import Conflict, InvalidInputs
from studio.teams.models import Team, User
from studio.teams.rights import Actor, NotThere

pytestmark = pytest.mark.django_db


def test_it_works(bob: User, team: Team, charlie: User) -> None:
    actor = Actor.of(bob)
    made = actions.save_preset(actor, team, "test.paint", "  Evening  light ", {"steps": 7})
    assert (made.name, made.inputs, made.tool) == ("Evening light", {"steps": 7}, "test.paint")
    again = actions.save_preset(actor, team, "test.paint", "Evening light", {"steps": 9})
    assert again.pk == made.pk
    assert Preset.objects.get().inputs == {"steps": 9}
    with pytest.raises(NotThere):
        actions.get_visible(Preset, Actor.of(charlie), made.pk)
    actions.delete(actor, again)
    assert not Preset.objects.exists()


def test_what_is_an_asset_is_left_out(bob: User, team: Team) -> None:
    inputs = {"image": "0190a1b2-0000-7000-8000-000000000000"}
    assert actions.save_preset(Actor.of(bob), team, "test.invert", "One", inputs).inputs == {}


@pytest.mark.parametrize(
    ("tool", "name", "inputs", "field"),
    [
        ("test.nobody", "A", {}, "tool"),
        ("test.paint", " ", {}, "name"),
        ("test.paint", "n" * 81, {}, "name"),
        ("test.paint", "A", {"wings": 2}, "inputs"),
    ],
)
def test_refused_in_words(
    tool: str, name: str, inputs: dict[str, int], field: str, bob: User, team: Team
) -> None:
    with pytest.raises(InvalidInputs) as refused:
        actions.save_preset(Actor.of(bob), team, tool, name, inputs)
    assert refused.value.errors[0]["loc"] == [field]
    assert not Preset.objects.exists()


def test_a_name_that_another_has(bob: User, team: Team) -> None:
    actor = Actor.of(bob)
    actions.save_preset(actor, team, "test.paint", "One", {})
    two = actions.save_preset(actor, team, "test.paint", "Two", {})
    with pytest.raises(Conflict, match="One"):
        actions.rename_preset(actor, two, "One")
    actions.rename_preset(actor, two, "Three")
    assert Preset.objects.get(pk=two.pk).name == "Three"
