"""images/edits with the official client, on our own small model."""

from __future__ import annotations

import base64
import io
from typing import Any

import httpx
import numpy as np
import openai
import pytest
from openai import OpenAI
from PIL import Image

from tests.generators.image.pictures import array, scene


def png(picture: Image.Image, name: str = "picture.png") -> tuple[str, bytes, str]:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return name, buffer.getvalue(), "image/png"


def test_it_works(client: OpenAI, live: httpx.Client) -> None:
    """What is clear in the mask is drawn anew, and nothing else."""
    picture = scene(96, 96)
    mask = Image.new("RGBA", picture.size, (0, 0, 0, 255))
    mask.paste((0, 0, 0, 0), (16, 16, 80, 80))
    answer = client.images.edit(
        model="default",
        image=png(picture),
        mask=png(mask),
        prompt="a blue butterfly",
        response_format="b64_json",
        extra_body={"seed": 7, "strength": 1, "steps": 6},
    )
    assert answer.data is not None
    (one,) = answer.data
    made = array(Image.open(io.BytesIO(base64.b64decode(one.b64_json or ""))).convert("RGB"))
    changed = (made != array(picture)).any(-1)
    assert not changed[array(mask)[..., 3] == 255].any()
    assert changed[20:76, 20:76].mean() > 0.9
    job = live.get("/api/v1/jobs", params={"tool": "image.edit"}).json()["items"][0]
    assert job["inputs"]["seed"] == 7
    listed = live.get("/api/v1/assets", params={"medium": "image"}).json()["items"]
    assert job["inputs"]["image"] not in {asset["id"] for asset in listed}
    assert np.abs(made[20:76, 20:76].astype(int) - array(picture)[20:76, 20:76]).mean() > 10


@pytest.mark.parametrize(
    ("more", "param"), [({"size": "512x512"}, "size"), ({"n": 99}, "n"), ({"prompt": ""}, "prompt")]
)
def test_what_cannot_be_used(client: OpenAI, more: dict[str, Any], param: str) -> None:
    asked: dict[str, Any] = {"model": "default", "image": png(scene()), "prompt": "a boat"} | more
    with pytest.raises(openai.BadRequestError) as caught:
        client.images.edit(**asked)
    assert caught.value.param == param


def test_a_picture_is_needed_and_only_one(client: OpenAI, live: httpx.Client) -> None:
    with pytest.raises(openai.BadRequestError, match="takes one image"):
        client.images.edit(image=[png(scene()), png(scene(), "two.png")], prompt="a boat", model="default")
    with pytest.raises(openai.APIStatusError):
        client.images.edit(image=("a.png", b"no picture", "image/png"), prompt="a boat", model="default")
    assert live.post("/v1/images/edits", data={"prompt": "a boat"}).json()["error"]["param"] == "image"
