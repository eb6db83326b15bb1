"""Lock files: they carry every pin, with hashes, and nothing of the machine that wrote them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from studio.setup import lock
from tests.conftest import ROOT

LOCKS = sorted((ROOT / "requirements").glob("*.lock"))


def test_every_pin_is_locked() -> None:
    assert lock.outdated(ROOT) == []


@pytest.mark.parametrize("file", LOCKS, ids=lambda file: file.name)
def test_every_package_has_a_version_and_hashes(file: Path) -> None:
    text = file.read_text()
    for block in re.findall(r"^[A-Za-z0-9][^\n]*(?:\n +[^\n]*)*", text, flags=re.MULTILINE):
        assert re.match(r"[\w.-]+==[\w.+]+", block), block
        assert "--hash=sha256:" in block


@pytest.mark.parametrize("file", LOCKS, ids=lambda file: file.name)
def test_no_place_of_a_machine_is_in_it(file: Path) -> None:
    text = file.read_text()
    assert not re.search(r"file:|https?:|--find-links|--index-url|--extra-index-url", text)


def test_what_depends_on_the_machine_is_apart() -> None:
    names = re.findall(r"^([\w.-]+)==", (ROOT / "requirements/python.lock").read_text(), flags=re.MULTILINE)
    assert "django" in names
    assert not [name for name in names if name == "torch" or name.startswith(("nvidia-", "triton", "cuda-"))]


def test_the_front_end_lock_names_no_host() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert all("resolved" not in package for package in packages.values())
    assert all("integrity" in package for name, package in packages.items() if name)
