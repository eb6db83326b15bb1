"""What a browser could be made to do by another's page, and what a file of ours could do in a browser."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import httpx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from studio.api import api
from studio.gallery.files import INLINE
from studio.jobs.models import Job
from studio.teams.models import Team, User
from tests.rights.page_table import PAGES
from tests.stack import Stack

HOSTS = [
    "evil.example",
    "127.0.0.1.evil.example",
    "evil.example:8000",
    "localhost@evil.example",
    "",
    "localhost/evil",
]
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")


def operations(*methods: str) -> list[tuple[str, str]]:
    """(method, path with odd ids) of each call of the API."""
    schema = api.get_openapi_schema()
    return [
        (
            method.upper(),
            re.sub(
                r"\{\w+\}",
                "00000000-0000-7000-8000-000000000000",
                path.replace("{member}", "1").replace("{n}", "1"),
            ),
        )
        for path, calls in schema["paths"].items()
        for method in calls
        if method.upper() in methods
    ]


def forms() -> list[str]:
    """Addresses of the pages' forms."""
    return [case.path for key, case in PAGES.items() if key.startswith("POST ")]


@pytest.mark.django_db
def test_a_change_by_a_session_needs_the_pages_token(
    alice: User, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(alice)
    calls = operations(*UNSAFE)
    assert len(calls) > 25
    for method, path in calls:
        answer = client.generic(method, path, "{}", content_type="application/json")
        assert answer.status_code == 403, (method, path)
        assert answer.headers["Content-Type"] == "application/problem+json", (method, path)
        assert answer.json()["type"] == "/problems/csrf"
    for path in forms():
        assert client.post(
            re.sub(r"\{\w+\}", "00000000-0000-7000-8000-000000000000", path), {}
        ).status_code in (403, 404), path
    for path in ("/v1/chat/completions", "/v1/images/generations"):
        assert client.post(path, "{}", content_type="application/json").status_code == 403, path
    assert not Job.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "kind",
    [
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/plain",
        "text/plain;charset=UTF-8",
    ],
)
def test_what_a_form_of_another_page_can_send_is_no_json(kind: str, as_alice: Client) -> None:
    """These are the types that browsers send across sites without asking first."""
    body = '{"tool": "test.nothing", "inputs": {}}'
    with_body = {
        (method, path)
        for method, path in operations("POST", "PUT", "PATCH")
        if "/uploads" not in path
        and path
        not in (
            "/api/v1/assets",
            "/api/v1/assets/import",
            "/api/v1/pictures/read",
            "/api/v1/batches/read",
        )  # these take files
        and not re.search(r"0000/\w[\w-]*$|restore$", path)
    }
    assert len(with_body) > 10
    for method, path in with_body:
        answer = as_alice.generic(method, path, body, content_type=kind)
        assert answer.status_code in (415, 404), (method, path, answer.status_code)
    assert as_alice.generic("POST", "/api/v1/jobs", body, content_type=kind).status_code == 415
    for path in ("/v1/chat/completions", "/v1/images/generations"):
        assert as_alice.generic("POST", path, body, content_type=kind).status_code in (400, 415)
    assert not Job.objects.exists()


@pytest.mark.django_db
def test_looking_changes_nothing(alice: User, as_alice: Client, signed_in: Callable[[User], Client]) -> None:
    from django.apps import apps

    def rows() -> dict[str, int]:
        own = [model for model in apps.get_models() if model.__module__.startswith("studio.")]
        # Guesses at invitations are counted, whatever the method.
        return {
            model.__name__: model._default_manager.count() for model in own if model.__name__ != "Throttle"
        }

    client = signed_in(alice)
    as_alice.get("/api/v1/me")
    before = rows()
    for _method, path in operations("GET"):
        if not path.endswith(("/stream", "/events")):
            as_alice.get(path)
    for key, case in PAGES.items():
        if key.startswith("GET "):
            client.get(re.sub(r"\{\w+\}", "00000000-0000-7000-8000-000000000000", case.path))
    assert rows() == before


