"""Every address × everybody who could ask, against the table. Sockets: test_sockets.py."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver
from pytest_django.plugin import DjangoDbBlocker

from studio.api import api
from tests.rights import (
    activity_table,
    chain_table,
    notice_table,
    owning_table,
    page_table,
    preset_table,
    quota_table,
    review_table,
    share_table,
    table,
    webhook_table,
)
from tests.rights.table import Case
from tests.rights.world import ACTORS, World, build, filled, undone

pytestmark = pytest.mark.django_db

CASES: dict[str, Case] = {
    **table.API,
    **table.PUBLIC,
    **table.OPENAI,
    **review_table.CALLS,
    **notice_table.CALLS,
    **share_table.CALLS,
    **preset_table.CALLS,
    **webhook_table.CALLS,
    **quota_table.CALLS,
    **owning_table.CALLS,
    **activity_table.CALLS,
    **chain_table.CALLS,
    **page_table.PAGES,
    **review_table.PAGES,
    **notice_table.PAGES,
    **share_table.PAGES,
    **preset_table.PAGES,
    **webhook_table.PAGES,
    **quota_table.PAGES,
    **owning_table.PAGES,
    **activity_table.PAGES,
    **chain_table.PAGES,
}


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """One world for all cases; each request is taken back."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


def _ask(world: World, actor: str, key: str, case: Case) -> int:
    method = key.partition(" ")[0]
    client = world.client(actor)
    path = filled(case.path, world.names)
    headers = dict(case.headers)
    with undone():
        if case.form is not None:
            form = filled(dict(case.form), world.names)
            if "file" in form:
                form["file"] = SimpleUploadedFile("words.md", form["file"].encode(), "text/markdown")
            answer = client.post(path, form, headers=headers)
        elif case.body is not None:
            body = json.dumps(filled(dict(case.body), world.names))
            answer = client.generic(method, path, body, content_type="application/json", headers=headers)
        else:
            answer = client.generic(method, path, headers=headers)
    return int(answer.status_code)


@pytest.mark.parametrize("key", CASES)
def test_address(world: World, key: str) -> None:
    case = CASES[key]
    given = {actor: _ask(world, actor, key, case) for actor in ACTORS}
    assert given == dict(case.row)


def _walk(resolver: URLResolver, prefix: str = "/") -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield prefix + str(pattern.pattern), pattern
        else:
            yield from _walk(pattern, prefix + str(pattern.pattern))


def route(key: str) -> str:
    """The address in a key of the table: "GET /a/{b} #a remark" → "/a/{b}"."""
    return key.partition(" ")[2].partition(" #")[0]


def plain(address: str) -> str:
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", address)


def test_every_address_stands_in_the_table() -> None:
    """Each method of the API's calls, and at least one method of every other address."""
    wanted: set[str] = set()
    for path, methods in api.get_openapi_schema()["paths"].items():
        wanted |= {f"{method.upper()} {path}" for method in methods}
    missing = wanted - CASES.keys()
    known = {route(key) for key in CASES}
    missing |= {plain(found) for found, _pattern in _walk(get_resolver())} - known
    assert not missing


def test_the_table_names_no_address_that_is_gone() -> None:
    there = {plain(found) for found, _pattern in _walk(get_resolver())}
    assert {route(key) for key in CASES} <= there
