"""An operator adds a LoRA, reads what it is, and puts it on for a picture; a prompt with weights draws another one."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from generators.lab.weights import tensors
from tests.browser.steps import call, found, wait_done
from tests.browser.test_canvas import gradient, payload
from tests.generators.image import addons, families
from tests.stack import Stack

UNET = Path(__file__).resolve().parents[2] / "generators/weights/pocket-image/unet"


def small_models_lora(path: Path) -> Path:
    """A LoRA of the layers by which the built-in model reads its caption, with words that call it up."""
    import numpy as np
    from safetensors.numpy import save_file

    rng = np.random.default_rng(3)
    states = {}
    for name, about in tensors(next(UNET.glob("*.safetensors"))).items():
        if name.endswith("attn2.to_v.weight"):
            start = "lora_unet_" + name.removesuffix(".weight").replace(".", "_")
            wide, inner = about["shape"]
            states[f"{start}.lora_down.weight"] = rng.normal(size=(2, inner)).astype("f4")
            states[f"{start}.lora_up.weight"] = rng.normal(size=(wide, 2)).astype("f4")
    save_file(states, path, metadata={"modelspec.trigger_phrase": "knitted, made of wool"})
    return path


def open_more(page: Page) -> None:
    """The disclosure with the rarer inputs."""
    details = page.locator("details:has(loras-field)")
    if details.get_attribute("open") is None:
        details.locator("summary").first.click()


@pytest.mark.slow
def test_a_lora_from_file_to_picture(anonymous_page: Page, stack: Stack, tmp_path: Path) -> None:
    page = anonymous_page
    page.goto(stack.signin_link())
    page.wait_for_url(lambda url: "/signin/" not in url)
    page.goto("/models/")
    page.get_by_role("button", name="Add a model").click()
    dialog = page.get_by_role("dialog", name="Add a model")
    dialog.get_by_label("Folder, file or hub name").fill(
        str(small_models_lora(tmp_path / "wool.safetensors"))
    )
    dialog.get_by_role("button", name="Add", exact=True).click()
    card = page.locator("[data-model=wool]")
    expect(card).to_have_attribute("data-state", "installed", timeout=30_000)
    expect(card).to_contain_text("knitted, made of wool")
    expect(card).to_contain_text("the studio's own small model")
    expect(card.get_by_text("Used by default")).to_have_count(0)
    assert found(page) == []

    page.goto("/create/image.generate/")
    page.get_by_label("Prompt", exact=True).fill("a (red:1.4) apple")
    page.locator("[data-name=steps] input[type=number]").fill("2")
    page.locator("[data-name=seed] input").fill("7")
    field = page.locator("loras-field")
    open_more(page)
    field.get_by_role("combobox").select_option("wool")
    row = field.get_by_role("listitem")
    expect(row).to_contain_text("Words that call it up: knitted, made of wool")
    weight = row.get_by_role("spinbutton", name="Weight of wool")
    weight.fill("0.6")
    expect(row.get_by_role("slider", name="Weight of wool")).to_have_value("0.6")
    assert found(page) == []
    page.reload()
    open_more(page)
    expect(weight).to_have_value("0.6")  # a draft keeps what is worn
    page.get_by_label("Prompt", exact=True).press("Control+Enter")
    expect(page.get_by_role("toolbar", name="Go on with this asset")).to_be_visible(timeout=60_000)
    job = wait_done(page, {"id": page.url.partition("job=")[2].partition("&")[0]})
    asset = call(page, "GET", f"assets/{job['assets'][0]['id']}")
    (worn,) = asset["facts"]["loras"]
    fitting, total = worn["layers"].split(" of ")
    assert (worn["name"], worn["weight"]) == ("wool", 0.6)
    assert fitting == total
    plain = wait_done(
        page, call(page, "POST", "jobs", {"tool": "image.generate", "inputs": job["inputs"] | {"loras": []}})
    )
    other = call(page, "GET", f"assets/{plain['assets'][0]['id']}")
    assert other["content_digest"] != asset["content_digest"]
    refused = page.request.post(
        "/api/v1/jobs",
        data={"tool": "image.generate", "inputs": {"prompt": "a cat", "loras": [{"model": "pocket-image"}]}},
        headers={"X-CSRFToken": page.locator('meta[name="csrf"]').get_attribute("content") or ""},
    )
    assert refused.status == 422

    page.goto(f"/create/image.generate/?from={asset['id']}")
    open_more(page)
    expect(weight).to_have_value("0.6")  # Revise puts it on again
    row.get_by_role("button", name="Take wool off").click()
    expect(field.get_by_role("listitem")).to_have_count(0)
    expect(field.get_by_role("combobox")).to_be_focused()


@pytest.mark.slow
def test_a_controlnet_from_folder_to_picture(anonymous_page: Page, stack: Stack, tmp_path: Path) -> None:
    """FLUX and a ControlNet of it, both tiny: the form shows the picture's fields, and the picture is followed."""
    import diffusers

    model = families.flux(tmp_path / "small-flux")
    addons.controlnet(diffusers.FluxPipeline.from_pretrained(model), tmp_path / "small-flux-canny")
    page = anonymous_page
    page.goto(stack.signin_link())
    page.wait_for_url(lambda url: "/signin/" not in url)
    page.goto("/models/")
    for name in ("small-flux", "small-flux-canny"):
        page.get_by_role("button", name="Add a model").click()
        dialog = page.get_by_role("dialog", name="Add a model")
        dialog.get_by_label("Folder, file or hub name").fill(str(tmp_path / name))
        dialog.get_by_role("button", name="Add", exact=True).click()
        card = page.locator(f"[data-model={name}]")
        expect(card).to_have_attribute("data-state", "installed", timeout=30_000)
        expect(card).to_contain_text("FLUX")

    page.goto("/create/image.generate/")
    page.get_by_label("Prompt", exact=True).fill("a red house")
    page.locator("model-field select").first.select_option("small-flux")
    page.locator("[data-name=steps] input[type=number]").fill("2")
    page.locator("[data-name=seed] input").fill("7")
    page.get_by_text("Exact size").click()
    for side in ("Width", "Height"):
        page.get_by_label(side, exact=True).fill("64")
    open_more(page)
    control = page.locator("[data-name=control]")
    control.locator("input[type=file]").set_input_files([payload(gradient((64, 64)))])
    expect(control.locator("[data-clear]")).to_be_visible()
    control.scroll_into_view_if_needed()  # axe takes a name that is scrolled out of sight for none
    assert found(page) == []
    page.get_by_label("Prompt", exact=True).press("Control+Enter")
    page.wait_for_url("**job=**")
    job = wait_done(page, {"id": page.url.partition("job=")[2].partition("&")[0]})
    asset = call(page, "GET", f"assets/{job['assets'][0]['id']}")
    assert asset["facts"]["control"]["name"] == "small-flux-canny"
    assert asset["facts"]["pipeline"] == "FluxControlNetPipeline"
