"""Where bytes lie: content-addressed files in one folder, or in a bucket (storage_s3.py).

This module knows files only; blobs.py keeps the rows that say which of them are in use.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import BinaryIO, Protocol

from django.conf import settings
from django.utils.translation import gettext as _

from studio.problems import StorageFull

CHUNK = 1 << 20
ALGORITHM = "sha256"
LEFTOVER_S = 24 * 3600
"""A temporary file this old belongs to a process that died."""


@dataclass(frozen=True)
class Draft:
    """Bytes that are written and safe on the disk, but not yet under their name."""

    path: Path
    digest: str
    bytes: int


class Storage(Protocol):
    """What the studio asks of a place for blobs. Digests are "sha256:<64 hex>"."""

    def draft(self, source: Path) -> Draft:
        """Copy a file beside its place, hash it on the way, flush it. StorageFull where the disk is."""

    def place(self, draft: Draft) -> None:
        """Give a draft its name unless the same bytes are there; either way the draft is gone afterwards.

        A file of another size under that name was damaged, and is replaced.
        """

    def put_if_absent(self, source: Path) -> str:
        """`draft` and `place` in one; gives the digest."""

    def open(self, digest: str, start: int = 0) -> BinaryIO:
        """Read from byte `start`; FileNotFoundError where there is no such blob."""

    def path(self, digest: str) -> Path | None:
        """The local file, or None where this storage has none."""

    def url(self, digest: str) -> str | None:
        """A short-lived address that a browser may fetch, or None where the studio serves the bytes itself."""

    def delete(self, digest: str) -> None:
        """Remove a blob; no error where it is gone."""

    def exists(self, digest: str) -> bool: ...

    def lock(self, digest: str) -> AbstractContextManager[None]:
        """Held while a blob is taken away, so that nobody puts it back in between."""

    def sweep(self) -> int:
        """Remove drafts whose process died; gives how many."""


class LocalFolder:
    """Files at <root>/sha256/ab/cd/<64 hex>, each written beside its place and renamed."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._safe: set[Path] = set()  # folders whose own names this process has flushed

    def _drafts(self) -> Path:
        return self.root / "drafts"

    def place_of(self, digest: str) -> Path:
        """The file of a digest, whether or not it is there. ValueError for what is no digest."""
        algorithm, _colon, name = digest.partition(":")
        if algorithm != ALGORITHM or len(name) != 64 or not set(name) <= set("0123456789abcdef"):
            raise ValueError(f"{digest!r} is no digest")
        return self.root / algorithm / name[:2] / name[2:4] / name

    def draft(self, source: Path) -> Draft:
        folder = self._drafts()
        target = folder / secrets.token_hex(12)
        hasher = hashlib.sha256()
        total = 0
        with _full_disk_in_words():
            folder.mkdir(parents=True, exist_ok=True)
            try:
                with source.open("rb") as read, target.open("xb") as write:
                    while block := read.read(CHUNK):
                        hasher.update(block)
                        write.write(block)
                        total += len(block)
                    write.flush()
                    os.fsync(write.fileno())
                target.chmod(0o440)
            except BaseException:
                target.unlink(missing_ok=True)
                raise
        return Draft(target, f"{ALGORITHM}:{hasher.hexdigest()}", total)

    def place(self, draft: Draft) -> None:
        target = self.place_of(draft.digest)
        with _full_disk_in_words():
            if target.exists() and target.stat().st_size == draft.bytes:
                draft.path.unlink(missing_ok=True)
            else:
                target.parent.mkdir(parents=True, exist_ok=True)
                draft.path.rename(target)
            # Also where the bytes were there: whoever placed them may not have come to this line.
            self._flush_up(target.parent)

    def _flush_up(self, folder: Path) -> None:
        """Flush a folder's names, and up to the root the names of folders that are new to this process."""
        _flush_folder(folder)
        while folder != self.root.parent and folder not in self._safe:
            _flush_folder(folder.parent)
            self._safe.add(folder)
            folder = folder.parent

    def put_if_absent(self, source: Path) -> str:
        draft = self.draft(source)
        self.place(draft)
        return draft.digest

    def open(self, digest: str, start: int = 0) -> BinaryIO:
        file = self.place_of(digest).open("rb")
        file.seek(start)
        return file

    def path(self, digest: str) -> Path | None:
        return self.place_of(digest)

    def url(self, digest: str) -> str | None:
        return None

    def delete(self, digest: str) -> None:
        self.place_of(digest).unlink(missing_ok=True)

    def exists(self, digest: str) -> bool:
        return self.place_of(digest).is_file()

    @contextmanager
    def lock(self, digest: str) -> Iterator[None]:
        """One of 256 files, by the digest: the lock ends with the process that holds it."""
        folder = self.root / "locks"
        with _full_disk_in_words():
            folder.mkdir(parents=True, exist_ok=True)
            handle = os.open(folder / self.place_of(digest).name[:2], os.O_RDWR | os.O_CREAT, 0o640)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def sweep(self) -> int:
        gone = 0
        oldest = time.time() - LEFTOVER_S
        for file in self._drafts().glob("*"):
            with suppress(FileNotFoundError):
                if file.stat().st_mtime < oldest:
                    file.unlink()
                    gone += 1
        return gone


def _flush_folder(folder: Path) -> None:
    """A rename is only safe once its folder is on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _full_disk_in_words() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageFull(
                _(
                    "The disk that holds the studio's files is full. Nothing was stored. Free some space, or empty the bin."
                ),
                retry_after=60,
            ) from error
        raise


@cache
def _folder(root: Path) -> LocalFolder:
    return LocalFolder(root)


@cache
def _bucket(name: str, _endpoint: str, drafts: Path) -> Storage:
    from studio.gallery.storage_s3 import Bucket

    return Bucket(name, LocalFolder(drafts))


def current() -> Storage:
    """The storage that the settings name."""
    if settings.S3_BUCKET:
        return _bucket(settings.S3_BUCKET, settings.S3_ENDPOINT, Path(settings.BLOBS))
    return _folder(Path(settings.BLOBS))
