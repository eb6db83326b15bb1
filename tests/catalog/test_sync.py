"""sync: the rows follow the built-in cards and what lies on the disk."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from studio.catalog import actions, cards
from studio.catalog.models import ModelCard, ModelState

pytestmark = pytest.mark.django_db


def get(name: str) -> ModelCard:
    return ModelCard.objects.get(name=name, team=None)


def test_it_works(models_folder: Path) -> None:
    actions.sync()
    small, large = get("smollm2-135m"), get("qwen2.5-1.5b")
    assert small.state == ModelState.INSTALLED
    assert Path(small.path).is_file()
    assert small.digest.startswith("sha256:b179c952")
    assert (large.state, large.path) == (ModelState.AVAILABLE, "")
    assert get("real-esrgan").state == ModelState.INSTALLED
    assert Path(get("real-esrgan").path).is_dir()


def test_again_it_changes_nothing_and_is_quick(models_folder: Path) -> None:
    actions.sync()
    before = list(ModelCard.objects.order_by("pk").values())
    begun = time.process_time()
    actions.sync()
    assert time.process_time() - begun < 0.15, "digests are not computed again"
    assert list(ModelCard.objects.order_by("pk").values()) == before


def test_every_built_in_card_says_what_a_person_wants_to_know() -> None:
    for card in cards.built_in():
        for field in ("name", "title", "summary", "task", "format", "architecture", "licence"):
            assert card.get(field), f"{card['name']} has no {field}"
        assert card["source"]["kind"] in ("package", "repo", "install")


def test_another_file_than_the_catalogue_names_is_not_used(models_folder: Path) -> None:
    actions.sync()
    file = models_folder / "qwen2.5-1.5b" / get("qwen2.5-1.5b").source["file"]
    file.parent.mkdir(parents=True)
    file.write_bytes(b"not it")
    actions.sync()
    large = get("qwen2.5-1.5b")
    assert large.state == ModelState.FAILED
    assert "not the one that the catalogue names" in large.error


def test_weights_that_have_gone_are_noticed(models_folder: Path) -> None:
    actions.sync()
    ModelCard.objects.filter(name="qwen2.5-1.5b").update(state=ModelState.INSTALLED, path="/gone")
    actions.sync()
    assert get("qwen2.5-1.5b").state == ModelState.AVAILABLE


def test_an_install_under_way_is_left_alone(models_folder: Path) -> None:
    actions.sync()
    ModelCard.objects.filter(name="qwen2.5-1.5b").update(state=ModelState.INSTALLING, progress=0.4)
    actions.sync()
    large = get("qwen2.5-1.5b")
    assert (large.state, large.progress) == (ModelState.INSTALLING, 0.4)
