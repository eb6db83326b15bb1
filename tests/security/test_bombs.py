"""Files and bodies that unfold: refused soon, in a bounded child, and nobody else waits for it."""

from __future__ import annotations

import gzip
import io
import json
import struct
import threading
import time
import zipfile
import zlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import httpx
import pytest
from PIL import Image

from studio.gallery.bounded import Limits
from studio.gallery.probe import Unreadable, probe
from tests.stack import Stack


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width: int, height: int, rows: bytes, *before: bytes) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + b"".join(before)
        + chunk(b"IDAT", rows)
        + chunk(b"IEND", b"")
    )


@cache
def zeros(count: int) -> bytes:
    """A stream that unfolds to so many zero bytes."""
    packer = zlib.compressobj(9)
    block = bytes(1 << 20)
    return b"".join(packer.compress(block) for _ in range(count >> 20)) + packer.flush()


def many_frames(count: int = 2000) -> bytes:
    frames = [Image.new("P", (2000, 2000), n % 2) for n in range(2)]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=10)
    whole = out.getvalue()
    # The second frame again and again.
    at = whole.rindex(b"\x21\xf9\x04")
    return whole[:at] + whole[at:-1] * count + b";"


def bombs() -> Iterator[tuple[str, bytes]]:
    yield "64k × 64k", png(64_000, 64_000, zeros(1 << 20))
    yield "wide", png(2**31 - 1, 1, zeros(1 << 20))
    yield "no width", png(0, 10, zeros(1 << 20))
    yield "200 MP that end early", png(14_000, 14_000, zeros(1 << 20))
    yield (
        "colour profile that unfolds",
        png(8, 8, zeros(1 << 10), chunk(b"iCCP", b"x\0\0" + zeros(256 << 20))),
    )
    yield "text that unfolds", png(8, 8, zeros(1 << 10), chunk(b"zTXt", b"x\0\0" + zeros(256 << 20)))
    yield (
        "a hundred texts that unfold",
        png(8, 8, zeros(1 << 10), *[chunk(b"zTXt", b"x\0\0" + zeros(7 << 20))] * 100),
    )
    yield "many frames", many_frames()
    yield (
        "WebP that lies",
        b"RIFF"
        + struct.pack("<I", 100)
        + b"WEBPVP8X"
        + struct.pack("<I", 10)
        + b"\x02"
        + bytes(3)
        + b"\xff" * 6
        + bytes(80),
    )
    yield "gzip in a text", gzip.compress(bytes(64 << 20))
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("words.txt", bytes(64 << 20))
        file.writestr("../../etc/passwd", "x")
    yield "zip in a text", archive.getvalue()
    yield "text and zip at once", b"Words first.\n" + archive.getvalue()
    yield "a text too long", b"a" * (17 << 20)
    yield (
        "a video that lies",
        b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2"
        + struct.pack(">I", 2**32 - 1)
        + b"moov"
        + bytes(200),
    )
    yield (
        "a sound that lies",
        b"RIFF\xff\xff\xff\xffWAVEfmt \x10\0\0\0\x01\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x20\0data\xff\xff\xff\xff",
    )
    yield (
        "a playlist",
        b"#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:10,\nhttp://127.0.0.1:9/secret\n#EXT-X-ENDLIST\n",
    )


BOMBS = dict(bombs())
LIMITS = Limits(cpu_s=8, wall_s=12)


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_soon(name: str, tmp_path: Path) -> None:
    path = tmp_path / "bomb"
    path.write_bytes(BOMBS[name])
    began = time.monotonic()
    medium = "text" if "text" in name and "unfold" not in name else None
    if name == "a playlist":
        medium = "video"
    with pytest.raises(Unreadable):
        probe(path, medium=medium, limits=LIMITS)
    assert time.monotonic() - began < 15
    assert len(BOMBS[name]) < 20 << 20


@pytest.mark.parametrize("deep", ["[" * 200_000, '{"a":' * 200_000, "[" * 900 + "]" * 900])
def test_deep_json(deep: str, api: httpx.Client) -> None:
    body = f'{{"tool": "test.paint", "inputs": {{"prompt": {deep}}}}}'
    for path in ("/api/v1/jobs", "/api/v1/batches", "/v1/chat/completions"):
        answer = api.post(path, content=body, headers={"Content-Type": "application/json"})
        assert 400 <= answer.status_code < 500, (path, answer.status_code)
        assert len(answer.content) < 5000


def test_a_body_that_is_too_large(api: httpx.Client, stack: Stack) -> None:
    answer = api.post("/api/v1/jobs", content=b" " * (9 << 20), headers={"Content-Type": "application/json"})
    assert answer.status_code == 413
    packed = gzip.compress(json.dumps({"tool": "test.nothing", "inputs": {}}).encode())
    answer = api.post(
        "/api/v1/jobs",
        content=packed,
        headers={"Content-Type": "application/json", "Content-Encoding": "gzip"},
    )
    assert answer.status_code == 422  # nothing unfolds what is sent


def test_others_do_not_wait_for_a_bomb(api: httpx.Client, stack: Stack) -> None:
    """While four files that take long are decoded, others' requests are answered within two seconds."""
    slow = many_frames(5)
    done = threading.Event()
    statuses: list[int] = []

    def send() -> None:
        with stack.client(api.headers["Authorization"].partition(" ")[2]) as client:
            statuses.append(
                client.post("/api/v1/assets", files={"file": ("a.gif", slow)}, timeout=120).status_code
            )

    senders = [threading.Thread(target=send) for _ in range(4)]
    for sender in senders:
        sender.start()

    def wait() -> None:
        for sender in senders:
            sender.join()
        done.set()

    threading.Thread(target=wait).start()
    slowest = 0.0
    while not done.is_set():
        for path in ("/api/v1/me", "/api/v1/assets", "/healthz", "/api/v1/queue"):
            began = time.monotonic()
            assert api.get(path).status_code == 200
            slowest = max(slowest, time.monotonic() - began)
        time.sleep(0.05)
    assert set(statuses) <= {201, 415}
    assert slowest < 2.0
