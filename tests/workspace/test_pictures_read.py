"""A picture from elsewhere becomes inputs of a tool; what has no place here is said by name."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image, PngImagePlugin

from studio.teams.models import User

pytestmark = pytest.mark.django_db

TEXT = """a fox in snow
Negative prompt: rain
Steps: 28, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 6.5, Seed: 123, Size: 500x768, Model: dream_8, Clip skip: 2"""


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def png(**texts: str) -> bytes:
    info = PngImagePlugin.PngInfo()
    for name, words in texts.items():
        info.add_itxt(name, words)
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "PNG", pnginfo=info)
    return out.getvalue()


def read(client: Client, data: bytes, **more: str) -> Any:
    return client.post("/api/v1/pictures/read", {"file": SimpleUploadedFile("a.png", data), **more})


def test_what_fits_and_what_does_not(alice: User) -> None:
    answer = read(signed_in(alice), png(parameters=TEXT))
    assert answer.status_code == 200, answer.content
    told = answer.json()
    assert told["source"] == "A1111"
    inputs = told["inputs"]
    assert (inputs["prompt"], inputs["negative_prompt"], inputs["seed"]) == ("a fox in snow", "rain", 123)
    assert (inputs["steps"], inputs["guidance"]) == (28, 6.5)
    assert (inputs["width"], inputs["height"]) == (496, 768), "sides are multiples of eight"
    rows = {row["name"]: row["value"] for row in told["understood"]}
    assert rows["width"] == "496 (500)"
    assert inputs["sampler"] == "dpm++"
    left = {row["label"]: row for row in told["left"]}
    assert left["Model"]["value"] == "dream_8"
    assert "Models page" in left["Model"]["why"]
    assert left["Clip skip"]["value"] == "2"


def test_a_model_that_is_here(alice: User) -> None:
    from studio.catalog.models import ModelCard

    card = ModelCard.objects.create(
        name="dream-8", title="Dream 8", task="text-to-image", format="diffusers", state="installed"
    )
    assert read(signed_in(alice), png(parameters=TEXT)).json()["inputs"]["model"] == card.name


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("Euler a", "euler-ancestral"),
        ("euler normal", "euler"),
        ("euler_ancestral karras", "euler-ancestral"),
        ("dpmpp_2m_sde_gpu karras", "dpm++-sde"),
        ("DPM++ SDE Karras", "dpm++-sde"),
        ("k_heun", None),
    ],
)
def test_samplers_by_their_names_elsewhere(alice: User, theirs: str, ours: str | None) -> None:
    text = f"a fern\nSteps: 5, Sampler: {theirs}, Seed: 1"
    told = read(signed_in(alice), png(parameters=text)).json()
    assert told["inputs"].get("sampler") == ours
    assert [row["label"] for row in told["left"]] == ([] if ours else ["Sampler"])


def test_loras_that_are_here_and_that_are_not(alice: User) -> None:
    from studio.catalog.models import ModelCard

    ModelCard.objects.create(name="ink-style", title="Ink", task="lora", format="lora", state="installed")
    text = "a fern <lora:ink_style:0.7> <lora:other>\nSteps: 5, Seed: 1, Size: 64x64"
    told = read(signed_in(alice), png(parameters=text)).json()
    assert told["inputs"]["loras"] == [{"model": "ink-style", "weight": 0.7}]
    assert [row["value"] for row in told["left"]] == ["other (1)"]


def test_a_seed_that_is_too_large_is_not_made_smaller(alice: User) -> None:
    graph = {
        "1": {"class_type": "KSampler", "inputs": {"seed": 2**60, "steps": 3, "positive": ["2", 0]}},
        "2": {"class_type": "CLIPTextEncode", "inputs": {"text": "a fern", "clip": ["9", 0]}},
    }
    told = read(signed_in(alice), png(prompt=json.dumps(graph))).json()
    assert told["inputs"] == {"prompt": "a fern", "steps": 3}
    assert [row["label"] for row in told["left"]] == ["Seed"]


def test_nothing_and_no_picture(alice: User) -> None:
    assert read(signed_in(alice), png()).json() == {"source": "", "inputs": {}, "understood": [], "left": []}
    answer = read(signed_in(alice), b"words, not a picture")
    assert (answer.status_code, answer.json()["type"]) == (415, "/problems/unsupported")
    assert read(signed_in(alice), png()[:60]).status_code in (200, 415), (
        "a picture that is cut short is no crash"
    )
    assert read(signed_in(alice), png(), tool="no.such").status_code == 422
    assert read(Client(), png()).status_code == 401
