"""Every error is a problem document, and every type of problem is documented."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from studio import api_errors, problems
from tests.api.conftest import Api


def kinds(of: type[problems.Problem]) -> list[type[problems.Problem]]:
    return [of, *(found for sub in of.__subclasses__() for found in kinds(sub))]


def test_every_type_is_documented_with_its_status() -> None:
    for kind in kinds(problems.Problem):
        assert api_errors.MEANINGS[kind.type][0] == kind.status, kind


@pytest.mark.parametrize("type", api_errors.MEANINGS)
def test_every_type_has_a_page(db: None, client: Client, type: str) -> None:
    page = client.get(f"/problems/{type}")
    assert page.status_code == 200
    assert f"/problems/{type}" in page.content.decode()


def test_a_type_that_is_none_has_no_page(db: None, client: Client) -> None:
    assert client.get("/problems/nothing").status_code == 404


def check(answer: Any, status: int, type: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["type"] == f"/problems/{type}"
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    return body


BROKEN = [
    (b"{", "invalid-json", 422),
    (b"", "invalid-request", 422),
    (b"null", "invalid-request", 422),
    (b"[]", "invalid-request", 422),
    (b'"text"', "invalid-request", 422),
    (b'{"name": NaN}', "invalid-json", 422),
    (b'{"name": "\\u0000"}', "invalid-json", 422),
    (b'{"name": "\\ud800"}', "invalid-json", 422),
    (b"\xff\xfe{", "invalid-json", 422),
    (b'{"name": "\xff"}', "invalid-json", 422),
    (b"[" * 100_000, "invalid-json", 422),
    (b'{"name": ""}', "invalid-request", 422),
    (b'{"nam": "x"}', "invalid-request", 422),
    (b'{"name": "' + b"x" * 2**20 + b'"}', "invalid-request", 422),
    (b'{"name": "' + b"x" * 9 * 2**20 + b'"}', "too-large", 413),
]


@pytest.mark.parametrize(("body", "type", "status"), BROKEN, ids=range(len(BROKEN)))
def test_a_body_that_cannot_be_used(me: Api, body: bytes, type: str, status: int) -> None:
    answer = me.client.post("/api/v1/teams", body, content_type="application/json")
    found = check(answer, status, type)
    assert len(answer.content) < 4000  # what was refused is not sent back whole
    for error in found.get("errors", ()):
        assert set(error) == {"loc", "msg", "input"}


def test_a_body_that_is_no_json(me: Api) -> None:
    check(me.client.post("/api/v1/teams", {"name": "x"}), 415, "unsupported")
    check(me.client.post("/api/v1/teams", b"name=x", content_type="text/plain"), 415, "unsupported")


def test_an_address_that_is_none(me: Api, nobody: Api) -> None:
    check(me.get("nothing"), 404, "not-found")
    check(nobody.get("nothing"), 404, "not-found")
    check(me.get("jobs/not-an-id"), 404, "not-found")
    check(me.client.get("/api/v2/jobs"), 404, "not-found")


def test_a_method_that_it_does_not_take(me: Api) -> None:
    answer = me.client.put("/api/v1/teams", b"{}", content_type="application/json")
    check(answer, 405, "method")
    assert set(answer["Allow"].split(", ")) == {"GET", "POST"}


def test_a_query_that_cannot_be_used(me: Api) -> None:
    body = check(me.get("jobs", limit=201), 422, "invalid-request")
    assert body["errors"][0]["loc"] == ["limit"]
    check(me.get("jobs", cursor="x"), 422, "invalid-request")
    check(me.get("jobs", state="unknown"), 422, "invalid-request")


@pytest.mark.django_db(transaction=True)
def test_a_busy_database_is_a_503(me: Api) -> None:
    writer = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")  # somebody else writes, for longer than the web waits
    try:
        answer = me.post("teams", {"name": "x"})
    finally:
        writer.close()
    check(answer, 503, "busy")
    assert answer["Retry-After"] == "1"


def test_an_error_of_our_own_says_nothing_of_the_inside(rf: RequestFactory) -> None:
    def broken(request: HttpRequest) -> HttpResponse:
        raise RuntimeError("secret words")

    answer: Any = api_errors.as_problems(broken)(rf.get("/api/v1/x"))
    assert answer.status_code == 500
    assert json.loads(answer.content)["type"] == "/problems/internal"
    assert b"secret" not in answer.content
