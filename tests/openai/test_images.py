"""images/generations with the official client, on our own small model."""

from __future__ import annotations

import base64
import io
from typing import Any

import httpx
import openai
import pytest
from openai import OpenAI
from PIL import Image


def test_it_works(client: OpenAI, live: httpx.Client) -> None:
    answer = client.images.generate(
        model="default",
        prompt="a red boat",
        n=2,
        size="64x64",
        response_format="b64_json",
        extra_body={"seed": 7, "steps": 4},
    )
    assert answer.data is not None
    assert len(answer.data) == 2
    pictures = [base64.b64decode(one.b64_json or "") for one in answer.data]
    assert {Image.open(io.BytesIO(picture)).size for picture in pictures} == {(64, 64)}
    jobs = live.get("/api/v1/jobs", params={"tool": "image.generate"}).json()["items"]
    assert sorted(job["inputs"]["seed"] for job in jobs[:2]) == [7, 8]
    shown = live.get("/api/v1/assets", params={"medium": "image"}).json()["items"]
    assert {asset["prompt"] for asset in shown[:2]} == {"a red boat"}


def test_a_link_opens_without_a_token(client: OpenAI) -> None:
    answer = client.images.generate(
        model="default",
        prompt="a red boat",
        size="64x64",
        response_format="url",
        extra_body={"steps": 4},
    )
    assert answer.data is not None
    link = answer.data[0].url or ""
    picture = httpx.get(link)
    assert picture.status_code == 200
    assert Image.open(io.BytesIO(picture.content)).size == (64, 64)
    assert httpx.get(link[:-3] + "xyz").status_code == 404


@pytest.mark.parametrize(
    ("more", "param"),
    [
        ({"size": "large"}, "size"),
        ({"size": "63x64"}, "size"),
        ({"size": "99999x64"}, "size"),
        ({"n": 99}, "n"),
        ({"prompt": ""}, "prompt"),
    ],
)
def test_what_cannot_be_used(client: OpenAI, more: dict[str, Any], param: str) -> None:
    asked: dict[str, Any] = {"model": "default", "prompt": "a boat"} | more
    with pytest.raises(openai.BadRequestError) as caught:
        client.images.generate(**asked)
    assert caught.value.param == param
