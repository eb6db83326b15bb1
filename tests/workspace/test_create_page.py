"""The Create page: what it shows to whom, and what an address fills in."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client

from studio.gallery.models import Asset, Blob
from studio.jobs.models import Job
from studio.teams.actions import create_user
from studio.teams.models import Member, Role, Team, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> User:
    return create_user(email="mara@studio.localhost", name="Mara")


@pytest.fixture
def client(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def team_of(person: User) -> Team:
    return Team.objects.get(personal_of=person)


def an_asset(person: User, **more: Any) -> Asset:
    blob, _made = Blob.objects.get_or_create(digest="sha256:" + "0" * 64, defaults={"bytes": 3})
    facts = {"tool": "test.paint", "inputs": {"prompt": "A red boat", "steps": 9, "seed": 77}, "seed": 77}
    values: dict[str, Any] = {
        "team": team_of(person),
        "author": person,
        "medium": "image",
        "mime": "image/png",
        "blob": blob,
        "bytes": 3,
        "content_digest": "sha256:" + "0" * 64,
        "prompt": "A red boat",
        "title": "A red boat",
        "facts": facts,
        "tool": "test.paint",
    }
    return Asset.objects.create(**{**values, **more})


def handed(html: str) -> dict[str, Any]:
    found = re.search(r'<script id="create-page" type="application/json">(.*?)</script>', html, re.S)
    assert found is not None
    page: dict[str, Any] = json.loads(found.group(1))
    return page


def test_it_works(client: Client) -> None:
    html = client.get("/create/test.paint/").content.decode()
    assert "<prompt-field" in html
    assert 'data-name="steps"' in html
    assert handed(html)["tool"] == {"name": "test.paint", "title": "Paint", "makes": "image"}


def test_nothing_is_inline(client: Client) -> None:
    """The content security policy forbids inline scripts, handlers and styles, so there is none."""
    for path in (
        "/create/",
        "/create/test.paint/",
        "/create/image.generate/",
        "/create/text.write/",
        "/chat/",
    ):
        html = client.get(path).content.decode()
        assert not re.search(r"<script(?![^>]*(?:src=|type=\"application/json\"))", html), path
        assert not re.search(r"\sstyle=", html), path
        assert not re.search(r"\son[a-z]+=", html), path


def test_who_is_not_signed_in_is_asked_to(client: Client) -> None:
    answer = Client().get("/create/test.paint/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/signin/")


def test_an_unknown_tool_is_not_there(client: Client) -> None:
    assert client.get("/create/no.such/").status_code == 404


def test_the_first_visit_offers_prompts_that_run_at_once(client: Client) -> None:
    html = client.get("/create/").content.decode()
    tries = handed(html)["tries"]
    assert {each["tool"] for each in tries} >= {"text.write", "image.generate"}
    assert all(each["inputs"]["prompt"] for each in tries)


def test_later_visits_open_the_last_tool(client: Client, person: User) -> None:
    Job.objects.create(
        team=team_of(person),
        author=person,
        tool="text.write",
        tool_version=1,
        makes="text",
        inputs={},
        lane="make",
    )
    assert client.get("/create/")["Location"] == "/create/image.generate/"
    client.get("/create/text.write/")
    assert client.get("/create/")["Location"] == "/create/text.write/"


def test_revise_fills_the_form_from_the_facts(client: Client, person: User) -> None:
    asset = an_asset(person)
    html = client.get(f"/create/test.paint/?from={asset.pk}").content.decode()
    page = handed(html)
    assert page["parent"] == str(asset.pk)
    assert page["filled"]
    assert ">A red boat</textarea>" in html
    assert 'data-value="9"' in html


def test_inputs_again_all_or_one(client: Client, person: User) -> None:
    asset = an_asset(person)
    every = handed(client.get(f"/create/test.paint/?inputs={asset.pk}").content.decode())
    assert (every["parent"], every["filled"], every["taken"]) == (None, True, {})
    html = client.get(f"/create/test.paint/?inputs={asset.pk}&only=steps").content.decode()
    page = handed(html)
    assert (page["filled"], page["taken"]) == (False, {"steps": 9})  # the rest is as it was left
    assert ">A red boat</textarea>" not in html


def test_use_takes_the_asset_as_an_input(client: Client, person: User) -> None:
    asset = an_asset(person)
    page = handed(client.get(f"/create/test.invert/?use={asset.pk}").content.decode())
    assert [each["id"] for each in page["sources"]] == [str(asset.pk)]


def test_a_text_becomes_the_prompt(client: Client, person: User) -> None:
    asset = an_asset(person, medium="text", mime="text/markdown", text="Wind north by east")
    html = client.get(f"/create/test.paint/?use={asset.pk}").content.decode()
    assert ">Wind north by east</textarea>" in html


def test_anothers_asset_is_not_there(client: Client) -> None:
    other = create_user(email="theo@studio.localhost", name="Theo")
    asset = an_asset(other)
    assert client.get(f"/create/test.paint/?from={asset.pk}").status_code == 404
    assert client.get(f"/create/test.invert/?use={asset.pk}").status_code == 404
    assert client.get("/create/test.invert/?use=no-id").status_code == 404


def test_a_viewer_cannot_submit(client: Client, person: User) -> None:
    team = Team.objects.create(name="Harbour")
    Member.objects.create(team=team, user=person, role=Role.VIEWER)
    html = client.get(f"/create/test.paint/?team={team.pk}").content.decode()
    assert re.search(r'<button type="submit" class="btn main large" disabled', html)
