"""The environment: disk looked at first, made anew where it does not fit, kept where it does."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from studio.setup import environment
from studio.setup.problem import SetupProblem
from studio.setup.stamp import Stamp, interpreter


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """An environment without pip, as quick as can be, with the stamp of this place."""
    venv = tmp_path / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    stamp = Stamp(venv)
    stamp.set("place", str(tmp_path))
    stamp.set("interpreter", interpreter())
    return venv


def test_it_works(tmp_path: Path, made: Path) -> None:
    assert environment.ready(tmp_path, made)


def test_there_is_none(tmp_path: Path) -> None:
    assert not environment.ready(tmp_path, tmp_path / ".venv")


def test_a_checkout_that_was_moved_gets_a_new_one(tmp_path: Path, made: Path) -> None:
    assert not environment.ready(tmp_path / "elsewhere", made)


def test_another_interpreter_gets_a_new_one(tmp_path: Path, made: Path) -> None:
    Stamp(made).set("interpreter", "cpython 3.99 /opt")
    assert not environment.ready(tmp_path, made)


def test_an_interpreter_that_is_gone_gets_a_new_one(tmp_path: Path, made: Path) -> None:
    environment.python_of(made).unlink()
    environment.python_of(made).symlink_to(tmp_path / "gone")
    assert not environment.ready(tmp_path, made)


def test_a_small_disk_is_said_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(environment.NEED_GB, "cuda", 1e9)
    with pytest.raises(SetupProblem, match=r"Not enough disk space: .* the build with CUDA needs"):
        environment.check_disk(tmp_path, "cuda")


def test_a_python_without_its_parts_is_said_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As Debian ships it: the module that brings pip is a package of its own."""
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    with pytest.raises(SetupProblem, match=r"comes without its module ensurepip.*python3\.\d+-venv"):
        environment.make(tmp_path, tmp_path / ".venv")


def test_a_link_to_anothers_is_left_alone(tmp_path: Path, made: Path) -> None:
    there = tmp_path / "clone"
    there.mkdir()
    (there / ".venv").symlink_to(made)
    with pytest.raises(SetupProblem, match="is a link"):
        environment.make(there, there / ".venv")
    assert environment.ready(tmp_path, made)
