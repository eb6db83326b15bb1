"""What other tools wrote into pictures is understood: files are made here as those tools' public formats say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from generators.image.metadata import read
from generators.image.metadata.said import Said
from generators.image.metadata.texts import texts_of
from tests.generators.image.metadata.samples import A1111, COMFY, FLUX, FOOOCUS, INVOKE, SWARM, png, with_exif


def of(path: Path) -> Said:
    said = read(texts_of(path))
    assert said is not None
    return said


def is_a1111(said: Said) -> None:
    assert said.source == "A1111"
    assert said.prompt == "a (red:1.2) fox, in snow,\nsecond line"
    assert said.negative_prompt == 'blurry, "odd"\ntwo lines'
    assert (said.steps, said.sampler, said.guidance, said.seed) == (28, "DPM++ 2M Karras", 6.5, 123456789)
    assert (said.width, said.height, said.strength) == (512, 768, 0.55)
    assert (said.model, said.model_hash) == ("v1-5-pruned-emaonly", "6ce0161689")
    assert said.loras == [("ink_style", 0.7)]
    assert said.unmapped == [("Clip skip", "2"), ("Lora hashes", "ink_style: 1234, other: 99")]


def test_a1111_in_a_png(tmp_path: Path) -> None:
    is_a1111(of(png(tmp_path, parameters=A1111)))


@pytest.mark.parametrize("ending", ["jpg", "webp", "avif"])
@pytest.mark.parametrize("order", ["utf-16-be", "utf-16-le"])
def test_a1111_in_exif(tmp_path: Path, ending: str, order: str) -> None:
    comment = b"UNICODE\x00" + A1111.encode(order)
    is_a1111(of(with_exif(tmp_path, ending, {}, {0x9286: comment})))


def test_comfyui(tmp_path: Path) -> None:
    said = of(png(tmp_path, prompt=json.dumps(COMFY), workflow="{}"))
    assert (said.source, said.prompt, said.negative_prompt) == ("ComfyUI", "a lighthouse", "watermark")
    assert (said.seed, said.steps, said.guidance, said.sampler) == (2**64 - 1, 20, 8.0, "euler normal")
    assert (said.width, said.height, said.model, said.strength) == (640, 448, "dream_8", None)
    assert said.loras == [("ink", 0.8)]
    assert said.unmapped == [("FaceDetailer", '{"strength": 0.4}')]


def test_comfyui_in_a_webp(tmp_path: Path) -> None:
    path = with_exif(tmp_path, "webp", {0x010F: "Prompt:" + json.dumps(COMFY)}, {})
    assert of(path).prompt == "a lighthouse"


def test_comfyui_in_a_webp_of_its_own(tmp_path: Path) -> None:
    path = with_exif(tmp_path, "webp", {0x0110: "prompt:" + json.dumps(COMFY), 0x010F: "workflow:{}"}, {})
    assert of(path).prompt == "a lighthouse"


def test_comfyui_puts_texts_together() -> None:
    graph = json.loads(json.dumps(COMFY))
    graph["11"] = {
        "class_type": "StringConcatenate",
        "inputs": {"string_a": "a fox", "string_b": ["13", 0], "delimiter": " and "},
    }
    graph["13"] = {"class_type": "PrimitiveStringMultiline", "inputs": {"value": "an owl"}}
    graph["14"] = {"class_type": "Join", "inputs": {"text_a": ["14", 0], "text_b": ["11", 0]}}
    said = read({"prompt": json.dumps(graph)})
    assert said is not None
    assert said.prompt == "a fox and an owl"
    graph["6"]["inputs"]["text"] = ["14", 0]  # in a circle
    said = read({"prompt": json.dumps(graph)})
    assert said is not None
    assert said.prompt == "a fox and an owl"


def test_comfyui_with_nodes_that_do_all_at_once() -> None:
    loader = {
        "ckpt_name": "dream.safetensors",
        "lora_name": "None",
        "positive": "a fox",
        "negative": "people",
        "empty_latent_width": 512,
        "empty_latent_height": 640,
    }
    several = {
        "lora_1": {"on": True, "lora": "ink.safetensors", "strength": 0.7},
        "lora_2": {"on": False, "lora": "oil.safetensors", "strength": 1},
        "model": ["2", 0],
    }
    sampler = {"seed": 5, "steps": 12, "cfg": 7, "model": ["3", 0]}
    graph = {
        "1": {
            "class_type": "KSampler (Efficient)",
            "inputs": sampler | {"positive": ["2", 1], "negative": ["2", 2], "latent_image": ["2", 3]},
        },
        "2": {"class_type": "Efficient Loader", "inputs": loader},
        "3": {"class_type": "Power Lora Loader (rgthree)", "inputs": several},
    }
    said = read({"prompt": json.dumps(graph)})
    assert said is not None
    assert (said.prompt, said.negative_prompt, said.model) == ("a fox", "people", "dream")
    assert (said.width, said.height, said.loras) == (512, 640, [("ink", 0.7)])


def test_comfyui_where_only_the_drawing_is_there() -> None:
    drawing = {
        "nodes": [
            {
                "id": 3,
                "type": "KSampler",
                "widgets_values": [77, "randomize", 20, 8, "euler", "normal", 1],
                "inputs": [
                    {"name": "model", "link": 1},
                    {"name": "positive", "link": 4},
                    {"name": "negative", "link": 6},
                    {"name": "latent_image", "link": 2},
                ],
            },
            {"id": 4, "type": "CheckpointLoaderSimple", "widgets_values": ["dream.ckpt"]},
            {"id": 5, "type": "EmptyLatentImage", "widgets_values": [512, 768, 1]},
            {"id": 6, "type": "CLIPTextEncode", "widgets_values": ["a fern"], "inputs": None},
            {"id": 7, "type": "CLIPTextEncode", "widgets_values": {"text": "odd"}},
            "no node",
        ],
        "links": [
            [1, 4, 0, 3, 0, "MODEL"],
            [2, 5, 0, 3, 3, "LATENT"],
            [4, 6, 0, 3, 1, "CONDITIONING"],
            [6, 7, 0, 3, 2, "CONDITIONING"],
            None,
        ],
    }
    said = read({"workflow": json.dumps(drawing)})
    assert said is not None
    assert (said.source, said.prompt, said.seed, said.steps) == ("ComfyUI", "a fern", 77, 20)
    assert (said.width, said.height, said.model, said.sampler) == (512, 768, "dream", "euler normal")


def test_civitai_names_what_it_drew_with() -> None:
    told = [
        {"type": "checkpoint", "modelName": "Pony, XL", "modelVersionId": 1},
        {"type": "lora", "modelName": "Ink", "weight": 0.8},
    ]
    said = read(
        {"parameters": f"a cat\nSteps: 25, Seed: 3, Civitai resources: {json.dumps(told)}, Size: 64x64"}
    )
    assert said is not None
    assert (said.model, said.loras, said.seed, said.width) == ("Pony, XL", [("Ink", 0.8)], 3, 64)
    assert said.unmapped == []


def test_what_no_keyboard_writes_is_left_out(tmp_path: Path) -> None:
    said = of(png(tmp_path, parameters="a\tcat\x1b[31m\u202e\nSteps: 4, Seed: 1, Size: 0x0"))
    assert (said.prompt, said.width, said.height) == ("a\tcat[31m", None, None)


def test_utf8_in_a_chunk_of_latin1(tmp_path: Path) -> None:
    info = PngImagePlugin.PngInfo()
    info.add(b"tEXt", b"parameters\0" + "a café\nSteps: 4, Seed: 1".encode())
    Image.new("RGB", (8, 8)).save(tmp_path / "one.png", pnginfo=info)
    assert of(tmp_path / "one.png").prompt == "a café"


def test_a_text_that_is_broken_is_told() -> None:
    said = read({"prompt": '{"3": {"class_type": "KSampler", "inp'})
    assert said is not None
    assert not said.says_something()
    assert (said.source, said.unmapped[0][0]) == ("ComfyUI", "prompt")


def test_comfyui_with_its_sampler_in_parts(tmp_path: Path) -> None:
    said = of(png(tmp_path, prompt=json.dumps(FLUX)))
    assert (said.prompt, said.negative_prompt, said.seed, said.steps) == ("a fern", "", 77, 12)
    assert (said.guidance, said.sampler) == (3.5, "dpmpp_2m simple")
    assert (said.width, said.height, said.model) == (1024, 768, "flux1-dev")


def test_comfyui_graph_that_runs_in_a_circle() -> None:
    graph = {
        "1": {"class_type": "KSampler", "inputs": {"steps": 3, "positive": ["2", 0], "model": ["2", 0]}},
        "2": {"class_type": "Reroute", "inputs": {"a": ["2", 0], "b": ["1", 0]}},
    }
    said = read({"prompt": json.dumps(graph)})
    assert said is not None
    assert (said.prompt, said.steps) == ("", 3)


def test_invokeai(tmp_path: Path) -> None:
    said = of(png(tmp_path, invokeai_metadata=json.dumps(INVOKE)))
    assert (said.source, said.prompt, said.negative_prompt) == ("InvokeAI", "a fern", "people")
    assert (said.seed, said.steps, said.guidance, said.sampler) == (5, 30, 7.5, "dpmpp_3m_k")
    assert (said.width, said.height, said.model) == (768, 512, "Juggernaut XL")
    assert said.loras == [("ink", 0.75)]
    assert said.unmapped == [("seamless_x", "true")]


def test_invokeai_of_old(tmp_path: Path) -> None:
    old = {
        "model": "stable diffusion",
        "model_weights": "stable-diffusion-1.5",
        "image": {
            "prompt": [{"prompt": "a fern [people]", "weight": 1.0}],
            "steps": 50,
            "cfg_scale": 7.5,
            "seed": 3,
            "width": 512,
            "height": 512,
            "sampler": "k_lms",
            "perlin": 0.1,
        },
    }
    said = of(png(tmp_path, **{"sd-metadata": json.dumps(old)}))
    assert (said.prompt, said.negative_prompt, said.model) == ("a fern", "people", "stable-diffusion-1.5")
    assert said.unmapped == [("perlin", "0.1")]
    said = of(png(tmp_path, Dream='"a \\"green\\" fern [people]" -s 50 -S 42 -W512 -H 640 -C 7.5 -A k_lms'))
    assert (said.prompt, said.negative_prompt, said.seed) == ('a "green" fern', "people", 42)
    assert (said.steps, said.width, said.height, said.guidance, said.sampler) == (50, 512, 640, 7.5, "k_lms")


@pytest.mark.parametrize("where", ["png", "jpg"])
def test_swarmui(tmp_path: Path, where: str) -> None:
    words = json.dumps(SWARM)
    path = (
        png(tmp_path, parameters=words)
        if where == "png"
        else with_exif(tmp_path, "jpg", {}, {0x9286: b"UNICODE\x00" + words.encode("utf-16-be")})
    )
    said = of(path)
    assert (said.source, said.prompt, said.negative_prompt) == ("SwarmUI", "a fern", "people")
    assert (said.seed, said.steps, said.guidance, said.sampler) == (9, 20, 7.0, "euler karras")
    assert (said.width, said.model, said.loras) == (1024, "sd_xl_base_1.0", [("ink", 0.5)])
    assert said.unmapped == [("refinerupscale", "1.5")]


def test_fooocus(tmp_path: Path) -> None:
    said = of(png(tmp_path, fooocus_scheme="fooocus", parameters=json.dumps(FOOOCUS)))
    assert (said.source, said.prompt, said.seed) == ("Fooocus", "a fern", 1234567890123456789)
    assert (said.width, said.height, said.guidance, said.steps) == (1152, 896, 4.0, 30)
    assert said.loras == [("sd_xl_offset", 0.1)]
    assert [name for name, _ in said.unmapped] == ["styles", "performance", "sharpness"]
    said = of(png(tmp_path, fooocus_scheme="a1111", parameters=A1111))
    assert (said.source, said.seed) == ("Fooocus", 123456789)
    inner: dict[int, object] = {0x9286: json.dumps(FOOOCUS).encode(), 0x927C: b"fooocus"}
    assert of(with_exif(tmp_path, "jpg", {}, inner)).steps == 30


def test_a_picture_without_a_word(tmp_path: Path) -> None:
    assert read(texts_of(png(tmp_path, Software="something"))) is None


words = st.text(max_size=200) | st.sampled_from(
    [
        "Steps: ",
        "Negative prompt:",
        "Steps: 1, Seed: 99999999999999999999999999999, Size: x",
        "<lora:",
        '"',
        "\x00",
    ]
)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | words,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=4),
    max_leaves=20,
)


def changed(base: dict[str, Any]) -> st.SearchStrategy[str]:
    """A known JSON with some of its values replaced by anything."""
    return st.dictionaries(st.sampled_from(sorted(base)), anything, max_size=4).map(
        lambda more: json.dumps({**base, **more})
    )


@settings(max_examples=150)
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "parameters": st.lists(words, max_size=8).map("".join)
            | changed(FOOOCUS)
            | changed(SWARM["sui_image_params"]).map(lambda inner: f'{{"sui_image_params": {inner}}}'),
            "fooocus_scheme": st.sampled_from(["fooocus", "a1111", ""]),
            "prompt": changed(COMFY) | changed(FLUX) | words,
            "invokeai_metadata": changed(INVOKE) | words,
            "sd-metadata": anything.map(lambda image: json.dumps({"image": image})),
            "Dream": words,
            "xmp": words,
        },
    )
)
def test_broken_texts_never_raise(texts: dict[str, str]) -> None:
    said = read(texts)
    if said is not None:
        assert isinstance(said.prompt, str)
        assert said.guidance is None or said.guidance == said.guidance
        json.dumps(said.as_dict(), allow_nan=False)


def test_a_deep_nest_and_a_long_line_are_bounded() -> None:
    said = read({"prompt": '{"class_type":' + "[" * 200_000})
    assert said is not None
    assert not said.says_something()
    said = read({"parameters": "x" * 500_000 + "\nSteps: 5, " + "A b: c, " * 20_000})
    assert said is not None
    assert len(said.unmapped) <= 60
