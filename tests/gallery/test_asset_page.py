"""The page of one asset: facts, family, safe words, who may do what."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from studio.gallery import actions
from studio.gallery.models import Asset
from studio.teams.models import User
from studio.teams.rights import Actor
from tests.gallery.conftest import People

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
MakeAsset = Callable[..., Asset]
FACTS = {
    "tool": "image.generate",
    "inputs": {"prompt": "A red boat", "seed": 77, "steps": 9, "guidance": 6.5, "negative_prompt": "people"},
    "model": {"name": "pocket-image", "digest": "sha256:0"},
    "node": "juniper",
}


def page(client: Client, asset: Asset, status: int = 200) -> str:
    answer = client.get(f"/assets/{asset.pk}/")
    assert answer.status_code == status
    return answer.content.decode()


def test_it_says_how_it_was_made(people: People, picture: Callable[..., Path], signed_in: SignIn) -> None:
    made = actions.add(
        team=people.team,
        author=people.carol,
        path=picture(),
        title="Boat",
        prompt="A red boat",
        facts=FACTS,
        tool="image.generate",
        model="pocket-image",
    )
    html = page(signed_in(people.carol), made)
    for words in ("A red boat", "77", "Guidance", "6.5", "people", "pocket-image", "In the file", "40 × 30"):
        assert words in html
    assert f"/create/image.generate/?from={made.pk}" in html  # Revise
    assert 'download="boat.png"' in html


def test_a_text_is_shown_as_safe_markdown(people: People, asset: MakeAsset, signed_in: SignIn) -> None:
    text = (
        '# A log\n\n**Wind** [x](javascript:alert(1)) ![p](http://e.example/p.png)\n\n<b onclick="x()">hi</b>'
    )
    html = page(signed_in(people.victor), asset(text))
    assert "<h1>A log</h1>" in html
    assert "<strong>Wind</strong>" in html
    assert 'href="javascript' not in html
    assert "<b onclick" not in html
    assert 'src="http://e.example' not in html


def test_parents_and_children(people: People, asset: MakeAsset, signed_in: SignIn) -> None:
    parent = asset(title="First words")
    child = asset(title="Second words", parents=[(parent.pk, "parent")])
    assert "Second words" in page(signed_in(people.victor), parent)
    assert "First words" in page(signed_in(people.victor), child)


def test_a_relative_that_one_may_not_see_is_not_told(
    people: People, asset: MakeAsset, signed_in: SignIn
) -> None:
    parent = asset(title="A private answer", listed=False)
    child = asset(title="Kept", parents=[(parent.pk, "parent")])
    assert "A private answer" in page(signed_in(people.carol), child)
    assert "A private answer" not in page(signed_in(people.victor), child)


def test_every_input_can_be_used_again(people: People, asset: MakeAsset, signed_in: SignIn) -> None:
    reference = asset(title="Dunes")
    private = asset(title="A private picture", listed=False)
    facts = {
        "tool": "image.generate",
        "inputs": {"prompt": "A boat", "seed": 7, "reference": str(reference.pk), "control": str(private.pk)},
    }
    made = asset(tool="image.generate", model="pocket-image", prompt="A boat", facts=facts)
    html = page(signed_in(people.carol), made)
    for name in ("prompt", "seed", "reference"):
        assert f"/create/image.generate/?inputs={made.pk}&amp;only={name}" in html
    assert f'href="/create/image.generate/?inputs={made.pk}"' in html  # all of them
    assert f"/assets/{reference.pk}/" in html
    assert "A private picture" in html
    theirs = page(signed_in(people.victor), made)
    assert "A private picture" not in theirs
    assert "not there for you" in theirs
    assert "/create/image.generate/?inputs=" not in theirs  # a viewer makes nothing


def test_what_changed_from_the_revision_before(people: People, asset: MakeAsset, signed_in: SignIn) -> None:
    first = asset(text="Wind north", facts={"inputs": {"seed": 1}})
    second = asset(text="Wind south", facts={"inputs": {"seed": 2}}, parents=[(first.pk, "parent")])
    asset(title="Their mask", listed=False, parents=[(second.pk, "parent")])
    html = page(signed_in(people.carol), second)
    assert "2 of 2" in html  # of a listed text, what is unlisted is no revision
    assert "<del> north</del><ins> south</ins>" in html
    assert "<del>1</del>" in html
    fragment = signed_in(people.victor).get(f"/assets/{first.pk}/diff/{second.pk}/").content.decode()
    assert "<del> south</del><ins> north</ins>" in fragment


def test_outside_the_team_it_is_not_there(people: People, asset: MakeAsset, signed_in: SignIn) -> None:
    html = page(signed_in(people.otto), asset(title="Ours alone"), status=404)
    assert "There is nothing here" in html
    assert "Ours alone" not in html


def test_buttons_follow_rights(people: People, asset: MakeAsset, signed_in: SignIn) -> None:
    made = asset(title="Boat")
    carol, victor = page(signed_in(people.carol), made), page(signed_in(people.victor), made)
    for button in ('data-do="delete"', 'id="title"', 'id="new-tag"', "/create/text.write/?from="):
        assert button in carol
        assert button not in victor


def test_in_the_bin_it_can_be_restored(people: People, asset: MakeAsset, signed_in: SignIn) -> None:
    made = asset()
    actions.delete(Actor.of(people.carol), [made])
    html = page(signed_in(people.carol), made)
    assert "This asset is in the bin." in html
    assert 'data-do="restore"' in html
