"""Faults of clients and tools: slow, flooding and cut lines, half uploads, tools that go wrong."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import signal
import socket
import threading
import time
from base64 import b64encode
from collections.abc import Callable
from urllib.parse import urlsplit

import httpx
import psutil
from PIL import Image
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from tests.faults.storm import Fault, Scene

MEMORY_GROWTH = 32 * 2**20


def _picture(scene: Scene, side: int = 256) -> bytes:
    """A PNG of noise, so that no two are alike."""
    noise = scene.rng.randbytes(side * side * 3)
    file = io.BytesIO()
    Image.frombytes("RGB", (side, side), noise).save(file, "PNG")
    return file.getvalue()


def _raw(scene: Scene, head: str, *, small: bool = False) -> socket.socket:
    """A bare connection that has sent the head of a request."""
    url = urlsplit(scene.spine.stack.url)
    line = socket.socket()
    if small:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    line.settimeout(20)
    line.connect((url.hostname, url.port))
    token = scene.recorder.headers["Authorization"]
    line.sendall(f"{head}\r\nHost: {url.netloc}\r\nAuthorization: {token}\r\n".encode())
    return line


def _web_memory(scene: Scene) -> int:
    return int(psutil.Process(scene.spine.stack.pid("web")).memory_info().rss)


def slow_socket(scene: Scene) -> None:
    """A client that opens sockets and streams and does not read: others see everything, the web stays small."""
    job = scene.paint(steps=20, pause_ms=40, count=1)
    before = _web_memory(scene)
    upgrade = (
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    lines = []
    for _ in range(6):
        for head, rest in (
            (f"GET /ws/jobs/{job}?after=0 HTTP/1.1", upgrade),
            (f"GET /api/v1/jobs/{job}/stream HTTP/1.1", "\r\n"),
        ):
            line = _raw(scene, head, small=True)
            line.sendall(rest.encode())
            lines.append(line)
    scene.recorder.wait(job)
    grown = _web_memory(scene) - before
    if grown > MEMORY_GROWTH:
        scene.say("slow", "web", f"twelve clients that do not read made it grow by {grown >> 20} MiB")
    for line in lines:
        line.close()


def flooding_socket(scene: Scene) -> None:
    """A client that sends a megabyte a second and more where nobody listens to clients."""
    job = scene.paint(steps=15, count=1)
    before = _web_memory(scene)
    address = f"{scene.spine.stack.url.replace('http', 'ws', 1)}/ws/jobs/{job}?after=0"
    with (
        contextlib.suppress(OSError, WebSocketException),
        connect(address, additional_headers=scene.recorder.headers, proxy=None, close_timeout=0.1) as line,
    ):
        until = time.monotonic() + 1.0
        while time.monotonic() < until:
            line.send(b"x" * 65536)
            time.sleep(0.02)
    scene.recorder.wait(job)
    grown = _web_memory(scene) - before
    if grown > MEMORY_GROWTH:
        scene.say("slow", "web", f"a client that floods made it grow by {grown >> 20} MiB")


def sockets_cut(scene: Scene) -> None:
    """Followers of all three kinds whose lines are cut again and again miss nothing."""
    import random

    job = scene.paint(steps=10, count=2)
    for how in ("poll", "sse", "ws"):
        scene.recorder.follow(job, how, rng=random.Random(scene.rng.random()))


def half_an_upload(scene: Scene) -> None:
    """The line breaks in the middle of a file: nothing of it is seen, and the whole of it works afterwards."""
    picture = _picture(scene)
    known = {asset["id"] for asset in scene.recorder.assets()}
    body = (
        b'--cut\r\nContent-Disposition: form-data; name="file"; filename="half.png"\r\n'
        b"Content-Type: image/png\r\n\r\n" + picture + b"\r\n--cut--\r\n"
    )
    line = _raw(scene, "POST /api/v1/assets HTTP/1.1")
    length = f"Content-Type: multipart/form-data; boundary=cut\r\nContent-Length: {len(body)}\r\n\r\n"
    line.sendall(length.encode() + body[: scene.rng.randrange(200, len(body) - 1)])
    line.close()
    time.sleep(0.2)
    new = [asset for asset in scene.recorder.assets() if asset["id"] not in known]
    if new:
        scene.say("asset", new[0]["id"], "half an upload became an asset")
    _upload(scene, picture)


def _upload(scene: Scene, picture: bytes) -> None:
    files = {"file": ("whole.png", picture, "image/png")}
    answer = scene.recorder.ask("POST", "/api/v1/assets", files=files)
    if answer.status_code != 201:
        scene.say("answer", "web", f"an upload was answered {answer.status_code}: {answer.text[:200]}")
        return
    asset = answer.json()
    digest = hashlib.sha256(picture).hexdigest()
    scene.recorder.uploads[asset["id"]] = digest
    if asset["digest"] != f"sha256:{digest}":
        scene.say("digest", asset["id"], "the answer to an upload names other bytes")


def two_of_one_digest(scene: Scene) -> None:
    """The same bytes from several clients at once: each has its asset, and the one blob is whole."""
    picture = _picture(scene)
    threads = [threading.Thread(target=_upload, args=(scene, picture)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def web_killed_at_upload(point: str) -> Callable[[Scene], None]:
    """Asked again, it works; nothing of the first try is half there (the digests of all assets are checked)."""

    def hurt(scene: Scene) -> None:
        scene.spine.arm(point)
        picture = _picture(scene)
        _upload(scene, picture)
        scene.spine.wait_fired(point, 1.0)

    return hurt


def upload_resumed(when: str) -> Callable[[Scene], None]:
    """A file in pieces. The web process is killed between them, or at a point after the last of them."""

    def hurt(scene: Scene) -> None:
        picture = _picture(scene)
        digest = hashlib.sha256(picture).hexdigest()
        name = b64encode(b"pieces.png").decode()
        tus = {"Tus-Resumable": "1.0.0"}
        begun = scene.recorder.ask(
            "POST",
            "/api/v1/uploads/",
            headers=tus | {"Upload-Length": str(len(picture)), "Upload-Metadata": f"filename {name}"},
        )
        place = begun.headers["Location"]
        if when != "between":
            scene.spine.arm(when)
        offset, killed = 0, when != "between"
        # A client may come back when it likes, and a busy machine starts the web slowly.
        until = time.monotonic() + 120
        while offset < len(picture) and time.monotonic() < until:
            end = offset + len(picture) // 3 + 1
            headers = tus | {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
            with contextlib.suppress(httpx.TransportError):
                scene.recorder.api.patch(place, content=picture[offset:end], headers=headers)
            if not killed:
                killed = True
                scene.spine.stack.kill("web")
            offset = int(scene.recorder.ask("HEAD", place).headers["Upload-Offset"])
        asset = scene.recorder.ask("GET", place).json()["asset"]
        if asset is None:
            scene.say("lost", place, f"an upload in pieces stands at {offset} of {len(picture)}")
            return
        scene.recorder.uploads[asset] = digest
        same = [one for one in scene.recorder.assets() if one["digest"] == f"sha256:{digest}"]
        if len(same) != 1:
            scene.say("duplicate", place, f"one upload made {len(same)} assets")

    return hurt


def tool_goes_wrong(how: str) -> Callable[[Scene], None]:
    """The tool aborts, eats memory, leaves a grandchild: it fails in words, others run on."""

    def hurt(scene: Scene) -> None:
        before = set(scene.forgotten())
        job = scene.recorder.submit("test.misbehave", may=("failed",), how=how)
        scene.ids.append(job)
        scene.paint()
        error = scene.recorder.wait(job)["error"] or {}
        if not error.get("message"):
            scene.say("words", job, f"a tool that does {how} fails without words")
        scene.gone(set(scene.forgotten()) - before)

    return hurt


def tool_loops(scene: Scene) -> None:
    """It never yields: Stop ends its process within the grace."""
    job = scene.recorder.submit("test.misbehave", may=("cancelled",), how="loop")
    scene.ids.append(job)
    scene.recorder.wait(job, "running")
    scene.pause(0.0, 0.6)
    began = time.monotonic()
    scene.recorder.ask("POST", f"/api/v1/jobs/{job}/cancel")
    scene.recorder.wait(job)
    took = time.monotonic() - began
    if took > 6:
        scene.say("slow", job, f"Stop took {took:.1f} s")


def worker_killed_with_a_grandchild(scene: Scene) -> None:
    """A tool has started a process of its own when its worker is killed: neither outlives it."""
    job = scene.recorder.submit("test.nurse", seconds=2.0)
    scene.ids.append(job)
    row = scene.recorder.wait_progress(job)
    started = set(scene.forgotten())
    pid = scene.spine.workers().get(row["node"])
    if pid is not None:
        os.kill(pid, signal.SIGKILL)
        scene.watch_again([row["node"]], time.time())
    scene.gone(started)
    scene.end()


def cancelled_at_random(scene: Scene) -> None:
    """Stop at any moment touches its own job only, and what was made before it is kept."""
    either = ("cancelled", "succeeded")
    victims = [scene.paint(may=either) for _ in range(2)]
    scene.paint()
    for victim in victims:
        scene.pause(0.0, 0.5)
        scene.recorder.ask("POST", f"/api/v1/jobs/{victim}/cancel")


def faults() -> list[Fault]:
    return [
        Fault("clients that do not read", slow_socket),
        Fault("a client that floods", flooding_socket),
        Fault("lines cut again and again", sockets_cut, rare=True),
        Fault("half an upload", half_an_upload),
        Fault("two of one digest at once", two_of_one_digest),
        Fault("web killed at upload-renamed", web_killed_at_upload("upload-renamed")),
        Fault("upload resumed after a kill", upload_resumed("between")),
        Fault("web killed at an upload's last answer", upload_resumed("uploaded-not-answered"), rare=True),
        Fault("web killed before an upload's asset", upload_resumed("upload-written"), rare=True),
        Fault("tool aborts", tool_goes_wrong("abort"), rare=True),
        Fault("tool eats memory", tool_goes_wrong("memory")),
        Fault("tool leaves a grandchild", tool_goes_wrong("grandchild")),
        Fault("tool loops", tool_loops, rare=True),
        Fault("worker killed with a grandchild", worker_killed_with_a_grandchild, 2),
        Fault("cancelled at random", cancelled_at_random),
    ]
