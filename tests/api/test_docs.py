"""The API's own description: OpenAPI, the pages drawn from it, the snapshots in docs/."""

from __future__ import annotations

import re

from django.core.management import call_command

from tests.api.conftest import Api


def test_openapi_needs_no_token(nobody: Api) -> None:
    document = nobody.get("openapi.json").json()
    assert document["openapi"].startswith("3.1")
    assert "/api/v1/jobs/{job}/events" in document["paths"]
    assert document["components"]["securitySchemes"]["Bearer"]["scheme"] == "bearer"


def test_every_call_says_what_it_does(nobody: Api) -> None:
    for path, methods in nobody.get("openapi.json").json()["paths"].items():
        for method, call in methods.items():
            assert call["summary"], (method, path)
            assert call["tags"], (method, path)
            assert call["responses"], (method, path)


def test_the_docs_are_plain_html(nobody: Api) -> None:
    page = nobody.get("docs")
    assert page.status_code == 200
    html = page.content.decode()
    assert "/api/v1/jobs/{job}/events" in html
    # Our policy lets no inline script and nothing from elsewhere run.
    assert "script-src 'self'" in page["Content-Security-Policy"]
    for script in re.findall(r"<script[^>]*>", html):
        assert 'src="/' in script or 'type="application/json"' in script
    assert not re.findall(r"(?:src|href)=[\"']?https?://", html)


def test_the_snapshots_are_up_to_date(db: None) -> None:
    call_command("openapi", "--check")
    call_command("docs", "--check")
