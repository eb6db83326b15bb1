"""Static files are answered before Django, with the headers that its pages carry."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from asgiref.sync import async_to_sync
from django.contrib.staticfiles import finders
from django.test import override_settings

from studio.static_files import StaticFiles


async def beyond(_scope: Any, _receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 418, "headers": []})
    await send({"type": "http.response.body", "body": b"another app"})


def ask(method: str, path: str, **headers: str) -> httpx.Response:
    @async_to_sync
    async def answer() -> httpx.Response:
        transport = httpx.ASGITransport(app=StaticFiles(beyond))
        async with httpx.AsyncClient(transport=transport, base_url="http://studio") as client:
            return await client.request(
                method, path, headers={k.replace("_", "-"): v for k, v in headers.items()}
            )

    return answer()


@pytest.fixture(params=[False, True], ids=["served", "developing"])
def either(request: pytest.FixtureRequest) -> Iterator[None]:
    with override_settings(WHITENOISE_AUTOREFRESH=request.param):
        yield


@pytest.mark.usefixtures("either")
def test_a_file_comes_whole_with_type_and_headers() -> None:
    answer = ask("GET", "/static/css/tokens.css")
    path = finders.find("css/tokens.css")
    assert path is not None
    with open(path, "rb") as file:
        assert answer.content == file.read()
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/css")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "max-age" in answer.headers["Cache-Control"]


@pytest.mark.usefixtures("either")
def test_what_the_browser_has_is_not_sent_again() -> None:
    first = ask("GET", "/static/css/tokens.css")
    again = ask("GET", "/static/css/tokens.css", If_None_Match=first.headers["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]


def test_only_the_head_or_a_part() -> None:
    head = ask("HEAD", "/static/css/tokens.css")
    assert (head.status_code, head.content) == (200, b"")
    part = ask("GET", "/static/css/tokens.css", Range="bytes=2-5")
    assert (part.status_code, part.headers["Content-Length"]) == (206, "4")
    assert ask("POST", "/static/css/tokens.css").status_code == 405


@pytest.mark.usefixtures("either")
@pytest.mark.parametrize(
    "path", ["/static/no-such.css", "/static/", "/static/css", "/static/../manage.py", "/gallery/", "/static"]
)
def test_all_else_goes_on(path: str) -> None:
    assert ask("GET", path).status_code == 418
    raw = "/static/%2e%2e/manage.py"
    assert ask("GET", raw).status_code == 418
