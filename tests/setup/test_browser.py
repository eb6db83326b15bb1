"""Which Chromium the tests take."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.setup import browser
from studio.setup.problem import SetupProblem


def test_it_works(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.touch(mode=0o755)
    monkeypatch.setenv("STUDIO_CHROMIUM", str(mine))
    assert browser.find() == str(mine)


def test_the_path_comes_next(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "chromium").touch(mode=0o755)
    monkeypatch.delenv("STUDIO_CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert browser.find() == str(tmp_path / "chromium")
    (tmp_path / "chromium-headless-shell").touch(mode=0o755)
    assert browser.lighter() == str(tmp_path / "chromium-headless-shell"), "the one that costs less"


def test_a_wrong_name_is_said_in_words(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("STUDIO_CHROMIUM", str(tmp_path / "gone"))
    with pytest.raises(SetupProblem, match="STUDIO_CHROMIUM names no program"):
        browser.find()
