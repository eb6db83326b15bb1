"""The Canvas page: what its form asks for, which assets it opens, what its scripts say."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from generators import registry
from generators.image.edit import LIMIT
from studio.gallery import actions
from studio.gallery.models import Asset
from studio.teams.actions import create_user
from studio.teams.models import User
from studio.teams.rights import Actor
from studio.workspace import canvas
from studio.workspace.words import words
from tests.gallery.conftest import png_bytes

SCRIPTS = Path(__file__).resolve().parents[2] / "static" / "js" / "canvas"
SAID = re.compile(r"""\b(?:say|saySoon)\((?:this\.#?\w+ \? )?"([a-z_]+)"(?: : "([a-z_]+)")?""")


@pytest.fixture
def person(db: None) -> User:
    return create_user(email="mara@example.org", name="Mara")


@pytest.fixture
def keep(person: User, tmp_path: Path) -> Callable[..., Asset]:
    def make(data: bytes, name: str) -> Asset:
        file = tmp_path / name
        file.write_bytes(data)
        return actions.upload(actor=Actor.of(person), team=person.personal_team, path=file, name=name)

    return make


@pytest.fixture
def client(person: User) -> Client:
    browser = Client()
    browser.force_login(person)
    return browser


def test_it_works(client: Client, keep: Callable[..., Asset]) -> None:
    asset = keep(png_bytes((40, 30)), "Harbour.png")
    page = client.get(f"/canvas/{asset.pk}/")
    assert page.status_code == 200
    fields = {view.name for view in page.context["form"].fields}
    assert {"prompt", "strength", "seed", "model"} <= fields
    assert not fields & {"image", "mask", "mask_by", "expand"}
    assert page.context["page"]["roles"] == {"asset": "image", "mask": "mask", "frame": "expand"}
    assert f"/canvas/{asset.pk}/" in client.get(f"/assets/{asset.pk}/").content.decode()
    assert f"/canvas/{asset.pk}/" in client.get("/canvas/").content.decode()


def test_a_text_has_no_canvas(client: Client, keep: Callable[..., Asset]) -> None:
    assert client.get(f"/canvas/{keep(b'# Words', 'words.md').pk}/").status_code == 404


def test_a_picture_that_is_too_large_is_said_to_be(client: Client, keep: Callable[..., Asset]) -> None:
    page = client.get(f"/canvas/{keep(png_bytes((LIMIT + 1, 2)), 'wide.png').pk}/").content.decode()
    assert "too large for the canvas" in page
    assert "<canvas-page" not in page


def test_at_once_are_tools_that_ask_for_a_picture_alone(person: User) -> None:
    found = {each["tool"]: each["field"] for each in canvas.at_once(person.personal_team)}
    assert found.get("image.upscale") == "image"
    assert canvas.EDIT not in found
    for name in found:
        needed = [key for key, info in registry.get(name).inputs.model_fields.items() if info.is_required()]
        assert needed == [found[name]]


def test_what_its_scripts_say_is_there(person: User) -> None:
    known = {**words(), **canvas.words()}
    said = {
        key
        for file in SCRIPTS.glob("*.js")
        for found in SAID.finditer(file.read_text(encoding="utf-8"))
        for key in found.groups()
        if key
    }
    assert len(said) > 20
    assert said <= set(known)
    text = "".join(file.read_text(encoding="utf-8") for file in SCRIPTS.glob("*.js"))
    assert all(f'"{key}"' in text for key in canvas.words())
