"""Pictures beside the prompt: control through a ControlNet or from the picture itself, reference through an IP-Adapter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw

from generators.context import AssetFile, Context, ModelFiles
from generators.events import ToolError
from generators.image import control, pipelines
from generators.image.edges import edges
from generators.image.generate import GenerateInputs, generate
from generators.lab.describe import describe
from generators.lab.weights import Unfit
from tests.generators.image import addons
from tests.generators.image.conftest import POCKET, asset_of

Make = Callable[..., Context]
Tiny = Callable[[str], ModelFiles]
FOLLOWING = ["stable_diffusion", "stable_diffusion_xl", "stable_diffusion_3", "flux", "qwen_image", "z_image"]
SMALL: dict[str, Any] = {"prompt": "a cat", "steps": 3, "width": 64, "height": 64}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A red house on a blue ground, 96×96, transparent in a corner."""
    picture = Image.new("RGBA", (96, 96), "blue")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((24, 40, 71, 88), fill="red")
    pen.rectangle((0, 0, 9, 9), fill=(0, 0, 0, 0))
    path = tmp_path_factory.mktemp("house") / "house.png"
    picture.save(path)
    return path


@pytest.fixture
def draw_with(context: Make, house: Path) -> Callable[..., tuple[bytes, dict[str, Any]]]:
    """draw_with(model, addon, control="house", …): pixels and facts."""

    def run(model: ModelFiles, addon: ModelFiles | None, **inputs: Any) -> tuple[bytes, dict[str, Any]]:
        assets = {"house": AssetFile("house", house, "image", "image/png")}
        ctx = replace(context(model, assets=assets), addons={addon.name: addon} if addon else {})
        made = asset_of(generate.run(ctx, GenerateInputs(**{**SMALL, **inputs})))
        with Image.open(made.path) as picture:
            return picture.tobytes(), dict(made.facts)

    return run


@pytest.mark.parametrize("family", FOLLOWING)
def test_a_controlnet_is_followed(
    family: str, tiny: Tiny, context: Make, draw_with: Any, tmp_path: Path
) -> None:
    model = tiny(family)
    pipeline = context(model).model(pipelines.load).pipeline
    folder = addons.controlnet(pipeline, tmp_path / "canny")
    card = describe(folder)
    assert card["task"] == "control"
    assert card["meta"]["base"] == {
        "stable_diffusion_3": "sd3",
        "flux": "flux",
        "qwen_image": "qwen-image",
        "z_image": "z-image",
    }.get(family, "")
    net = ModelFiles("canny", f"sha256:{family}-canny", folder, "diffusers", "control", meta=card["meta"])
    given = {"control": "house", "control_model": "canny"}
    plain = draw_with(model, None)[0]
    found, facts = draw_with(model, net, **given)
    assert facts["control"] == {"name": "canny", "digest": net.digest}
    assert "ControlNet" in facts["pipeline"]
    as_is = draw_with(model, net, **given, control_kind="as-it-is")[0]
    weak = draw_with(model, net, **given, control_weight=0.0)[0]
    assert len({plain, found, as_is}) == 3
    assert weak == draw_with(model, net, **given, control_kind="as-it-is", control_weight=0.0)[0]
    assert weak == plain or family in (
        "flux",
        "qwen_image",
    )  # these encode the picture with the seed's first numbers
    changing = draw_with(model, net, **given, prompt="a (red:1.5) [cat|dog]")[0]
    assert changing != found
    nobody, facts = draw_with(model, net, **given, control_kind="pose")
    assert any("used as it is" in note for note in facts["notes"])
    assert nobody == as_is
    assert draw_with(model, None)[0] == plain


def test_one_that_follows_several_kinds_is_told_which(
    tiny: Tiny, context: Make, draw_with: Any, tmp_path: Path
) -> None:
    """Its answers for a kind are learnt apart, so the same picture as another kind gives another picture."""
    model = tiny("flux")
    folder = addons.controlnet(context(model).model(pipelines.load).pipeline, tmp_path / "union", modes=10)
    net = ModelFiles("union", "sha256:union", folder, "diffusers", "control")
    given = {"control": "house", "control_model": "union"}
    as_is = draw_with(model, net, **given, control_kind="as-it-is")[0]
    pose, facts = draw_with(model, net, **given, control_kind="pose")
    assert any("used as it is" in note for note in facts["notes"])
    assert pose != as_is


def test_without_a_controlnet_it_is_refused(tiny: Tiny, draw_with: Any) -> None:
    with pytest.raises(ToolError, match="No ControlNet here is known to fit this model"):
        draw_with(tiny("stable_diffusion"), None, control="house")
    with pytest.raises(ToolError, match="kind LatentConsistencyModel cannot follow a control"):
        draw_with(tiny("latent_consistency"), None, control="house")


