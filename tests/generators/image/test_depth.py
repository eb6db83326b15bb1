"""Depths found in a control picture by tiny real estimators, and what is said where there is none."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from generators.context import Context, ModelFiles
from generators.events import ToolError
from generators.image import control, depth, pipelines
from generators.image.generate import GenerateInputs, generate
from generators.lab.describe import describe, require_known_class
from generators.lab.weights import Unfit
from tests.generators.image import addons, estimators
from tests.generators.image.conftest import asset_of
from tests.generators.image.pictures import array, assets, scene

Make = Callable[..., Context]


def installed(folder: Path) -> ModelFiles:
    """A folder as the catalogue hands it over."""
    card = describe(folder)
    require_known_class(card)
    assert card["task"] == "depth-estimation"
    return ModelFiles(
        folder.name, f"sha256:{folder}", folder, "transformers", card["task"], meta=card["meta"]
    )


@pytest.mark.parametrize("family", ["depth_anything", "dpt", "zoe_depth", "glpn"])
def test_a_picture_becomes_a_grey_one(family: str, tmp_path: Path) -> None:
    estimator = depth.load(installed(getattr(estimators, family)(tmp_path / family)), "cpu")
    for size in ((96, 64), (1500, 300)):
        found = array(estimator.nearness(scene(*size)))
        assert found.shape == (size[1], size[0], 3)
        assert (found == found[..., :1]).all()
        assert int(found.max()) - int(found.min()) > 240
    upright = array(estimator.nearness(scene(96, 64)))
    turned = array(estimator.nearness(scene(96, 64).rotate(180)))
    assert (upright != turned).any()


def test_near_is_white_also_where_metres_are_told(tmp_path: Path) -> None:
    """The same answers read as nearness and as metres: what is white in the one is black in the other."""
    estimator = depth.load(installed(estimators.depth_anything(tmp_path / "it")), "cpu")
    near = array(estimator.nearness(scene(96, 64)))
    estimator.model.config.depth_estimation_type = "metric"
    far = array(estimator.nearness(scene(96, 64)))
    assert far[near == 0].max() == 255
    assert far[near == 255].min() == 0


def test_control_by_depth(tiny: Callable[[str], ModelFiles], context: Make, tmp_path: Path) -> None:
    model = tiny("stable_diffusion")
    pipeline = context(model).model(pipelines.load).pipeline
    net = ModelFiles(
        "net", "sha256:net", addons.controlnet(pipeline, tmp_path / "net"), "diffusers", "control"
    )
    finder = installed(estimators.depth_anything(tmp_path / "finder"))
    grey = depth.load(finder, "cpu").nearness(scene(64, 64))

    def drawn(**inputs: Any) -> tuple[bytes, list[str]]:
        ctx = context(model, assets=assets(tmp_path, colour=scene(64, 64), grey=grey))
        ctx = replace(ctx, addons={"net": net, "finder": finder})
        given = {"prompt": "a cat", "steps": 2, "width": 64, "height": 64, "control_model": "net"}
        made = asset_of(generate.run(ctx, GenerateInputs.model_validate(given | inputs)))
        with Image.open(made.path) as picture:
            return picture.tobytes(), made.facts["notes"]

    found, notes = drawn(control="colour", control_kind="depth", depth_model="finder")
    assert notes == ["Depths were found in the control picture by finder."]
    same, notes = drawn(control="grey", control_kind="depth", depth_model="finder")
    assert "taken for a depth map" in notes[0]
    assert same == found, "the map that was found and the same map given"
    raw, notes = drawn(control="colour", control_kind="depth")
    assert "Depth Anything, DPT or ZoeDepth can be added" in notes[0]
    assert raw != found


def test_what_may_not_be_loaded(tmp_path: Path, context: Make) -> None:
    folder = estimators.depth_anything(tmp_path / "it")
    config = json.loads((folder / "config.json").read_text())

    def refused(**changed: Any) -> str:
        (folder / "config.json").write_text(json.dumps(config | changed))
        with pytest.raises(Unfit) as error:
            describe(folder)
        return str(error.value)

    assert "never fetched" in refused(backbone="somebody/network", backbone_config=None)
    assert "never fetched" in refused(backbone_config={"model_type": "timm_backbone"})
    assert "which we never run" in refused(auto_map={"AutoModel": "code.Model"})
    (folder / "preprocessor_config.json").unlink()
    assert "how it takes pictures" in refused()
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    assert "can run code when it is opened" in refused()
    other = ModelFiles(
        "words", "sha256:words", folder, "transformers", "text-generation", meta={"class": "Gpt"}
    )
    with pytest.raises(ToolError, match="no depth estimator"):
        depth.load(other, "cpu")
    assert control.prepared(context(None), Image.new("RGB", (8, 8), "grey"), "as-it-is")[1] == []
