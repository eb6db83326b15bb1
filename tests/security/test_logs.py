"""Log lines: JSON with the request and the job they are about, and nothing in them that is secret or private."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable
from contextlib import closing

import httpx
import pytest
from django.test import Client
from pydantic import BaseModel

from studio.logs import JsonLine, about_job, without_secrets
from tests.security.test_revocation import signed_in
from tests.stack import Stack
from tests.workers.helpers import submit, wait_for

SECRETS = [
    "Authorization: Bearer st_Canary0123456789",
    "made st_Canary0123456789 for her",
    "GET /signin/Canary0123456789/ 200",
    "Forbidden (CSRF token missing.): /join/Canary0123456789/",
    "/reset/Canary01/cabc12-Canary0123456789/",
    "password=Canary0123456789&next=/",
    "{'password': 'Canary0123456789'}",
    '{"api_key": "Canary0123456789"}',
    "Cookie: sessionid=Canary0123456789; csrftoken=Canary012345",
    "postgres://studio:Canary0123456789@db/studio",
    "redis://:Canary0123456789@cache/0",
]


@pytest.mark.parametrize("line", SECRETS)
def test_what_is_secret_by_its_shape_is_blotted_out(line: str) -> None:
    assert "Canary" not in without_secrets(line)


def line_of(message: str, *args: object, error: bool = False) -> dict[str, object]:
    info = sys.exc_info() if error else None
    record = logging.LogRecord("studio.x", logging.ERROR, __file__, 1, message, args, info)
    found: dict[str, object] = json.loads(JsonLine().format(record))
    return found


def test_a_line() -> None:
    with about_job("a-job"):
        line = line_of("%s is wrong\nand more", "it")
    assert line["message"] == "it is wrong\nand more"
    assert line["job"] == "a-job"
    assert (line["level"], line["logger"]) == ("error", "studio.x")
    assert "request" not in line


def test_what_somebody_typed_is_not_in_an_error() -> None:
    class Typed(BaseModel):
        steps: int

    typed = " ".join(["Canary", "prompt"])  # in pieces: a traceback shows lines of code
    try:
        Typed.model_validate({"steps": typed})
    except ValueError:
        line = line_of("it failed", error=True)
    assert "Canary prompt" not in json.dumps(line)
    assert "steps" in str(line["error"])
    assert "test_logs.py" in str(line["error"])


def test_an_answer_names_its_request(as_alice: Client) -> None:
    given = as_alice.get("/api/v1/me", headers={"X-Request-ID": "trace-7.of_mine"})
    assert given.headers["X-Request-ID"] == "trace-7.of_mine"
    for wrong in ("a" * 65, "two\nlines", "<script>", "ü"):
        made = as_alice.get("/api/v1/nothing", headers={"X-Request-ID": wrong}).headers["X-Request-ID"]
        assert len(made) == 32
    assert (
        as_alice.get("/healthz").headers["X-Request-ID"] != as_alice.get("/healthz").headers["X-Request-ID"]
    )


def test_the_logs_of_a_studio_hold_no_secret(
    api: httpx.Client, new_api: Callable[..., httpx.Client], stack: Stack
) -> None:
    """Real requests and jobs with canaries in every place where people write something."""
    canary = "Zeisig-7f3a"
    job = submit(api, "test.echo", prompt=f"{canary} sings")
    wait_for(api, job["id"])
    name = stack.new_name()
    new_api(name)
    link = stack.signin_link(name)
    with closing(signed_in(stack, name)) as browser:
        session = browser.cookies["sessionid"]
        browser.get("/gallery/", params={"q": canary})
        form = {"csrfmiddlewaretoken": browser.cookies["csrftoken"], "username": name, "password": canary}
        browser.post("/signin/", data=form)
        browser.post(link.removeprefix(stack.url), data={})  # without the CSRF token: Django logs a warning
    with httpx.Client(base_url=stack.url) as nobody:
        nobody.get("/signin/" + canary + "-Zeisig-7f3a/")
        nobody.get("/api/v1/me", headers={"Authorization": f"Bearer st_{canary}"})
        nobody.get(f"/nothing/{canary}")
    api.get("/api/v1/assets", params={"q": canary})
    api.post("/api/v1/jobs", json={"tool": "test.echo", "inputs": {"prompt": canary, "wrong": canary}})
    api.post("/api/v1/jobs", content=f'{{"broken": "{canary}')
    api.post("/api/v1/assets", files={"file": (f"{canary}.png", canary.encode(), "image/png")})
    traced = api.post(
        "/api/v1/jobs",
        json={"tool": "test.nothing", "inputs": {}},
        headers={"X-Request-ID": "traced-by-a-test"},
    ).json()["id"]
    wait_for(api, traced)

    logs = {file.name: file.read_text() for file in (stack.data / "logs").glob("*.log")}
    secret = api.headers["Authorization"].partition(" ")[2]
    for name, text in logs.items():
        for word in (canary, secret, session, link.rstrip("/").rpartition("/")[2]):
            assert word not in text, f"{name} holds {word}"
    lines = [json.loads(line) for line in logs["web.log"].splitlines() if line.startswith("{")]
    plain = [line for line in logs["web.log"].splitlines() if not line.startswith("{")]
    assert not plain
    assert any(line.get("request") == "traced-by-a-test" and line.get("job") == traced for line in lines)
    assert any(f'"job": "{traced}"' in line for line in logs["worker.log"].splitlines())
