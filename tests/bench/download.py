"""A download of 2 GiB through the studio against a bare ASGI app that sends the same file, and what it holds meanwhile.

The file is of zeros that take no room on the disk, so neither waits for one: what the views themselves cost counts most.
"""

from __future__ import annotations

import hashlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from studio.processes import spawn, stop
from studio.setup import ports
from tests.bench.harness import Bench, Estimate, Figure, Line, at_least, at_most, row
from tests.bench.harness.people import Person
from tests.stack import ROOT, Stack

BUFFER = 1 << 20
WHOLE = 2 << 30
MOVE_TO = """
import sys
from studio.gallery.models import Asset, Blob
asset, digest, size = sys.argv[1], sys.argv[2], int(sys.argv[3])
Blob.objects.get_or_create(digest=digest, bytes=size)
Asset.objects.filter(pk=asset).update(blob=digest, bytes=size)
"""


@row(
    Line("rate", "download of 2 GiB", at_least(0.7), "a bare ASGI app that sends the same file"),
    Line("held", "what the web process holds more at most during a download of 2 GiB", at_most(8, "MiB")),
)
def download(bench: Bench) -> Iterator[Figure]:
    if bench.scaled:
        raise RuntimeError("this row lays its file into a folder: run it without --scaled")
    stack = bench.stack()
    person = Person(stack)
    size = bench.few(WHOLE, WHOLE // 16)
    asset, file = _asset_of(stack, person, size)
    url, headers = f"{stack.url}/api/v1/assets/{asset}/content", person.headers
    port = ports.free()
    bare_url = f"http://127.0.0.1:{port}/"
    argv = [sys.executable, "-m", "uvicorn", "tests.bench.bare.file_app:app", "--port", str(port)]
    argv += ["--no-access-log", "--log-level", "warning", "--no-server-header"]
    bare = spawn(argv, env={**os.environ, "BENCH_FILE": str(file)}, cwd=ROOT, output=subprocess.DEVNULL)
    try:
        _wait_for(bare_url)
        ours, base = bench.turns(
            bench.few(9, 2), lambda: _rate(url, headers, size), lambda: _rate(bare_url, {}, size)
        )
        yield bench.compared("rate", ours, base, "MiB/s")
        yield Figure("held", Estimate.once(_held(stack, url, headers, size)), "MiB")
    finally:
        stop(bare, limit_s=5)


def _asset_of(stack: Stack, person: Person, size: int) -> tuple[str, Path]:
    """An asset of that many zeros, and its file. It begins as a small upload: nobody could look at so large a text."""
    made = person.api.post("/api/v1/assets", files={"file": ("zeros.txt", b"0")}).raise_for_status().json()
    hasher = hashlib.sha256()
    for _ in range(size // BUFFER):
        hasher.update(bytes(BUFFER))
    name = hasher.hexdigest()
    file = stack.data / "blobs" / "sha256" / name[:2] / name[2:4] / name
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as sparse:
        sparse.truncate(size)
    script = f"import django; django.setup()\n{MOVE_TO}"
    subprocess.run(
        [sys.executable, "-c", script, made["id"], f"sha256:{name}", str(size)],
        env={**stack.env, "DJANGO_SETTINGS_MODULE": "studio.settings"},
        cwd=ROOT,
        check=True,
    )
    return str(made["id"]), file


def _wait_for(url: str) -> None:
    until = time.monotonic() + 30
    while True:
        try:
            httpx.head(url)
            return
        except httpx.ConnectError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)


def _rate(url: str, headers: Mapping[str, str], size: int) -> float:
    """MiB a second of one GET, read by a bare socket: an HTTP client would cost more than what is measured."""
    parts = urlsplit(url)
    asked = [f"GET {parts.path or '/'} HTTP/1.1", f"Host: {parts.netloc}", "Connection: close"]
    asked += [f"{name}: {value}" for name, value in headers.items()]
    began = time.perf_counter()
    with socket.create_connection((parts.hostname or "", parts.port or 80), timeout=60) as line:
        line.sendall(("\r\n".join(asked) + "\r\n\r\n").encode())
        buffer = memoryview(bytearray(BUFFER))
        head = b""
        while b"\r\n\r\n" not in head:
            head += line.recv(4096)
        if b" 200 " not in head.split(b"\r\n", 1)[0]:
            raise RuntimeError(f"{url} answered {head[:200]!r}")
        left = size - len(head.partition(b"\r\n\r\n")[2])
        while left > 0:
            got = line.recv_into(buffer)
            if not got:
                raise RuntimeError(f"{url} ended {left} bytes early")
            left -= got
    return size / (time.perf_counter() - began) / (1 << 20)


def _held(stack: Stack, url: str, headers: Mapping[str, str], size: int) -> float:
    """MiB by which the peak of the web process during one download is above what it held before."""
    process = Path(f"/proc/{stack.pid('web')}")
    (process / "clear_refs").write_text("5")  # the peak begins anew
    before = _memory(process, "VmRSS")
    _rate(url, headers, size)
    return (_memory(process, "VmHWM") - before) / 1024


def _memory(process: Path, name: str) -> int:
    """kB that the kernel tells of a process."""
    line = next(line for line in (process / "status").read_text().splitlines() if line.startswith(name))
    return int(line.split()[1])