def test_one_of_another_base_is_refused(tiny: Tiny, context: Make, draw_with: Any, tmp_path: Path) -> None:
    large = context(tiny("stable_diffusion_xl")).model(pipelines.load).pipeline
    net = ModelFiles("xl", "sha256:xl-net", addons.controlnet(large, tmp_path / "xl"), "diffusers", "control")
    for other in ("stable_diffusion", "flux"):
        with pytest.raises(ToolError, match="made for another base"):
            draw_with(tiny(other), net, control="house", control_model="xl")


def test_the_small_model_starts_from_the_picture(draw_with: Any) -> None:
    """The house's colours lie where they were: more so with more weight."""

    def house_like(pixels: bytes) -> float:
        picture = Image.frombytes("RGB", (64, 64), pixels)
        wall, sky = picture.getpixel((32, 45)), picture.getpixel((58, 20))
        return float(wall[0] - wall[2] + sky[2] - sky[0])  # type: ignore[index]  # an RGB pixel has three numbers

    plain = draw_with(POCKET, None)[0]
    some, facts = draw_with(POCKET, None, control="house", control_weight=1.5)
    much = draw_with(POCKET, None, control="house", control_weight=2)[0]
    assert house_like(much) > house_like(plain)
    assert house_like(some) > house_like(plain)
    assert any("starts from the control picture itself" in note for note in facts["notes"])


@pytest.mark.parametrize("family", ["stable_diffusion", "stable_diffusion_xl", "flux"])
def test_a_reference_comes_through(
    family: str, tiny: Tiny, context: Make, draw_with: Any, tmp_path: Path
) -> None:
    model = tiny(family)
    pipeline = context(model).model(pipelines.load).pipeline
    plain = draw_with(model, None)[0]
    folder = addons.ip_adapter(pipeline, tmp_path / "adapter")
    card = describe(folder)
    assert card["task"] == "reference"
    assert card["meta"]["base"] == (
        "flux" if family == "flux" else ""
    )  # the others' widths are of no known base
    adapter = ModelFiles("look", "sha256:look", folder, "diffusers", "reference", meta=card["meta"])
    given = {"reference": "house", "reference_model": "look"}
    shown, facts = draw_with(model, adapter, **given)
    assert facts["reference"] == {"name": "look", "digest": "sha256:look"}
    assert len({plain, shown, draw_with(model, adapter, **given, reference_weight=0.2)[0]}) == 3
    net = addons.controlnet(pipeline, tmp_path / "canny")
    assert draw_with(model, None)[0] == plain, "the adapter is gone again"
    assert net.is_dir()


def test_a_model_without_an_adapter_says_so(tiny: Tiny, draw_with: Any) -> None:
    for model in (POCKET, tiny("stable_diffusion_3")):
        with pytest.raises(ToolError, match="cannot take a reference picture"):
            draw_with(model, None, reference="house")
    with pytest.raises(ToolError, match="No IP-Adapter for this model is installed"):
        draw_with(tiny("stable_diffusion"), None, reference="house")


def test_edges_are_lines_of_one_pixel_where_the_picture_changes(house: Path) -> None:
    with Image.open(house) as picture:
        found = edges(picture.convert("RGB"))
    assert found.size == (96, 96)
    line = [x for x in range(96) if found.getpixel((x, 60)) == (255, 255, 255)]
    assert len(line) == 2, "one pixel at each wall"
    assert abs(line[0] - 24) <= 1
    assert abs(line[1] - 72) <= 1
    assert edges(Image.new("RGB", (32, 32), "grey")).getextrema() == ((0, 0),) * 3
    faint = Image.new("RGB", (32, 32), (100, 100, 100))
    faint.paste((120, 120, 120), (16, 0, 32, 32))
    assert edges(faint).getextrema() == ((0, 0),) * 3, "a step of 20 levels is below the thresholds"


def test_the_kind_is_told_by_the_name() -> None:
    names = {"control_v11p_sd15_canny": "edges", "sdxl-depth": "depth", "OpenPose": "pose", "tile": ""}
    assert {name: control.kind_of(name) for name in names} == names


def test_folders_of_other_networks_are_refused(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"_class_name": "HunyuanDiT2DControlNetModel"}')
    (tmp_path / "diffusion_pytorch_model.safetensors").write_bytes(b"")
    with pytest.raises(Unfit, match="class HunyuanDiT2DControlNetModel"):
        describe(tmp_path)
    (tmp_path / "adapter" / "image_encoder").mkdir(parents=True)
    (tmp_path / "adapter" / "image_encoder" / "config.json").write_text("{}")
    with pytest.raises(Unfit, match="must hold one safetensors file of an IP-Adapter"):
        describe(tmp_path / "adapter")