@pytest.mark.parametrize("host", HOSTS)
def test_another_host_is_not_answered(host: str, stack: Stack) -> None:
    """A name of an attacker's that points to this machine (rebinding) opens nothing."""
    for path in ("/", "/signin/", "/api/v1/me", "/metrics", "/healthz"):
        answer = httpx.get(f"{stack.url}{path}", headers={"Host": host})
        assert answer.status_code == 400, (host, path)
        assert "evil" not in answer.text


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("evil.example", "http://evil.example"),
        (None, "http://evil.example"),
        (None, "null"),
        (None, "http://localhost.evil.example"),
        (None, "http://127.0.0.1:1"),
        (None, ""),
    ],
)
def test_sockets_open_for_our_own_pages_alone(
    host: str | None, origin: str, api: httpx.Client, stack: Stack
) -> None:
    from contextlib import closing

    from tests.security.test_revocation import signed_in as browser_of

    me = api.get("/api/v1/me").json()
    with closing(browser_of(stack, me["user"]["email"])) as browser:
        headers = {"Cookie": f"sessionid={browser.cookies['sessionid']}", "Origin": origin}
        if host:
            headers["Host"] = host
        path = f"{stack.url.replace('http', 'ws')}/ws/team/{me['teams'][0]['id']}"
        with pytest.raises(InvalidStatus), connect(path, additional_headers=headers, proxy=None):
            pass


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/signin/", "/api/v1/docs", "/problems/busy", "/nothing-here", "/api/v1/nothing"]
)
def test_every_answer_has_the_strict_policy(path: str) -> None:
    answer = Client().get(path)
    policy = answer.headers["Content-Security-Policy"]
    for word in ("unsafe-inline", "unsafe-eval", "http:", "https:", "*"):
        assert word not in policy
    for word in (
        "default-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "form-action 'self'",
    ):
        assert word in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"


FILES = {
    "words.html": b"<!doctype html><script>alert(1)</script>",
    "drawing.svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "page.xml": b"<?xml version='1.0'?><a/>",
    "script.js": b"alert(1)",
    "notes.md": b"# Notes <script>alert(1)</script>",
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("kind", ["text/html", "image/svg+xml", "application/xhtml+xml", "text/xml"])
def test_no_file_runs_in_a_browser(name: str, kind: str, as_alice: Client) -> None:
    file = SimpleUploadedFile(name, FILES[name], content_type=kind)
    made = as_alice.post("/api/v1/assets", {"file": file})
    if made.status_code == 415:
        return
    assert made.status_code == 201
    assert made.json()["mime"] in INLINE
    for query in ("", "?download"):
        served = as_alice.get(f"/api/v1/assets/{made.json()['id']}/content{query}")
        assert served.headers["Content-Type"].partition(";")[0] in ("text/plain", "text/markdown")
        assert served.headers["X-Content-Type-Options"] == "nosniff"
        assert served.headers["Content-Security-Policy"].startswith("default-src 'none'; sandbox")
        assert "Access-Control-Allow-Origin" not in served.headers


def test_nothing_that_a_browser_runs_is_shown_inline() -> None:
    assert not [
        mime
        for mime in INLINE
        if "svg" in mime or "html" in mime or "xml" in mime or "script" in mime or "pdf" in mime
    ]


@pytest.mark.django_db
def test_text_within_a_picture_is_no_page(as_alice: Client) -> None:
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_text("Title", "<script>alert(1)</script>")
    picture = io.BytesIO()
    Image.new("RGB", (8, 8)).save(picture, "PNG", pnginfo=info)
    made = as_alice.post(
        "/api/v1/assets", {"file": SimpleUploadedFile("a.html", picture.getvalue(), content_type="text/html")}
    )
    served = as_alice.get(f"/api/v1/assets/{made.json()['id']}/content")
    assert served.headers["Content-Type"] == "image/png"
    assert ".html" not in served.headers["Content-Disposition"]


@pytest.mark.django_db
def test_cookies(alice: User, team: Team) -> None:
    from tests.security.conftest import PASSWORD

    client = Client()
    client.post("/signin/", {"username": alice.email, "password": PASSWORD})
    session = client.cookies["sessionid"]
    assert session["httponly"]
    assert session["samesite"] == "Lax"
