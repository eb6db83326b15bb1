"""/metrics: what an operator watches, for the operator and for this machine alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from studio.teams.models import User
from tests.security.conftest import bearer
from tests.stack import Stack
from tests.workers.helpers import submit, wait_for


def values(text: str) -> dict[str, float]:
    """{name{label="…"}: value} of an exposition."""
    return {
        sample.name + "".join(f"|{value}" for _name, value in sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_it_works(api: httpx.Client, stack: Stack) -> None:
    wait_for(api, submit(api, "test.nothing")["id"])
    with httpx.Client(base_url=stack.url) as here:
        answer = here.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    found = values(answer.text)
    assert found["studio_hour_jobs|make|succeeded"] >= 1
    assert found["studio_hour_attempts_ended|lost"] >= 0
    assert found["studio_hour_wait_seconds|make|0.5"] >= 0
    assert found["studio_hour_run_seconds|make|0.95"] >= 0
    assert found["studio_web_process_resident_memory_bytes"] > 10e6
    assert found["studio_disk_free_bytes"] > 0
    assert found["studio_http_requests_total|POST|2xx"] >= 1
    assert [value for name, value in found.items() if name.startswith("studio_node_up")] == [1]
    assert sum(value for name, value in found.items() if name.startswith("studio_node_slots")) >= 2


def test_who_may(owner_api: httpx.Client, api: httpx.Client, new_api: Callable[..., httpx.Client]) -> None:
    assert owner_api.get("/metrics").status_code == 200
    assert api.get("/metrics").status_code == 403
    assert new_api(None, scopes=["read"]).get("/metrics").status_code == 403
    wrong = httpx.get(f"{api.base_url}/metrics", headers={"Authorization": "Bearer st_wrong"})
    assert wrong.status_code == 401


@pytest.mark.parametrize(
    ("address", "headers"),
    [
        ("192.0.2.7", {}),
        ("127.0.0.1", {"Host": "studio.example.org"}),
        ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}),
        ("127.0.0.1", {"Forwarded": "for=127.0.0.1"}),
    ],
)
def test_loopback_counts_only_where_it_is_this_machine(
    address: str, headers: dict[str, str], db: None, settings: Any
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    assert Client(headers={"Host": "127.0.0.1"}).get("/metrics").status_code == 200
    asked = Client(headers={"Host": "127.0.0.1", **headers}).get("/metrics", REMOTE_ADDR=address)
    assert asked.status_code == 401


def test_behind_a_proxy_nothing_is_this_machine(db: None, settings: Any, bob: User) -> None:
    settings.PUBLIC_URL = "https://studio.example.org"
    assert Client(headers={"Host": "127.0.0.1"}).get("/metrics").status_code == 401
    assert bearer(bob).get("/metrics").status_code == 403
    User.objects.filter(pk=bob.pk).update(operator=True)
    assert bearer(bob).get("/metrics").status_code == 200
