"""image.describe: colours by name, things by a classifier, words by a reader, a sentence by a tiny real captioner."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from generators.context import Context, ModelFiles
from generators.image import captioner, seeing
from generators.image.colours import NAMES, colours_of
from generators.image.describe import DescribeInputs, describe
from generators.lab.describe import describe as card_of
from tests.generators.image.conftest import asset_of
from tests.generators.image.pictures import assets, scene

Make = Callable[..., Context]


def sign() -> Image.Image:
    """A sign with two lines of writing."""
    picture = Image.new("RGB", (420, 160), (240, 240, 230))
    draw = ImageDraw.Draw(picture)
    draw.text((20, 20), "Harbour Cafe", fill=(20, 20, 80), font=ImageFont.load_default(36))
    draw.text((20, 90), "open 9 to 5", fill=(160, 20, 20), font=ImageFont.load_default(36))
    return picture


@pytest.mark.parametrize("name", sorted(NAMES))
def test_each_colour_is_called_by_its_name(name: str) -> None:
    (found,) = colours_of(Image.new("RGB", (40, 40), NAMES[name]))
    assert (found.name, found.share) == (name, 1.0)


def test_colours_of_a_scene_by_their_area() -> None:
    picture = scene(300, 200)
    found = {colour.name: colour.share for colour in colours_of(picture)}
    assert list(found)[:3] == ["light blue", "green", "red"]
    assert found["red"] == pytest.approx(np.pi * 50**2 / (300 * 200), abs=0.02)
    clear = picture.convert("RGBA")
    clear.putalpha(Image.new("L", picture.size, 0))
    assert colours_of(clear) == []


def test_things_and_colours(context: Make, tmp_path: Path) -> None:
    picture = Image.new("RGB", (224, 224), "white")
    ImageDraw.Draw(picture).ellipse((20, 20, 204, 204), fill=(250, 120, 20))
    ctx = context(None, assets=assets(tmp_path, one=picture))
    made = asset_of(describe.run(ctx, DescribeInputs(image="one", read_text=False)))
    assert made.mime == "text/markdown"
    assert {"white", "orange"} == {colour["name"] for colour in made.facts["colours"]}
    assert made.facts["tags"] == [], "a disc is nothing that the classifier would be sure of"
    assert not made.facts["faces"]
    assert made.facts["text"] is None
    words = made.path.read_text(encoding="utf-8")
    assert "224 × 224 px" in words
    assert "nothing that the classifier knows is likely" in words
    assert "who anybody is" in words


def test_a_thing_is_named(context: Make) -> None:
    """The weights and the list of names belong together."""
    tags = seeing.tags_of(context(None), _crossword())
    assert tags
    assert tags[0].name == "crossword"
    assert tags[0].probability > 0.4


def _crossword() -> Image.Image:
    picture = Image.new("RGB", (225, 225), "white")
    draw = ImageDraw.Draw(picture)
    rng = np.random.default_rng(3)
    for y in range(0, 225, 15):
        for x in range(0, 225, 15):
            dark = rng.random() < 0.2
            draw.rectangle((x, y, x + 15, y + 15), fill="black" if dark else "white", outline="black")
    return picture


def test_words_are_read(context: Make, tmp_path: Path) -> None:
    ctx = context(None, assets=assets(tmp_path, one=sign()))
    made = asset_of(describe.run(ctx, DescribeInputs(image="one")))
    if importlib.util.find_spec("rapidocr") is None:  # an extra: then it says so
        assert made.facts["text"] is None
        assert "setup reading" in made.path.read_text(encoding="utf-8")
        return
    assert [line["text"] for line in made.facts["text"]] == ["Harbour Cafe", "open 9 to 5"]
    left, top, right, bottom = made.facts["text"][0]["box"]
    assert abs(left - 20) < 12
    assert 10 < top < bottom < 75
    assert right > 200


def test_a_picture_without_words(context: Make, tmp_path: Path) -> None:
    ctx = context(None, assets=assets(tmp_path, one=scene(128, 128)))
    assert not asset_of(describe.run(ctx, DescribeInputs(image="one"))).facts["text"]


@pytest.fixture(scope="module")
def blip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny BLIP, never trained, saved as people's are."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import BlipConfig, BlipForConditionalGeneration, PreTrainedTokenizerFast
    from transformers.models.blip.image_processing_pil_blip import BlipImageProcessorPil

    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("blip")
    names = ["[PAD]", "[UNK]", "[SEP]", "[BOS]", *(f"word{k}" for k in range(40))]
    words = Tokenizer(models.WordLevel({name: index for index, name in enumerate(names)}, unk_token="[UNK]"))
    words.pre_tokenizer = pre_tokenizers.Whitespace()
    PreTrainedTokenizerFast(
        tokenizer_object=words, pad_token="[PAD]", unk_token="[UNK]", sep_token="[SEP]", bos_token="[BOS]"
    ).save_pretrained(folder)
    small = {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}
    config = BlipConfig(
        text_config=small
        | {
            "vocab_size": len(names),
            "encoder_hidden_size": 16,
            "bos_token_id": 3,
            "sep_token_id": 2,
            "pad_token_id": 0,
            "eos_token_id": 2,
        },
        vision_config=small | {"image_size": 32, "patch_size": 8},
    )
    BlipForConditionalGeneration(config).save_pretrained(folder)
    BlipImageProcessorPil(size={"height": 32, "width": 32}).save_pretrained(folder)
    return folder


def test_a_captioning_model_where_one_is_installed(blip: Path, context: Make, tmp_path: Path) -> None:
    card = card_of(blip)
    assert card["task"] == "image-to-text"
    files = ModelFiles("blip", "sha256:blip", blip, "transformers", card["task"], meta=card["meta"])
    ctx = context(files, assets=assets(tmp_path, one=scene()))
    made = asset_of(describe.run(ctx, DescribeInputs(image="one", read_text=False)))
    assert made.facts["caption"].startswith("word")
    assert made.title == made.facts["caption"][:80]
    assert captioner.load(files, "cpu").caption(scene()) == made.facts["caption"]
