"""image.upscale on a machine with a GPU: its networks run on the processor there too, on all its cores."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from generators.context import Context, ModelFiles
from tests.generators.image.pictures import assets, pixels, scene
from tests.gpu.conftest import say

pytestmark = pytest.mark.gpu


def test_a_large_picture_without_seams(context: Callable[..., Context], tmp_path: Path) -> None:
    pytest.importorskip("ncnn")
    from generators.image import upscaler
    from generators.image.upscale import UpscaleInputs, upscale

    folder = upscaler.weights_folder()
    if folder is None:
        pytest.skip("no upscaler is installed")
    source = scene(2048, 2048)
    files = ModelFiles("real-esrgan", "sha256:x4", folder, "ncnn", "upscale", meta={"stem": upscaler.FAST})
    threads = os.cpu_count() or 1
    ctx = replace(context(files, assets=assets(tmp_path, one=source)), threads=threads)
    started = time.monotonic()
    made = pixels(upscale.run(ctx, UpscaleInputs(image="one", scale=4)))
    took = time.monotonic() - started
    assert made.shape == (8192, 8192, 3)
    net = upscaler.Upscaler(upscaler.FAST, folder, threads)
    left = net.side - 80  # a crop with a seam in its middle, in one piece
    whole = net.tile(np.asarray(source.crop((left, left, left + 160, left + 160))))[64:-64, 64:-64]
    start = 4 * left + 64
    tiled = made[start : start + whole.shape[0], start : start + whole.shape[1]]
    far = np.abs(tiled.astype(int) - whole.astype(int))
    say(
        f"2048 to 8192 px on {threads} threads: {took:.1f} s; at a seam {far.mean():.3f} levels, {far.max()} at most"
    )
    assert far.max() <= 2
