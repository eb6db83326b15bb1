"""Power loss, which no kill of a process shows: what was not flushed to the disk may be gone, in any mixture.

A layer under the storage notes what each fsync has made safe: a file's bytes, a folder's entries. The lights go out at
a random step; then a folder is put together of what was safe and, by the dice, of what was not: a new name may be
there without its bytes, a file may be there under its old name, its new name, both or neither. After that every row
that the database had committed must have its bytes, or not be there.
"""

from __future__ import annotations

import hashlib
import os
import random
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from pytest_django.fixtures import Settings

from studio.gallery import blobs, storage
from studio.gallery.models import Asset, Blob
from tests.gallery.conftest import People

CASES = 50


class LightsOut(BaseException):
    """The power is gone; nothing in the process may catch it as an error."""


class Disk:
    """Notes what is safe below `root`, counts steps, and ends everything at step `ends_at`."""

    def __init__(self, root: Path, ends_at: int | None) -> None:
        self.root, self.ends_at, self.step = root, ends_at, 0
        self.bytes_safe: dict[int, bytes] = {}
        self.names_safe: dict[int, dict[str, int]] = {}
        self.left: dict[str, Any] | None = None
        self._held: list[int] = []  # open files keep their inode numbers from being given anew

    def flush(self, handle: int) -> None:
        """What an fsync makes safe."""
        about = os.fstat(handle)
        if stat.S_ISDIR(about.st_mode):
            folder = Path(os.readlink(f"/proc/self/fd/{handle}"))
            self.names_safe[about.st_ino] = {entry.name: entry.inode() for entry in os.scandir(folder)}
        else:
            self._held.append(os.dup(handle))
            self.bytes_safe[about.st_ino] = Path(f"/proc/self/fd/{handle}").read_bytes()

    def tick(self) -> None:
        self.step += 1
        if self.step == self.ends_at:
            self.left = self._image(self.root)  # now: what the process does in its last breath does not count
            raise LightsOut

    def _image(self, folder: Path) -> dict[str, Any]:
        """What is in a folder: safe entries, present entries, and for each file its safe and its present bytes."""
        here = folder.stat().st_ino
        entries: dict[int, Any] = {}
        names: dict[str, int] = {}
        for entry in os.scandir(folder):
            names[entry.name] = entry.inode()
            if entry.is_dir():
                entries[entry.inode()] = self._image(Path(entry.path))
            else:
                entries[entry.inode()] = Path(entry.path).read_bytes()
        return {"safe": self.names_safe.get(here, {}), "now": names, "things": entries}

    def after(self, target: Path, dice: random.Random) -> None:
        """Put together at `target` what the disk may hold after the loss."""
        assert self.left is not None
        self._restore(self.left, target, dice)

    def _restore(self, image: dict[str, Any], target: Path, dice: random.Random) -> None:
        target.mkdir()
        for name in sorted({*image["safe"], *image["now"]}):
            safe, now = image["safe"].get(name), image["now"].get(name)
            inode = safe if safe == now else dice.choice((safe, now))
            if inode is None:
                continue
            thing = image["things"].get(inode)
            if isinstance(thing, dict):
                self._restore(thing, target / name, dice)
            else:
                (target / name).write_bytes(self._bytes_of(inode, thing or b"", dice))
        for handle in self._held:
            os.close(handle)
        self._held.clear()

    def _bytes_of(self, inode: int, present: bytes, dice: random.Random) -> bytes:
        safe = self.bytes_safe.get(inode)
        if safe is not None and (safe == present or not present):  # no bytes: only its safe name is left
            return safe
        return dice.choice((b"", bytes(len(present)), present[: len(present) // 2]))


@contextmanager
def disk(root: Path, ends_at: int | None, *, flushes: Callable[[int], bool]) -> Iterator[Disk]:
    """The layer in place. flushes: whether the flush of this handle is done at all (a broken guard says no)."""
    layer = Disk(root, ends_at)
    with pytest.MonkeyPatch.context() as patch:
        for name in ("mkdir", "rename", "unlink", "chmod"):
            original = getattr(os, name)

            def step(*args: Any, _original: Any = original, **kwargs: Any) -> Any:
                layer.tick()
                return _original(*args, **kwargs)

            patch.setattr(os, name, step)

        def fsync(handle: int) -> None:
            layer.tick()
            if flushes(handle):
                layer.flush(handle)

        patch.setattr(os, "fsync", fsync)

        def statement(execute: Any, *args: Any) -> Any:
            layer.tick()
            return execute(*args)

        with connection.execute_wrapper(statement):
            yield layer


def keep(people: People, *sources: Path) -> None:
    """What gallery.add does once the file is measured and marked: blobs, then rows that point at them."""
    stored = blobs.put(*sources)
    with transaction.atomic():
        assert blobs.hold(stored)
        for blob in stored:
            Asset.objects.create(
                team=people.team,
                author=people.carol,
                medium="image",
                mime="image/png",
                blob_id=blob.digest,
                bytes=blob.bytes,
            )


def story(people: People, folder: Path, dice: random.Random) -> None:
    """A few puts, some of bytes that are there already."""
    known: list[Path] = []
    for number in range(4):
        if known and dice.random() < 0.4:
            keep(people, dice.choice(known))
            continue
        files = []
        for part in range(dice.randint(1, 2)):
            file = folder / f"{number}-{part}"
            file.write_bytes(dice.randbytes(dice.randint(10, 3000)))
            files.append(file)
        keep(people, *files)
        known += files


def lost(settings: Settings, people: People, tmp_path: Path, seed: int, **more: Any) -> list[str]:
    """Tell the story once to its end to count its steps, then with the lights out at a random one; what is missing."""
    flushes = more.get("flushes", lambda handle: True)
    tell = more.get("story", story)
    steps = 0
    for run in ("whole", "cut"):
        place, source = tmp_path / f"{run}-blobs", tmp_path / f"{run}-source"
        place.mkdir()
        source.mkdir()
        settings.BLOBS = place
        dice = random.Random(seed)
        ends_at = None if run == "whole" else random.Random(-seed - 1).randint(1, steps)
        before = transaction.savepoint() if run == "whole" else None
        with disk(place, ends_at, flushes=flushes) as layer, suppress(LightsOut):
            tell(people, source, dice)
        steps = layer.step
        if before is not None:
            transaction.savepoint_rollback(before)
    after = tmp_path / "after"
    layer.after(after, random.Random(seed * 7 + 1))
    settings.BLOBS = after
    return unreadable()


def unreadable() -> list[str]:
    """Committed assets whose bytes are not what their digest says."""
    store, missing = storage.current(), []
    for digest in Asset.objects.values_list("blob_id", flat=True).distinct():
        try:
            with store.open(digest) as file:
                found = f"sha256:{hashlib.sha256(file.read()).hexdigest()}"
        except OSError as error:
            found = str(error)
        if found != digest:
            missing.append(f"{digest}: {found}")
    return missing


@pytest.mark.parametrize("seed", range(CASES))
def test_every_committed_row_has_its_bytes(
    seed: int, people: People, settings: Settings, tmp_path: Path
) -> None:
    assert lost(settings, people, tmp_path, seed) == []


def interrupted(people: People, folder: Path, dice: random.Random) -> None:
    """A process is killed between the rename and the flush of its folder; another then keeps the same bytes."""
    file = folder / "one"
    file.write_bytes(dice.randbytes(100))
    store = storage.current()
    draft = store.draft(file)
    place = store.path(draft.digest)
    assert place is not None
    place.parent.mkdir(parents=True)
    draft.path.rename(place)
    keep(people, file)
    Blob.objects.exists()  # a step after the commit


def test_bytes_that_another_process_has_just_renamed_are_flushed_too(
    people: People, settings: Settings, tmp_path: Path
) -> None:
    for seed in range(20):
        folder = tmp_path / str(seed)
        folder.mkdir()
        assert lost(settings, people, folder, seed, story=interrupted) == []
        Asset.objects.all().delete()


def no_files(handle: int) -> bool:
    return stat.S_ISDIR(os.fstat(handle).st_mode)


def no_folders(handle: int) -> bool:
    return not no_files(handle)


@pytest.mark.parametrize("flushes", [no_files, no_folders, lambda handle: False])
def test_without_a_flush_this_would_be_seen(
    flushes: Callable[[int], bool], people: People, settings: Settings, tmp_path: Path
) -> None:
    """The guard broken on purpose: no fsync of files, of folders, of either."""
    found = 0
    for seed in range(12):
        folder = tmp_path / str(seed)
        folder.mkdir()
        found += bool(lost(settings, people, folder, seed, flushes=flushes))
        Asset.objects.all().delete()
    assert found, "twelve power losses without a flush, and nothing was missed"
