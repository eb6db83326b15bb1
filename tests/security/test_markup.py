"""Fifty texts that would run where a text is taken for a page, in every place where people and models write text."""

from __future__ import annotations

import io
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from studio.catalog.models import ModelCard
from studio.jobs import actions as jobs
from studio.teams.models import Team, User
from studio.teams.rights import Actor
from studio.threads import actions as threads
from studio.workspace.markdown import to_html
from tests.security.payloads import PAYLOADS

pytestmark = pytest.mark.django_db


class Look(HTMLParser):
    """Notes what in a page would run, or be fetched from elsewhere."""

    FETCHES = frozenset(
        {"src", "href", "action", "formaction", "data", "poster", "srcset", "background", "xlink:href"}
    )

    def __init__(self, *, links: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.links = links
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "script" and "src" not in given and given.get("type") != "application/json":
            self.wrong.append(self.get_starttag_text() or tag)
        if tag in ("iframe", "object", "embed", "base", "style", "math", "marquee"):
            self.wrong.append(self.get_starttag_text() or tag)
        if tag == "meta" and (given.get("http-equiv") or "").lower() == "refresh":
            self.wrong.append(self.get_starttag_text() or tag)
        for name, value in attrs:
            address = "".join((value or "").lower().split())
            scheme = address.partition(":")[0] if ":" in address else ""
            elsewhere = not address.startswith("/") or address.startswith(("//", "/\\"))
            fetched = name in self.FETCHES and elsewhere and "evil.test" in address
            if self.links and tag == "a" and scheme in ("http", "https"):
                fetched = False  # a link that a person may follow
            if name.startswith("on") or name in ("srcdoc", "style") or fetched:
                self.wrong.append(f"{tag} {name}={value}")
            if (
                name in self.FETCHES
                and scheme in ("javascript", "vbscript", "data")
                and "image/" not in address
            ):
                self.wrong.append(f"{tag} {name}={value}")


def wrong_in(html: str, *, links: bool = False) -> list[str]:
    look = Look(links=links)
    look.feed(html)
    return look.wrong


def test_the_look_sees() -> None:
    for bad in (
        "<p onclick=x>",
        "<script>x</script>",
        "<a href='java\tscript:x'>",
        "<a href='//evil.test/'>",
    ):
        assert wrong_in(bad)
    assert wrong_in("<img src=http://evil.test/x>")
    assert not wrong_in("<a href='/x'>a</a><script src='/x.js'></script>")


@pytest.mark.parametrize("payload", PAYLOADS)
def test_markdown(payload: str) -> None:
    html = to_html(payload)
    assert not wrong_in(html, links=True)
    assert "<img" not in html  # a picture from elsewhere tells who reads
    assert 'rel="noopener noreferrer nofollow"' in html or "<a " not in html


TEXTS = pytest.mark.parametrize(
    "texts", [PAYLOADS[::3], pytest.param(PAYLOADS, marks=pytest.mark.slow)], ids=["some", "all"]
)


@pytest.fixture
def client(alice: User, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(alice)


def upload(client: Client, name: str, content: bytes) -> str:
    made = client.post("/api/v1/assets", {"file": SimpleUploadedFile(name, content)})
    assert made.status_code == 201, made.content
    return str(made.json()["id"])


def picture() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(buffer, "PNG")
    return buffer.getvalue()


def test_pages_of_assets(as_alice: Client, client: Client) -> None:
    image = upload(as_alice, "a.png", picture())
    for payload in PAYLOADS[::3]:
        text = upload(as_alice, "a.md", payload.encode())
        for asset in (image, text):
            change = {"title": payload[:200], "tags": [payload[:60].replace(",", "")]}
            as_alice.patch(f"/api/v1/assets/{asset}", change, content_type="application/json")
            page = client.get(f"/assets/{asset}/")
            assert page.status_code == 200
            assert not wrong_in(page.content.decode(), links=True), payload
    for path in (
        "/gallery/",
        "/gallery/filters/",
        "/gallery/?q=" + PAYLOADS[0],
        "/gallery/?tag=" + PAYLOADS[25],
    ):
        assert not wrong_in(client.get(path).content.decode()), path


@TEXTS
def test_pages_of_jobs(texts: list[str], alice: User, team: Team, client: Client) -> None:
    for payload in texts:
        inputs = {"prompt": payload}
        job = jobs.submit(
            actor=Actor.of(alice), tool="test.echo", inputs=inputs, team=team, title=payload[:200]
        )
        assert not wrong_in(client.get(f"/jobs/{job.pk}/").content.decode()), payload
    for path in ("/queue/", "/create/test.echo/", f"/create/test.echo/?job={job.pk}"):
        assert not wrong_in(client.get(path).content.decode()), path


@TEXTS
def test_pages_of_people(texts: list[str], alice: User, team: Team, client: Client) -> None:
    for payload in texts:
        type(alice).objects.filter(pk=alice.pk).update(name=payload[:120])
        Team.objects.filter(pk=team.pk).update(name=payload[:120])
        for path in ("/account/", "/team/"):
            page = client.get(path)
            assert page.status_code == 200
            assert not wrong_in(page.content.decode()), (path, payload)


def test_pages_of_models_and_talks(alice: User, team: Team, client: Client) -> None:
    for number, payload in enumerate(PAYLOADS):
        words = payload[:120]
        ModelCard.objects.create(
            name=f"model-{number}",
            title=words,
            summary=payload,
            licence=words[:60],
            task="text-generation",
            format="gguf",
        )
        threads.start(Actor.of(alice), team, payload, payload)
    for path in ("/models/", "/chat/", "/create/text.write/"):
        page = client.get(path)
        assert page.status_code == 200
        assert not wrong_in(page.content.decode(), links=True), path


@pytest.mark.parametrize("payload", PAYLOADS[:6] + PAYLOADS[25:34])
def test_pages_that_repeat_what_was_asked(payload: str, alice: User, client: Client) -> None:
    anonymous = Client()
    for page in (
        anonymous.post("/signin/", {"username": payload, "password": payload, "next": payload}),
        anonymous.get("/signin/", {"next": payload}),
        anonymous.get("/nothing/" + payload.replace("/", "")),
        anonymous.post("/reset/", {"email": payload}),
        client.get(
            "/gallery/", {"q": payload, "tag": payload, "tool": payload, "model": payload, "sort": payload}
        ),
        client.get("/create/test.paint/", {"prompt": payload, "asset": payload, "job": payload}),
        client.get("/queue/", {"team": payload, "state": payload}),
        client.get("/problems/" + payload.replace("/", "")),
    ):
        assert page.status_code < 500
        assert not wrong_in(page.content.decode()), payload
