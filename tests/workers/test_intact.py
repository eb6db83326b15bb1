"""Weights are read through once, and refused where a bit has changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from generators.events import ToolError
from generators.lab.weights import digest_of
from workers.intact import Intact
from workers.messages import ModelPlace


def place(path: Path) -> ModelPlace:
    where = str(path)
    return ModelPlace(
        name="tiny", digest=digest_of(path), path=where, covers=where, format="gguf", task="text-generation"
    )


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.gguf"
    path.write_bytes(b"GGUF" + bytes(range(256)) * 1000)
    return path


def test_it_works(file: Path) -> None:
    model, intact = place(file), Intact()
    assert intact.check(model) > 0, "read through"
    assert intact.check(model) == 0, "and remembered"


def test_one_bit_is_found_and_the_file_named(file: Path) -> None:
    model, intact = place(file), Intact()
    intact.check(model)
    data = bytearray(file.read_bytes())
    data[5000] ^= 1
    file.write_bytes(data)
    for _ in range(2):  # what was refused once is not let through later
        with pytest.raises(ToolError, match=r"tiny\.gguf.*install it again") as refused:
            intact.check(model)
    assert (refused.value.kind, refused.value.retryable) == ("weights-changed", False)


def test_a_folder_whose_file_is_gone_or_new_is_refused(file: Path) -> None:
    model, intact = place(file.parent), Intact()
    intact.check(model)
    (file.parent / "more.safetensors").write_bytes(b"x")
    with pytest.raises(ToolError):
        intact.check(model)
    (file.parent / "more.safetensors").unlink()
    assert Intact().check(model) > 0
    file.unlink()
    with pytest.raises(ToolError):
        intact.check(model)
