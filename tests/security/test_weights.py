"""Weights and configs that lie, or would bring code: refused with the reason, and nothing of them runs."""

from __future__ import annotations

import json
import os
import pickle
import random
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from generators.image import folders
from generators.lab.describe import describe
from generators.lab.gguf import gguf_metadata
from generators.lab.weights import Unfit, tensors

CONFIG: dict[str, Any] = {"architectures": ["LlamaForCausalLM"], "max_position_embeddings": 256}


def safetensors(header: Any, data: bytes = b"", length: int | None = None) -> bytes:
    head = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(head) if length is None else length) + head + data


def tensor(begin: int, end: int, shape: list[Any], dtype: str = "F32") -> dict[str, Any]:
    return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    """A file that a pickle which is opened would take away."""
    path = tmp_path / "canary"
    path.write_text("alive")
    return path


class Bite:
    """Takes the canary away when it is unpickled."""

    def __init__(self, canary: Path) -> None:
        self.canary = canary

    def __reduce__(self) -> tuple[Callable[[str], None], tuple[str]]:
        return os.unlink, (str(self.canary),)


def test_the_bite_is_real(canary: Path) -> None:
    pickle.loads(pickle.dumps(Bite(canary)))
    assert not canary.exists()


def model(folder: Path, config: dict[str, Any] | None = None, weights: bytes | None = None) -> Path:
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(CONFIG if config is None else config))
    (folder / "tokenizer.json").write_text("{}")
    good = safetensors({"a": tensor(0, 8, [2])}, bytes(8))
    (folder / "model.safetensors").write_bytes(good if weights is None else weights)
    return folder


def test_a_good_one_is_taken(tmp_path: Path) -> None:
    assert describe(model(tmp_path / "good"))["format"] == "transformers"


LIES: dict[str, bytes] = {
    "huge header length": safetensors({}, length=2**62),
    "header longer than the file": safetensors({}, length=100),
    "header of 100 MB that is not there": safetensors({}, length=99 * 2**20),
    "no header": b"\x01",
    "empty": b"",
    "overlapping": safetensors({"a": tensor(0, 8, [2]), "b": tensor(4, 12, [2])}, bytes(12)),
    "the same bytes twice": safetensors({"a": tensor(0, 8, [2]), "b": tensor(0, 8, [2])}, bytes(8)),
    "a hole": safetensors({"a": tensor(0, 8, [2]), "b": tensor(16, 24, [2])}, bytes(24)),
    "beyond the end": safetensors({"a": tensor(0, 8000, [2000])}, bytes(8)),
    "backwards": safetensors({"a": tensor(8, 0, [2])}, bytes(8)),
    "negative": safetensors({"a": tensor(0, 8, [-2, -1])}, bytes(8)),
    "shape that is too large": safetensors({"a": tensor(0, 8, [2**40, 2**40])}, bytes(8)),
    "shape of words": safetensors({"a": tensor(0, 8, ["2"])}, bytes(8)),
    "more behind it": safetensors({"a": tensor(0, 8, [2])}, bytes(800)),
    "a list": safetensors([1, 2]),
    "not of tensors": safetensors({"a": 1}),
    "deep": safetensors(b'{"a":' * 100_000),
}


@pytest.mark.parametrize("name", LIES)
def test_safetensors_that_lie(name: str, tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(LIES[name])
    with pytest.raises(Unfit, match="safetensors"):
        tensors(path)
    with pytest.raises(Unfit):
        describe(model(tmp_path / "whole", weights=LIES[name]))


def pickles(canary: Path, folder: Path) -> dict[str, bytes]:
    plain = pickle.dumps(Bite(canary))
    archive = folder / "archive.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("archive/data.pkl", plain)
    return {"pickle": plain, "torch archive": archive.read_bytes()}


@pytest.mark.parametrize("kind", ["pickle", "torch archive"])
@pytest.mark.parametrize(
    "name", ["model.safetensors", "pytorch_model.bin", "model.pt", "model.ckpt", "model.gguf"]
)
def test_a_pickle_under_any_name(kind: str, name: str, canary: Path, tmp_path: Path) -> None:
    content = pickles(canary, tmp_path)[kind]
    folder = model(tmp_path / "given")
    (folder / "model.safetensors").unlink()
    (folder / name).write_bytes(content)
    with pytest.raises(Unfit):
        describe(folder)
    with pytest.raises(Unfit):
        describe(folder / name)
    assert canary.read_text() == "alive"


CODE: dict[str, dict[str, Any]] = {
    "auto_map": {"auto_map": {"AutoModelForCausalLM": "modeling.Evil"}},
    "auto_map of the hub": {"auto_map": {"AutoModelForCausalLM": "evil/repo--modeling.Evil"}},
    "trust_remote_code": {"trust_remote_code": True},
    "nested trust_remote_code": {"vision_config": {"backbone": [{"trust_remote_code": True}]}},
    "internal attention": {"_attn_implementation_internal": "evil/kernel"},
    "attention of the hub": {"_attn_implementation": "evil/kernel:attention"},
    "attention of one part": {"attn_implementation": {"text_config": "evil/kernel"}},
    "custom_generate": {"custom_generate": "evil/generate"},
    "a class of the hub": {"tokenizer_class": "evil/repo--tokenization.Evil"},
    "a base model": {"quantizer": {"base_model_name_or_path": "evil/base"}},
}


@pytest.mark.parametrize("name", CODE)
@pytest.mark.parametrize("file", ["config.json", "tokenizer_config.json", "generation_config.json"])
def test_a_config_that_brings_code(name: str, file: str, tmp_path: Path) -> None:
    folder = model(tmp_path / "given")
    before = CONFIG if file == "config.json" else {}
    (folder / file).write_text(json.dumps(before | CODE[name]))
    with pytest.raises(Unfit, match=file.replace(".", r"\.")):
        describe(folder)


def test_an_adapter_does_not_fetch_its_base(tmp_path: Path) -> None:
    folder = model(tmp_path / "given")
    (folder / "adapter_config.json").write_text('{"base_model_name_or_path": "evil/base"}')
    with pytest.raises(Unfit, match="Give the whole model"):
        describe(folder)


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 5000 + "1" + "}" * 5000, "[1]", "\x00", "{" * 10])
def test_a_config_that_is_none(text: str, tmp_path: Path) -> None:
    folder = model(tmp_path / "given")
    (folder / "config.json").write_text(text)
    with pytest.raises(Unfit):
        describe(folder)


