"""Pictures with random faults: taken or refused in words; what is taken opens for tools as what people see."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from PIL import ImageChops, ImageStat

from generators.image.opened import TooLarge, open_picture
from studio.gallery import probe_child
from studio.gallery.sniff import sniff
from tests.security.pictures import PICTURES

COUNT = 60  # faulty copies of each


@pytest.mark.parametrize(
    "name",
    [
        "turned-6.jpg",
        "deep.png",
        "palette-clear.png",
        "profile.png",
        "moving.gif",
        "alpha.webp",
        "modern.avif",
    ],
)
def test_faults(name: str, tmp_path: Path) -> None:
    write, _left, _right = PICTURES[name]
    path = tmp_path / name
    write(path)
    whole = path.read_bytes()
    chance = random.Random(name)
    taken = 0
    refused: list[str] = []
    for _ in range(COUNT):
        broken = bytearray(whole)
        for _ in range(chance.choice([1, 1, 2, 8])):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        if chance.random() < 0.2:
            del broken[chance.randrange(len(broken)) :]
        path.write_bytes(broken)
        kind = sniff(bytes(broken[:4096]))
        if kind.kind != "image":
            continue
        request = {"path": str(path), "out": str(tmp_path), "reader": kind.reader, "pixels": 4_000_000}
        try:
            found = probe_child._image(request)
        except probe_child.Refused as reason:
            refused.append(str(reason))
            continue
        taken += 1
        try:
            given = open_picture(path)
        except TooLarge:
            raise AssertionError("the probe took what is too large for tools") from None
        assert given.size == (found["width"], found["height"])
        with open_picture(Path(found["thumbnail"])) as shown:
            if shown.size == given.size and shown.mode == given.mode:
                off = ImageStat.Stat(ImageChops.difference(shown.convert("RGB"), given.convert("RGB")))
                assert max(off.mean) < 25, off.mean  # WebP is lossy, and faults make noise
    assert not [words for words in refused if str(tmp_path) in words]
    assert taken > 0  # some faults do not matter
