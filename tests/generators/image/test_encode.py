"""Weights, changing words, BREAK and long prompts reach the picture; plain prompts go to the pipeline as they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from generators.context import Context, ModelFiles
from generators.image import encode, pipelines
from generators.image.generate import GenerateInputs, generate
from generators.image.prompt_grammar import parse
from tests.generators.image.conftest import POCKET, asset_of

Draw = Callable[..., bytes]
Make = Callable[..., Context]
Tiny = Callable[[str], ModelFiles]
SMALL: dict[str, Any] = {"steps": 4, "width": 64, "height": 64}
TOKENS = ("pocket", "stable_diffusion", "stable_diffusion_xl")
SENTENCES = ("stable_diffusion_3", "flux", "qwen_image", "z_image")


@pytest.fixture
def model(tiny: Tiny) -> Callable[[str], ModelFiles]:
    return lambda name: POCKET if name == "pocket" else tiny(name)


@pytest.mark.parametrize("name", TOKENS[1:])
def test_it_works(name: str, model: Tiny, draw: Draw) -> None:
    """Each mark changes the picture; those that change nothing leave it byte for byte."""
    plain = draw(model(name), prompt="a red cat", **SMALL)
    assert draw(model(name), prompt="a (red:1.0) cat", **SMALL) == plain
    assert draw(model(name), prompt="a red cat", negative_prompt="", **SMALL) == plain
    marked = [
        draw(model(name), prompt=prompt, **SMALL)
        for prompt in (
            "a (red:2) cat",
            "a [red|big] cat",
            "a [red:big:0.5] cat",
            "a red cat BREAK big dog",
            "a red cat, " * 20,
        )
    ]
    marked.append(draw(model(name), prompt="a red cat", negative_prompt="(big:2) dog", **SMALL))
    assert len({plain, *marked}) == len(marked) + 1


@pytest.mark.parametrize("name", TOKENS)
def test_states_are_the_pipelines_own(name: str, model: Tiny, context: Make) -> None:
    import torch

    drawer = context(model(name)).model(pipelines.load)
    encoder = encode._Encoder(drawer.pipeline)
    with torch.no_grad():
        made = encoder.encode(parse("a cat").at(0, 1), 1)
        theirs = drawer.pipeline.encode_prompt(
            prompt="a cat", device="cpu", num_images_per_prompt=1, do_classifier_free_guidance=False
        )
    torch.testing.assert_close(made["prompt_embeds"], theirs[0])
    if "pooled_prompt_embeds" in made:
        torch.testing.assert_close(made["pooled_prompt_embeds"], theirs[2])


@pytest.mark.parametrize("name", TOKENS)
def test_a_weight_moves_only_its_word(name: str, model: Tiny, context: Make) -> None:
    import torch

    drawer = context(model(name)).model(pipelines.load)
    encoder = encode._Encoder(drawer.pipeline)

    def states(prompt: str) -> Any:
        with torch.no_grad():
            return encoder.encode(parse(prompt).at(0, 1), 1)["prompt_embeds"][0]

    plain, empty = states("a red cat"), states("")
    red = len(encoder.chunks(parse("a").at(0, 1))[0][0]) + 1
    after = len(encoder.chunks(parse("a red").at(0, 1))[0][0]) + 1
    heavy, gone = states("a (red:1.5) cat"), states("a (red:0) cat")
    torch.testing.assert_close(heavy[:red], plain[:red])
    torch.testing.assert_close(heavy[after:], plain[after:])
    torch.testing.assert_close(heavy[red:after] - empty[red:after], 1.5 * (plain - empty)[red:after])
    torch.testing.assert_close(gone[red:after], empty[red:after])


def test_long_prompts_are_chunks_of_one_length(tiny: Tiny, context: Make) -> None:
    drawer = context(tiny("stable_diffusion")).model(pipelines.load)
    told = encode.tell(drawer, "a cat " * 9, "no [dog|bird]", 3.0, 4)
    window = drawer.pipeline.tokenizer.model_max_length
    shape = told.arguments["prompt_embeds"].shape
    assert shape == told.arguments["negative_prompt_embeds"].shape
    assert shape[1] == 3 * window  # 36 letters in windows of 14
    assert told.at_step is not None


def test_what_is_beyond_the_most_chunks_is_told(context: Make) -> None:
    drawer = context(POCKET).model(pipelines.load)
    told = encode.tell(drawer, "a cat " * 400, "", 3.0, 1)
    assert told.arguments["prompt_embeds"].shape[1] == encode.MOST_CHUNKS * 20
    assert "left out" in told.notes[0]


@pytest.mark.parametrize("name", SENTENCES)
def test_readers_of_sentences_get_words_alone(name: str, tiny: Tiny, context: Make, draw: Draw) -> None:
    plain = draw(tiny(name), prompt="a red cat", **SMALL)
    inputs = GenerateInputs(prompt="a (red:1.3) [cat|dog]", **SMALL)
    made = asset_of(generate.run(context(tiny(name)), inputs))
    from PIL import Image

    with Image.open(made.path) as picture:
        assert picture.tobytes() == plain
    weights, changes = made.facts["notes"][:2]
    assert "weights like (word:1.3) were left out" in weights
    assert "the first was used" in changes


def test_words_are_weighed_in_a_picture(draw: Draw) -> None:
    """On the pocket model: the weight of a colour is seen."""

    def red(prompt: str) -> float:
        pixels = draw(POCKET, prompt=prompt, steps=4, width=64, height=64)
        return sum(pixels[0::3]) / sum(pixels)

    assert red("a (red:0) apple and a (red:0) ball") < red("a (red:1.6) apple and a (red:1.6) ball")


def test_a_lora_that_is_not_here_stays_text_and_is_told_of(context: Make) -> None:
    drawer = context(POCKET).model(pipelines.load)
    told = encode.tell(drawer, "a cat <lora:gone:0.5>", "", 3, 4)
    assert told.notes == ["There is no such LoRA here, so this was read as text: <lora:gone:0.5>"]
    assert encode.tell(drawer, "a cat", "", 3, 4).notes == []
