"""Recipes: read from files, checked, and told apart."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from generators.architectures.config import PatchDiffusionConfig
from generators.training import recipe as recipes
from generators.training.data.scenes import Mix
from generators.training.recipe import Schedule


@pytest.mark.parametrize("path", sorted(recipes.RECIPES.glob("*.toml")), ids=lambda path: path.stem)
def test_every_recipe_is_whole(path: object) -> None:
    recipe = recipes.load(str(path))
    assert recipe.name in str(path)
    if recipe.architecture != "diffusion":
        return
    assert PatchDiffusionConfig(**recipe.network).unet()["in_channels"] > 0
    assert Mix(**recipe.data["mix"]).two + Mix(**recipe.data["mix"]).several < 1


def test_one_like_another_says_what_differs() -> None:
    first, further = recipes.load("pocket-image"), recipes.load("pocket-image-further")
    assert further.network == first.network
    assert further.data["mix"] == first.data["mix"] | {
        "two": 0.03,
        "several": 0.04,
        "core": 0.32,
        "common": 0.4,
    }
    assert further.schedule.clip == first.schedule.clip
    assert further.schedule.batch == 64


@pytest.mark.parametrize("name", ["pocket-image", "pocket-image-further"])
def test_every_number_has_its_reason(name: str) -> None:
    for line in (recipes.RECIPES / f"{name}.toml").read_text(encoding="utf-8").splitlines():
        name, _, value = line.partition(" = ")
        if value and name not in ("name", "architecture", "seed", "image_size") and value[0].isdigit():
            assert (
                "#" in value
                or name in ("time_spread", "floor", "weight_decay", "clip")
                or name.endswith("_every")
            )


def test_the_rate_rises_stays_and_falls() -> None:
    plan = Schedule(steps=100, batch=1, learning_rate=1.0, warmup=10, cooldown=20, floor=0.1)
    rates = [plan.rate(step) for step in range(100)]
    assert rates[0] == pytest.approx(0.1)
    assert rates[50] == 1.0
    assert rates[90] == pytest.approx(0.5)
    assert rates[99] == pytest.approx(0.1)


def test_unknown_settings_are_refused() -> None:
    with pytest.raises(ValidationError):
        Schedule.model_validate({"steps": 1, "batch": 1, "learning_rate": 1, "speed": 1})


def test_only_what_changes_the_numbers_changes_the_digest() -> None:
    recipe = recipes.load("pocket-image")
    longer = recipe.schedule.model_copy(update={"steps": recipe.schedule.steps + 1})
    faster = recipe.schedule.model_copy(update={"learning_rate": 1.0})
    assert recipe.model_copy(update={"schedule": longer}).digest == recipe.digest
    assert recipe.model_copy(update={"schedule": faster}).digest != recipe.digest
