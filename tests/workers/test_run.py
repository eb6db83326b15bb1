"""A job from the API through a real worker and its child: what it yields is told, what it makes is kept."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.stack import Stack
from tests.workers.helpers import events_of, final_states, job_of, submit, wait_for


def test_it_works(api: httpx.Client) -> None:
    job = wait_for(api, submit(api, "test.paint", prompt="a red barn", seed=200)["id"])
    assert (job["state"], job["progress"], job["attempts"]) == ("succeeded", 1.0, 1)
    events = events_of(api, job["id"])
    assert final_states(events) == ["succeeded"]
    assert [e["asset"] for e in events if e["kind"] == "asset"] == [job["assets"][0]["id"]]
    asset = api.get(f"/api/v1/assets/{job['assets'][0]['id']}").json()
    assert (asset["medium"], asset["width"], asset["height"], asset["prompt"]) == (
        "image",
        64,
        48,
        "a red barn",
    )
    assert asset["facts"]["inputs"]["seed"] == 200
    content = api.get(asset["urls"]["content"])
    assert content.headers["content-type"] == "image/png"


def test_same_seed_same_pixels(api: httpx.Client) -> None:
    made = []
    for seed in (5, 5, 6):
        job = wait_for(api, submit(api, "test.paint", prompt="x", seed=seed, steps=1)["id"])
        made.append(api.get(f"/api/v1/assets/{job['assets'][0]['id']}").json()["content_digest"])
    assert made[0] == made[1] != made[2]


def test_text_streams_as_tokens(api: httpx.Client) -> None:
    words = " ".join(f"word{n}" for n in range(40))
    job = wait_for(api, submit(api, "test.echo", prompt=words)["id"])
    tokens = [e["text"] for e in events_of(api, job["id"]) if e["kind"] == "token"]
    assert "".join(tokens) == words
    assert 3 <= len(tokens) <= 15, "joined to at most ten events a second"


def test_a_preview_can_be_seen_while_it_runs(api: httpx.Client) -> None:
    job = submit(api, "test.paint", prompt="x", steps=40, pause_ms=50)
    wait_for(api, job["id"], "running")
    seen = None
    for _ in range(40):
        answer = api.get(f"/api/v1/jobs/{job['id']}/preview")
        if answer.status_code == 200:
            seen = answer
            break
    assert seen is not None
    assert seen.headers["content-type"] == "image/webp"
    api.post(f"/api/v1/jobs/{job['id']}/cancel")


def test_an_asset_is_given_to_the_tool_and_becomes_the_parent(api: httpx.Client) -> None:
    first = wait_for(api, submit(api, "test.paint", prompt="x", seed=0)["id"])["assets"][0]["id"]
    second = wait_for(api, submit(api, "test.invert", image=first)["id"])["assets"][0]["id"]
    asset = api.get(f"/api/v1/assets/{second}").json()
    assert [parent["id"] for parent in asset["parents"]] == [first]


@pytest.mark.parametrize(
    ("how", "kind", "words"),
    [
        ("refuse", "dislike", "does not like"),
        ("raise", "tool-error", "something broke"),
        ("scribble", "unreadable", "cannot be read"),
        ("abort", "crashed", "three times"),
    ],
)
def test_a_tool_that_goes_wrong_fails_in_words(api: httpx.Client, how: str, kind: str, words: str) -> None:
    job = wait_for(api, submit(api, "test.misbehave", how=how)["id"])
    assert job["state"] == "failed"
    assert job["error"]["kind"] == kind
    assert words in job["error"]["message"]
    assert final_states(events_of(api, job["id"])) == ["failed"]


def test_what_was_made_before_a_cancel_is_kept(api: httpx.Client) -> None:
    job = submit(api, "test.paint", prompt="x", count=8, steps=4, pause_ms=200)
    until_two = [job_of(api, job["id"])]
    while len(until_two[-1]["assets"]) < 2 and until_two[-1]["state"] in ("queued", "running"):
        until_two.append(job_of(api, job["id"]))
    assert api.post(f"/api/v1/jobs/{job['id']}/cancel").status_code == 202
    ended = wait_for(api, job["id"])
    assert ended["state"] == "cancelled"
    assert 2 <= len(ended["assets"]) < 8


def test_a_running_loop_is_stopped_within_its_grace(api: httpx.Client) -> None:
    job = submit(api, "test.misbehave", how="loop")
    wait_for(api, job["id"], "running")
    api.post(f"/api/v1/jobs/{job['id']}/cancel")
    ended: dict[str, Any] = wait_for(api, job["id"], seconds=6)
    assert ended["state"] == "cancelled"


def test_while_redis_is_away_jobs_are_accepted_and_run_when_it_is_back(
    api: httpx.Client, stack: Stack
) -> None:
    stack.kill("redis")
    job = submit(api, "test.paint", prompt="x")
    assert wait_for(api, job["id"], seconds=30)["state"] == "succeeded"
