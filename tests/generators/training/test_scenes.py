"""Scenes: composed from a seed, captioned with what is in them."""

from __future__ import annotations

import numpy as np
import pytest

from generators.training.data.colours import COLOURS, main_colour, name_of, recoloured, to_hsv, to_rgb
from generators.training.data.scenes import EFFECTS, HELD_OUT, Composer, Mix, plural
from generators.training.data.sprites import SETS, Sprite, names_of, slug


def disc(colour: tuple[int, int, int]) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """A sprite: a disc of one colour."""
    rows, columns = np.mgrid[:128, :128] - 63.5
    out = np.zeros((128, 128, 4), np.uint8)
    out[rows**2 + columns**2 < 55**2] = (*colour, 255)
    return out


@pytest.fixture
def composer() -> Composer:
    concepts = ("cat", "fox", "red-apple", "teapot")
    sprites = [Sprite(concept, names_of(concept), icons.style) for icons in SETS for concept in concepts]
    return Composer(sprites, np.stack([disc((200, 60, 40))] * len(sprites)))


def test_it_works(composer: Composer) -> None:
    scenes = [composer.scene(seed) for seed in range(300)]
    assert all(scene.picture.shape == (128, 128, 3) for scene in scenes)
    assert {len(scene.concepts) for scene in scenes} == {1, 2}
    assert {scene.count for scene in scenes} == {1, 2, 3, 4, 9}
    assert not any(words in scene.caption for scene in scenes for words in HELD_OUT)
    share = sum(len(scene.concepts) == 2 for scene in scenes) / 300
    assert share == pytest.approx(Mix().two, abs=0.1)


def test_looks_are_named_and_seen(composer: Composer) -> None:
    composer.mix = Mix(effects=1.0, twins=0.0)
    scenes = [composer.scene(seed) for seed in range(200)]
    gray = [scene for scene in scenes if scene.style == "gray"]
    pixel = [scene for scene in scenes if scene.style == "pixel"]
    assert len(gray) > 10
    assert len(pixel) > 10
    for look, some in (("gray", gray), ("pixel", pixel)):
        assert all(scene.caption.endswith(EFFECTS[look]) for scene in some)
    assert all((scene.picture == scene.picture[..., :1]).all() for scene in gray)
    assert not any(name in scene.caption.split() for scene in gray for name in ("red", "blue", "green"))
    cells = np.stack([scene.picture for scene in pixel]).reshape(-1, 16, 8, 16, 8, 3)
    assert (cells == cells[:, :, :1, :, :1]).all()


def test_twins_are_one_thing_named_twice(composer: Composer) -> None:
    composer.mix = Mix(two=1.0, twins=1.0, opened=0.0)
    for scene in (composer.scene(seed) for seed in range(30)):
        assert len(scene.concepts) == 2
        assert scene.concepts[0] == scene.concepts[1]


def test_captions_may_begin_as_people_write(composer: Composer) -> None:
    composer.mix = Mix(opened=1.0)
    captions = [composer.scene(seed).caption for seed in range(100)]
    assert any(caption.startswith("a picture of ") for caption in captions)
    assert any(caption.startswith("a cute ") and "cute a " not in caption for caption in captions)


def test_what_is_common_comes_more_often() -> None:
    concepts = ("cat", "teapot", "skunk")  # core, common, neither
    sprites = [Sprite(concept, names_of(concept), icons.style) for icons in SETS for concept in concepts]
    pictures = np.stack([disc((200, 60, 40))] * len(sprites))
    source = Composer(sprites, pictures, Mix(two=0.0, core=0.3, common=0.7))
    assert {source.scene(seed).concepts[0] for seed in range(100)} == {"cat", "teapot"}


def test_a_seed_gives_one_scene(composer: Composer) -> None:
    one, same, other = composer.scene(5), composer.scene(5), composer.scene(6)
    assert one.caption == same.caption
    assert np.array_equal(one.picture, same.picture)
    assert not np.array_equal(one.picture, other.picture)


def test_the_colour_named_is_the_colour_seen(composer: Composer) -> None:
    for seed in range(200):
        scene = composer.scene(seed)
        if scene.colour and scene.count == 1 and scene.ground is None and scene.colour != "white":
            pixel = scene.picture[64, 64][None]
            seen = name_of(*(float(value[0]) for value in to_hsv(pixel)))
            assert seen in (scene.colour, {"brown": "orange", "gray": "black"}.get(scene.colour)), (
                scene.caption
            )


@pytest.mark.parametrize("colour", [name for name in COLOURS if name not in ("white", "gray", "brown")])
def test_recolouring(colour: str) -> None:
    seen, _ = main_colour(recoloured(disc((200, 60, 40)), colour))
    assert seen == colour


def test_hues_come_back() -> None:
    rgb = np.array([[222, 45, 45], [60, 170, 70], [45, 105, 225], [10, 10, 10]], np.uint8)
    assert np.abs(to_rgb(*to_hsv(rgb)).astype(int) - rgb).max() <= 1


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("cat", "cats"),
        ("fox", "foxes"),
        ("mouse", "mice"),
        ("fish", "fish"),
        ("cherry", "cherries"),
        ("key", "keys"),
    ],
)
def test_plurals(one: str, many: str) -> None:
    assert plural(one) == many


def test_names() -> None:
    assert slug("Christmas tree") == "christmas-tree"
    assert names_of("cat-face") == ("cat face", "cat")
    assert names_of("red-apple") == ("red apple", "apple")
    assert names_of("teapot") == ("teapot",)