@pytest.mark.parametrize(
    ("component", "words"),
    [
        (["evil", "Model"], "evil.Model"),
        (["evil.module", "StableDiffusionPipeline"], "evil.module"),
        (["transformers", "AutoModel"], "transformers.AutoModel"),
        (["diffusers", "CustomPipeline"], "diffusers.CustomPipeline"),
    ],
)
def test_a_pipeline_of_unknown_classes(component: list[str], words: str, tmp_path: Path) -> None:
    (tmp_path / "model_index.json").write_text(
        json.dumps({"_class_name": "StableDiffusionPipeline", "unet": component})
    )
    with pytest.raises(Unfit, match=words):
        folders.read(tmp_path)
    with pytest.raises(Unfit):
        describe(tmp_path)


def test_a_pipeline_with_code_beside_it(tmp_path: Path) -> None:
    index = {"_class_name": "StableDiffusionPipeline", "unet": ["diffusers", "UNet2DConditionModel"]}
    (tmp_path / "model_index.json").write_text(json.dumps(index))
    (tmp_path / "unet").mkdir()
    (tmp_path / "unet" / "evil.py").write_text("raise SystemExit")
    with pytest.raises(Unfit, match="holds code"):
        describe(tmp_path)


def text(words: str) -> bytes:
    return struct.pack("<Q", len(words)) + words.encode()


def gguf(
    *, shape: tuple[int, ...] = (4,), kind: int = 0, offset: int = 0, data: int = 16, tensors: int = 1
) -> bytes:
    head = b"GGUF" + struct.pack("<IQQ", 3, tensors, 2)
    head += text("general.architecture") + struct.pack("<I", 8) + text("llama")
    head += text("tokenizer.ggml.model") + struct.pack("<I", 8) + text("gpt2")
    head += text("a") + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, kind, offset)
    return head + bytes(-len(head) % 32) + bytes(data)


def test_a_good_gguf(tmp_path: Path) -> None:
    path = tmp_path / "good.gguf"
    path.write_bytes(gguf())
    assert gguf_metadata(path)["general.architecture"] == "llama"


GGUF_LIES = {
    "offset beyond the end": gguf(offset=2**40),
    "larger than the file": gguf(shape=(2**40,)),
    "shape that overflows": gguf(shape=(2**63, 2**63)),
    "packed, larger than the file": gguf(shape=(2**20,), kind=2),
    "more tensors than there are": gguf(tensors=5),
    "very many tensors": gguf(tensors=2**60),
    "many dimensions": gguf(shape=(1,) * 9),
    "cut": gguf()[:60],
    "lists in lists": b"GGUF"
    + struct.pack("<IQQ", 3, 0, 1)
    + text("k")
    + struct.pack("<I", 9)
    + struct.pack("<IQ", 9, 1) * 50_000,
    "an endless string": b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + struct.pack("<Q", 2**63),
    "an endless list": b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + text("k") + struct.pack("<IIQ", 9, 8, 2**63),
}


@pytest.mark.parametrize("name", GGUF_LIES)
def test_gguf_that_lies(name: str, tmp_path: Path) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(GGUF_LIES[name])
    with pytest.raises(Unfit, match=r"model\.gguf"):
        describe(path)


def test_flipped_bytes_are_read_or_refused(tmp_path: Path) -> None:
    """Two thousand heads with random bytes in them: never another error than Unfit."""
    chance = random.Random(7)
    good = {"a.gguf": gguf(), "a.safetensors": safetensors({"a": tensor(0, 8, [2])}, bytes(8))}
    for name, whole in good.items():
        path = tmp_path / name
        for _ in range(1000):
            broken = bytearray(whole)
            for _ in range(chance.randint(1, 6)):
                broken[chance.randrange(len(broken))] = chance.randrange(256)
            path.write_bytes(broken[: chance.randint(0, len(broken))] if chance.random() < 0.2 else broken)
            try:
                gguf_metadata(path) if name.endswith("gguf") else tensors(path)
            except Unfit:
                continue
