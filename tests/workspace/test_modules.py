"""The hints of a page name every module that its script loads, and only those that are there."""

from __future__ import annotations

import pytest
from django.contrib.staticfiles import finders

from studio.workspace.modules import modules_of


@pytest.mark.parametrize("script", ["js/frame.js", "js/create.js", "js/first.js", "js/chat.js"])
def test_it_works(script: str) -> None:
    found = modules_of(script)
    assert "js/dom.js" in found
    assert script not in found
    assert len(found) == len(set(found))
    assert all(finders.find(name) for name in found)


def test_what_is_loaded_later_is_left_out() -> None:
    assert "js/markdown.js" not in modules_of("js/create.js")
    assert "js/markdown.js" in modules_of("js/chat.js")
