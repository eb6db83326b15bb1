"""Another model brings its own defaults into the form; what a person has set stays."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import found
from tests.stack import Stack

MAKE = """
from studio.catalog.models import ModelCard, ModelState
ModelCard.objects.create(name="quick", title="Quick", task="text-to-image", format="diffusers", rank=-1,
    state=ModelState.INSTALLED, digest="sha256:quick", path="/nowhere", source={"kind": "test"},
    meta={"native": 768, "defaults": {"steps": 4, "guidance": 1.5}})
"""
REMOVE = "from studio.catalog.models import ModelCard; ModelCard.objects.filter(name='quick').delete()"


@pytest.fixture
def quick(stack: Stack) -> Iterator[None]:
    stack.manage("shell", "-c", MAKE)
    yield
    stack.manage("shell", "-c", REMOVE)


@pytest.mark.usefixtures("quick")
def test_it_works(page: Page) -> None:
    page.goto("/create/image.generate/")
    steps = page.locator("[data-name=steps] input[type=number]")
    guidance = page.locator("[data-name=guidance] input[type=number]")
    width = page.locator("[data-name=width] input").last
    model = page.locator("model-field[data-name=model] select")
    expect(steps).to_have_value("14")
    model.select_option("quick")
    expect(steps).to_have_value("4")
    expect(guidance).to_have_value("1.5")
    expect(page.locator("[data-name=steps] [data-default-value]")).to_have_text("4")
    page.locator("[data-name=width] summary").click()
    expect(width).to_have_value("768")
    page.locator("[data-name=width] label").nth(1).click()  # 3:2, at the same area
    expect(page.locator("[data-name=width] input[type=number]").first).to_have_value("944")
    expect(width).to_have_value("624")
    steps.fill("9")
    model.select_option(index=0)
    expect(steps).to_have_value("9")
    expect(guidance).to_have_value("3")
    expect(page.locator("[data-name=steps] .reset")).to_contain_text("14")
    assert found(page) == []


@pytest.mark.usefixtures("quick")
def test_a_draft_keeps_its_own(page: Page) -> None:
    page.goto("/create/image.generate/")
    page.locator("model-field[data-name=model] select").select_option("quick")
    page.locator("[data-name=steps] input[type=number]").fill("20")
    page.wait_for_timeout(500)  # a draft is kept a moment later
    page.reload()
    expect(page.locator("model-field[data-name=model] select")).to_have_value("quick")
    expect(page.locator("[data-name=steps] input[type=number]")).to_have_value("20")
    expect(page.locator("[data-name=guidance] input[type=number]")).to_have_value("1.5")
    expect(page.locator("[data-name=steps] .reset")).to_contain_text("4")
