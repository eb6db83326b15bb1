"""The networks' files and how one is run.

The files lie in the package mediapipe (Apache-2.0), which is used as data only: its code is never imported. `python3
manage.py setup people` takes them out of it and checks the digest of each (`studio/setup/people.py`).
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generators.context import Context

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FOLDER = "share/studio/people"  # in the environment
FILES = (
    "face_detection_short_range.tflite",
    "face_detection_full_range_sparse.tflite",
    "selfie_segmentation.tflite",
    "pose_detection.tflite",
    "pose_landmark_full.tflite",
)
SETUP = "python3 manage.py setup people"


def folder() -> Path:
    """Where the files lie, whether or not they are there."""
    return Path(sys.prefix) / FOLDER


def installed() -> bool:
    """Whether everything that looks for people is there."""
    return importlib.util.find_spec("ai_edge_litert") is not None and all(
        (folder() / name).is_file() for name in FILES
    )


class Network:
    """answer(pixels) → what the network says, by the order of its outputs."""

    def __init__(self, file: Path, threads: int) -> None:
        from ai_edge_litert.interpreter import Interpreter

        self._run = Interpreter(model_path=str(file), num_threads=threads)
        self._run.allocate_tensors()
        (self._given,) = self._run.get_input_details()
        self._told: list[dict[str, Any]] = self._run.get_output_details()

    @property
    def size(self) -> tuple[int, int]:
        """(height, width) of the pictures that it takes."""
        _, height, width, _ = self._given["shape"]
        return int(height), int(width)

    def answer(self, pixels: NDArray[Any]) -> list[NDArray[np.float32]]:
        """pixels: (height, width, 3) of `size`, in the network's own range."""
        self._run.set_tensor(self._given["index"], pixels[None].astype("float32", copy=False))
        self._run.invoke()
        return [self._run.get_tensor(one["index"])[0] for one in self._told]


def network(ctx: Context, name: str) -> Network:
    """A network of FILES, kept by the worker between jobs."""
    return ctx.keep(f"people:{name}:{ctx.threads}", lambda: Network(folder() / name, ctx.threads))
