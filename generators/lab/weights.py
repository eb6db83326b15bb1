"""What files of weights are, told without torch: digests, sizes, and what a folder of a model says of itself."""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Callable, Iterator
from math import prod
from pathlib import Path
from typing import Any

PICKLED = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".h5", ".msgpack")
"""Endings of files that can run code when they are read, or that we have no reader for."""

WORDS_ABOUT = frozenset({"card.toml", "readme.md", "license", "notice", ".gitattributes"})
"""Files about a model, lower case: changing them does not change what it makes, so no digest covers them."""

_HEADER_LIMIT = 100 * 2**20
_BYTES_OF = {
    "F64": 8,
    "F32": 4,
    "F16": 2,
    "BF16": 2,
    "I64": 8,
    "I32": 4,
    "I16": 2,
    "I8": 1,
    "U8": 1,
    "BOOL": 1,
}
_CPU_BYTES_OF = _BYTES_OF | {
    "F16": 4
}  # half floats become floats on a CPU, which computes with them only slowly


class Unfit(Exception):
    """This file or folder cannot be used as a model; the reason in words."""


def sha256(path: Path, on_bytes: Callable[[int], None] | None = None) -> str:
    """ "sha256:…" of a file. `on_bytes` is told how many bytes were read so far."""
    digest, done = hashlib.sha256(), 0
    with path.open("rb") as file:
        while block := file.read(4 * 2**20):
            digest.update(block)
            done += len(block)
            if on_bytes:
                on_bytes(done)
    return f"sha256:{digest.hexdigest()}"


def model_files(path: Path) -> Iterator[Path]:
    """The files that a model consists of, in a fixed order: one file, or those of a folder but for words about it."""
    if path.is_file():
        yield path
        return
    for file in sorted(path.rglob("*"), key=lambda item: item.relative_to(path).as_posix()):
        hidden = any(part.startswith(".") for part in file.relative_to(path).parts)
        if file.is_file() and not hidden and file.name.lower() not in WORDS_ABOUT:
            yield file


def digest_of(path: Path) -> str:
    """A file's sha256, or that of a folder: over one line "<sha256> <path in the folder>" for each of its files."""
    if path.is_file():
        return sha256(path)
    lines = (
        f"{sha256(file).partition(':')[2]} {file.relative_to(path).as_posix()}\n"
        for file in model_files(path)
    )
    return f"sha256:{hashlib.sha256(''.join(lines).encode()).hexdigest()}"


def bytes_of(path: Path) -> int:
    """Size of a model on disk."""
    return sum(file.stat().st_size for file in model_files(path))


def tensors(path: Path) -> dict[str, Any]:
    """The header of a safetensors file: {name: {dtype, shape, data_offsets}}. Unfit where it is none, or where it lies:
    tensors that overlap, leave holes, have another size than their shape, or go beyond the end of the file."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            (length,) = struct.unpack("<Q", file.read(8))
            if length > min(_HEADER_LIMIT, size - 8):
                raise ValueError("its header is longer than the file")
            header = json.loads(file.read(length))
        if not isinstance(header, dict):
            raise ValueError("its header is no object")
        header.pop("__metadata__", None)
        _check_offsets(header, size - 8 - length)
    except (ValueError, KeyError, TypeError, RecursionError, struct.error) as error:
        raise Unfit(
            f"{path.name} is not a safetensors file that can be trusted ({_words(error)})."
        ) from error
    return header


def metadata(path: Path) -> dict[str, str]:
    """What the header of a safetensors file says of it in words: names and texts, nothing that anybody checks."""
    tensors(path)  # Unfit where the header cannot be read
    with path.open("rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        said = json.loads(file.read(length)).get("__metadata__") or {}
    return {str(name): str(text) for name, text in said.items()} if isinstance(said, dict) else {}


def _check_offsets(header: dict[str, Any], size: int) -> None:
    """ValueError unless the tensors fill the `size` bytes after the header, one after the other."""
    at = 0
    for tensor in sorted(header.values(), key=lambda one: tuple(one["data_offsets"])):
        begin, end = tensor["data_offsets"]
        shape = tensor["shape"]
        if not all(type(number) is int and number >= 0 for number in (begin, end, *shape)):
            raise ValueError("a number of it is none")
        if begin != at:
            raise ValueError("its tensors overlap or leave holes")
        width = _BYTES_OF.get(tensor["dtype"])
        if width is not None and prod(shape) * width != end - begin:
            raise ValueError("a tensor has another size than its shape")
        at = max(at, end) if end >= begin else -1
    if at != size:
        raise ValueError("its tensors do not end where the file does")


def _words(error: Exception) -> str:
    own = type(error) is ValueError and str(error).startswith(("its ", "a "))
    return str(error) if own else "its header cannot be read"


def memory_of(path: Path) -> int:
    """Bytes that the tensors of a folder take when a CPU holds them, from the headers of its safetensors files."""
    total = 0
    for file in model_files(path):
        if file.suffix == ".safetensors":
            for tensor in tensors(file).values():
                total += prod(tensor["shape"]) * _CPU_BYTES_OF.get(tensor["dtype"], 4)
    return total


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object of at most 4 MiB; Unfit where it is none."""
    try:
        if path.stat().st_size > 4 * 2**20:
            raise ValueError("too long")
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise Unfit(f"{path.name} cannot be read.") from error
    if not isinstance(found, dict):
        raise Unfit(f"{path.name} does not hold a JSON object.")
    return found


def refuse_pickles(names: list[str]) -> None:
    """Unfit where there is nothing but pickled weights, or no weights at all, among the files' names."""
    if any(name.endswith(".safetensors") for name in names):
        return
    pickled = [name for name in names if name.endswith(PICKLED)]
    if pickled:
        raise Unfit(
            f"The weights are in {Path(pickled[0]).name}, a kind of file that can run code when it is opened."
            " Only safetensors and GGUF files are read: look for a version of this model in one of these."
        )
    raise Unfit("There are no safetensors files in it.")
