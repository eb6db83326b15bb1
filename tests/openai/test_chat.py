"""chat/completions with the official client, on the small model that is there after `run`."""

from __future__ import annotations

import time
from typing import Any

import httpx
import openai
import psutil
import pytest
from openai import OpenAI

from tests.stack import Stack

ASK: list[Any] = [
    {"role": "system", "content": "You answer in a few words."},
    {"role": "user", "content": "Name a colour of the sea."},
]


def jobs(live: httpx.Client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = live.get("/api/v1/jobs", params={"tool": "text.chat"}).json()["items"]
    return found


def test_it_works(client: OpenAI, live: httpx.Client) -> None:
    answer = client.chat.completions.create(model="default", messages=ASK, max_tokens=12, seed=7)
    choice = answer.choices[0]
    assert choice.message.role == "assistant"
    assert choice.message.content
    assert choice.finish_reason in ("stop", "length")
    assert answer.usage is not None
    assert 0 < answer.usage.completion_tokens <= 12
    assert answer.usage.prompt_tokens > 5
    # It was a job like any other, and its answer is its author's until they keep it.
    job = jobs(live)[0]
    assert answer.id == f"chatcmpl-{job['id']}"
    assert answer.model == job["model"]["name"]
    assert job["state"] == "succeeded"
    assert job["listed"] is False
    asset = live.get(f"/api/v1/assets/{job['assets'][0]['id']}").json()
    assert asset["listed"] is False
    assert live.get(asset["urls"]["content"]).text == choice.message.content


def test_a_stream_says_the_same(client: OpenAI) -> None:
    whole = client.chat.completions.create(
        model="default", messages=ASK, max_tokens=12, seed=7, temperature=0
    )
    pieces = list(
        client.chat.completions.create(
            model="default",
            messages=ASK,
            max_tokens=12,
            seed=7,
            temperature=0,
            stream=True,
            stream_options={"include_usage": True},
        )
    )
    text = "".join(piece.choices[0].delta.content or "" for piece in pieces if piece.choices)
    assert text == whole.choices[0].message.content
    assert [piece.choices[0].finish_reason for piece in pieces if piece.choices][-1] in ("stop", "length")
    assert pieces[-1].usage is not None
    assert len({piece.id for piece in pieces}) == 1


def test_the_stream_ends_as_clients_expect(live: httpx.Client) -> None:
    body = {"model": "default", "messages": ASK, "max_tokens": 4, "stream": True}
    with live.stream("POST", "/v1/chat/completions", json=body) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        lines = [line for line in response.iter_lines() if line.startswith("data: ")]
    assert lines[-1] == "data: [DONE]"


def test_a_stream_stays_whole_when_the_child_is_killed(
    client: OpenAI, live: httpx.Client, stack: Stack
) -> None:
    pieces = iter(
        client.chat.completions.create(
            model="default",
            messages=[{"role": "user", "content": "Write a story about a lamp."}],
            max_tokens=80,
            seed=7,
            stream=True,
        )
    )
    text = ""
    while len(text) < 40:
        text += next(pieces).choices[0].delta.content or ""
    for child in psutil.Process(stack.pid("worker")).children(recursive=True):
        if "workers.child" in " ".join(child.cmdline()):
            child.kill()
    for piece in pieces:
        text += piece.choices[0].delta.content or ""
    job = jobs(live)[0]
    assert job["attempts"] == 2
    stored = live.get(f"/api/v1/assets/{job['assets'][0]['id']}/content").text
    assert text == stored


def test_whoever_goes_away_takes_their_job_along_and_no_other(client: OpenAI, live: httpx.Client) -> None:
    other = live.post(
        "/api/v1/jobs", json={"tool": "test.paint", "inputs": {"prompt": "x", "steps": 60}}
    ).json()
    stream = client.chat.completions.create(
        model="default",
        messages=[{"role": "user", "content": "Write a long story."}],
        max_tokens=2000,
        stream=True,
    )
    next(iter(stream))
    stream.close()
    assert _ended(live, jobs(live)[0]["id"]) == "cancelled"
    assert _ended(live, other["id"]) == "succeeded"


def test_whoever_goes_away_while_waiting_takes_their_job_along(live: httpx.Client) -> None:
    body = {"messages": [{"role": "user", "content": "Write a very long story."}], "max_tokens": 2000}
    with pytest.raises(httpx.ReadTimeout):
        live.post("/v1/chat/completions", json=body, timeout=1.5)
    assert _ended(live, jobs(live)[0]["id"]) == "cancelled"


def _ended(live: httpx.Client, job: str) -> str:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        state = str(live.get(f"/api/v1/jobs/{job}").json()["state"])
        if state not in ("queued", "running"):
            return state
        time.sleep(0.1)
    return "still running"


def test_what_the_studio_does_not_know_is_ignored(client: OpenAI) -> None:
    answer = client.chat.completions.create(
        model="default",
        messages=[{"role": "user", "content": [{"type": "text", "text": "Say yes."}]}],
        max_completion_tokens=4,
        presence_penalty=0.5,
        user="somebody",
        stop="\n\n",
        extra_body={"unheard": 1},
    )
    assert answer.choices[0].message.content


def test_an_unknown_model(client: OpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as caught:
        client.chat.completions.create(model="no-such-model", messages=ASK)
    assert caught.value.code == "model_not_found"
    assert caught.value.param == "model"


@pytest.mark.parametrize(
    ("more", "param"),
    [
        ({"messages": []}, "messages"),
        ({"messages": [{"role": "nobody", "content": "x"}]}, "messages.0.role"),
        ({"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}, "messages.0.content"),
        ({"temperature": 9}, "temperature"),
        ({"max_tokens": -1}, "max_tokens"),
        ({"n": 2}, "n"),
    ],
)
def test_what_cannot_be_used(client: OpenAI, more: dict[str, Any], param: str) -> None:
    asked: dict[str, Any] = {"model": "default", "messages": ASK} | more
    with pytest.raises(openai.BadRequestError) as caught:
        client.chat.completions.create(**asked)
    assert caught.value.param == param
    assert caught.value.type == "invalid_request_error"


def test_a_wrong_key(client: OpenAI) -> None:
    with pytest.raises(openai.AuthenticationError):
        client.with_options(api_key="st_wrong").chat.completions.create(model="default", messages=ASK)


def test_broken_json_and_unknown_addresses(live: httpx.Client) -> None:
    broken = live.post("/v1/chat/completions", content=b"{", headers={"Content-Type": "application/json"})
    assert broken.status_code == 400
    assert set(broken.json()["error"]) == {"message", "type", "param", "code"}
    assert live.get("/v1/nothing").json()["error"]["code"] == "not_found"
    assert live.get("/v1/chat/completions").status_code == 405
