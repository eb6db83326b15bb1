"""The head of a GGUF file, read and checked against the file's length before any native code sees it."""

from __future__ import annotations

import struct
from math import prod
from pathlib import Path
from typing import IO, Any

from generators.lab.weights import Unfit

_SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_STRING, _ARRAY = 8, 9
# By type: (numbers in a block, bytes of a block), as llama.cpp packs them.
_BLOCKS = {
    0: (1, 4), 1: (1, 2), 2: (32, 18), 3: (32, 20), 6: (32, 22), 7: (32, 24), 8: (32, 34), 10: (256, 84),
    11: (256, 110), 12: (256, 144), 13: (256, 176), 14: (256, 210), 15: (256, 292), 16: (256, 66), 17: (256, 74),
    18: (256, 98), 19: (256, 50), 20: (32, 18), 21: (256, 110), 22: (256, 82), 23: (256, 136), 24: (1, 1),
    25: (1, 2), 26: (1, 4), 27: (1, 8), 28: (1, 8), 29: (256, 56), 30: (1, 2), 34: (256, 54), 35: (256, 66),
}  # fmt: skip
_MOST = 10_000  # key-values
_MOST_TENSORS = 100_000
_DEEPEST = 4  # lists in lists


def gguf_metadata(path: Path) -> dict[str, Any]:
    """The scalar key-values at the head of a GGUF file (version 2 and 3). Lists are passed over.

    Unfit where it is none, or where a tensor lies beyond the end of the file.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            if file.read(4) != b"GGUF":
                raise ValueError("no GGUF")
            version, tensors, count = _unpack(file, "<IQQ")
            if version not in (2, 3) or count > _MOST or tensors > _MOST_TENSORS:
                raise ValueError("unknown version")
            found: dict[str, Any] = {}
            for _ in range(count):
                key = _string(file)
                value = _value(file, _unpack(file, "<I")[0], 0)
                if value is not None:
                    found[key] = value
            _check_tensors(file, tensors, int(found.get("general.alignment", 32)), size)
            return found
    except _Beyond as error:
        raise Unfit(
            f"{path.name} is cut short, or its head lies: {error} is said to go beyond its end."
        ) from error
    except (ValueError, KeyError, TypeError, struct.error, OverflowError, MemoryError) as error:
        raise Unfit(f"{path.name} is not a GGUF file that can be read.") from error


class _Beyond(Exception):
    pass


def _check_tensors(file: IO[bytes], count: int, alignment: int, size: int) -> None:
    if not 1 <= alignment <= 2**20:
        raise ValueError("odd alignment")
    last: list[tuple[str, int]] = []
    for _ in range(count):
        name = _string(file)
        (dimensions,) = _unpack(file, "<I")
        if dimensions > 8:
            raise ValueError("too many dimensions")
        shape = _unpack(file, f"<{dimensions}Q")
        kind, offset = _unpack(file, "<IQ")
        block, width = _BLOCKS.get(kind, (1, 0))  # of a kind that we do not know, at least where it begins
        last.append((name, offset + -(-prod(shape) // block) * width))
    start = -(-file.tell() // alignment) * alignment
    for name, end in last:
        if start + end > size:
            raise _Beyond(f"the tensor {name[:60]}")


def _unpack(file: IO[bytes], form: str) -> tuple[Any, ...]:
    return struct.unpack(form, file.read(struct.calcsize(form)))


def _string(file: IO[bytes]) -> str:
    (length,) = _unpack(file, "<Q")
    if length > 2**24:
        raise ValueError("string too long")
    text = file.read(length)
    if len(text) != length:
        raise ValueError("cut short")
    return text.decode("utf-8", "replace")


def _value(file: IO[bytes], kind: int, depth: int) -> Any:
    if kind == _STRING:
        return _string(file)
    if kind != _ARRAY:
        return _unpack(file, "<" + _SCALARS[kind])[0]
    inner, length = _unpack(file, "<IQ")
    if length > 2**24 or depth > _DEEPEST:
        raise ValueError("list too long")
    if inner in (_STRING, _ARRAY):
        for _ in range(length):
            _value(file, inner, depth + 1)
    else:
        file.seek(length * struct.calcsize("<" + _SCALARS[inner]), 1)
    return None
