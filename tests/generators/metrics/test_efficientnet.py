"""EfficientNet-lite0 from the package's weights: it sees what is there, and another file is not opened."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw
from safetensors.torch import load_file

from generators.metrics import efficientnet

TRAFFIC_LIGHT, CROSSWORD = 920, 918  # ImageNet's numbers


def traffic_light() -> Image.Image:
    picture = Image.new("RGB", (160, 160), (120, 170, 220))
    pen = ImageDraw.Draw(picture)
    pen.rectangle((55, 15, 105, 145), fill=(25, 25, 25))
    for y, colour in ((22, (255, 0, 0)), (62, (255, 190, 0)), (102, (0, 200, 80))):
        pen.ellipse((62, y, 98, y + 36), fill=colour)
    return picture


def crossword() -> Image.Image:
    picture = Image.new("RGB", (160, 160), "white")
    rng, pen = np.random.default_rng(0), ImageDraw.Draw(picture)
    for y in range(0, 160, 16):
        for x in range(0, 160, 16):
            pen.rectangle(
                (x, y, x + 16, y + 16), fill="black" if rng.random() < 0.25 else "white", outline="black"
            )
    return picture


def test_it_works() -> None:
    model = efficientnet.load()  # what the set-up converted
    pictures = np.stack([np.asarray(traffic_light()), np.asarray(crossword())])
    found = efficientnet.features(model, pictures)
    assert found.shape == (2, efficientnet.FEATURES)
    assert model.classes(torch.tensor(found).float()).argmax(1).tolist() == [TRAFFIC_LIGHT, CROSSWORD]


def test_another_file_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / efficientnet.PACKAGE
    (package / "models").mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / efficientnet.FILE).write_bytes(b"not weights")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(efficientnet.NotInstalled, match="not opened"):
        efficientnet.convert(tmp_path)
    assert not efficientnet.weights_file(tmp_path).exists()


def test_the_pickle_is_read_once_at_install_and_never_at_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(efficientnet.NotInstalled, match=r"manage\.py setup"):
        efficientnet.load(tmp_path)
    file = efficientnet.convert(tmp_path)
    assert file.suffix == ".safetensors"
    monkeypatch.setattr(torch, "load", None)  # a pickle that is opened fails the test
    kept = efficientnet.load(tmp_path).state_dict()
    assert all(torch.equal(value, kept[name]) for name, value in load_file(file).items())
