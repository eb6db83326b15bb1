"""Blobs in a folder and in a bucket: put, put at once, put while the collector takes, full disk."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from pytest_django.fixtures import Settings

from studio.gallery import blobs, collector, storage
from studio.gallery.models import Blob
from studio.problems import Busy, StorageFull
from studio.setup import ports
from tests.bucket import Bucket
from tests.faults.proxy import Proxy

DIGEST = "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"  # of "hello"


@pytest.fixture(autouse=True, params=["folder", "bucket"])
def kind(request: pytest.FixtureRequest, tmp_path: Path, settings: Settings) -> Iterator[str]:
    """Each test sees both, unless it names one. A blobs folder of the test's own, and an empty bucket."""
    settings.BLOBS = tmp_path / "blobs"
    if request.param == "bucket":
        bucket = request.getfixturevalue("bucket")
        settings.S3_BUCKET, settings.S3_ENDPOINT = bucket.name, bucket.endpoint
        settings.S3_KEY = settings.S3_SECRET = "only for tests"
    yield request.param
    for folder, _folders, files in os.walk(tmp_path / "blobs"):
        assert not files or "drafts" not in folder, "a draft was left behind"


FOLDER = pytest.mark.parametrize("kind", ["folder"], indirect=True)
BUCKET = pytest.mark.parametrize("kind", ["bucket"], indirect=True)


@pytest.fixture
def hello(tmp_path: Path) -> Path:
    path = tmp_path / "hello"
    path.write_bytes(b"hello")
    return path


def old(digest: str, **more: object) -> None:
    Blob.objects.filter(pk=digest).update(touched_at=timezone.now() - timedelta(hours=2), **more)


@pytest.mark.django_db
def test_it_works(hello: Path) -> None:
    store = storage.current()
    (blob,) = blobs.put(hello)
    assert (blob.digest, blob.bytes) == (DIGEST, 5)
    assert Blob.objects.get().bytes == 5
    with store.open(DIGEST, 2) as file:
        assert file.read() == b"llo"
    with store.open(DIGEST) as file:
        assert (file.read(2), file.read()) == (b"he", b"llo")
    assert hello.exists()
    assert store.exists(DIGEST)
    store.delete(DIGEST)
    store.delete(DIGEST)
    assert not store.exists(DIGEST)
    with pytest.raises(FileNotFoundError):
        store.open(DIGEST)


@FOLDER
@pytest.mark.django_db
def test_nobody_writes_into_a_file(hello: Path) -> None:
    blobs.put(hello)
    path = storage.current().path(DIGEST)
    assert path is not None
    assert path.parts[-4:] == ("sha256", "2c", "f2", DIGEST[7:])
    assert path.stat().st_mode & 0o222 == 0


@BUCKET
@pytest.mark.django_db
def test_a_bucket_that_is_away(hello: Path, settings: Settings) -> None:
    settings.S3_ENDPOINT = f"http://127.0.0.1:{ports.free()}"
    with pytest.raises(Busy, match="does not answer"):
        blobs.put(hello)


@BUCKET
@pytest.mark.django_db
def test_a_bucket_that_breaks_off(bucket: Bucket, tmp_path: Path, settings: Settings) -> None:
    large = tmp_path / "large"
    large.write_bytes(os.urandom(16 * 2**20))  # more than a line holds
    (draft,) = blobs.put(large)
    line = Proxy(int(bucket.endpoint.rpartition(":")[2]))
    settings.S3_ENDPOINT = f"http://127.0.0.1:{line.port}"
    try:
        with storage.current().open(draft.digest) as file:
            assert len(file.read(4096)) == 4096
            line.set("cut")
            with pytest.raises(Busy, match="does not answer"):
                file.read()
    finally:
        line.close()


@pytest.mark.django_db
def test_the_same_bytes_are_kept_once(hello: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    again.write_bytes(b"hello")
    first, second = blobs.put(hello, again)
    assert first.digest == second.digest
    blobs.put(again)
    assert Blob.objects.count() == 1


@pytest.mark.django_db
def test_a_put_touches(hello: Path) -> None:
    blobs.put(hello)
    old(DIGEST)
    blobs.put(hello)
    assert Blob.objects.get().touched_at > timezone.now() - timedelta(minutes=1)


@FOLDER
@pytest.mark.django_db
def test_a_put_mends_a_damaged_file(hello: Path) -> None:
    blobs.put(hello)
    path = storage.current().path(DIGEST)
    assert path is not None
    path.chmod(0o600)
    path.write_bytes(b"he")
    blobs.put(hello)
    assert path.read_bytes() == b"hello"


def in_threads(*todo: Any) -> None:
    """Run these at once, each with a database connection of its own; the first failure is raised."""
    failed: list[BaseException] = []

    def run(one: Any) -> None:
        try:
            one()
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[one]) for one in todo]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    if failed:
        raise failed[0]


@pytest.mark.django_db(transaction=True)
def test_two_puts_of_one_digest_at_once(hello: Path) -> None:
    for _n in range(3):
        in_threads(*[lambda: blobs.put(hello)] * 4)
    assert Blob.objects.count() == 1
    with storage.current().open(DIGEST) as file:
        assert file.read() == b"hello"


@pytest.mark.django_db
def test_the_collector_takes_what_nobody_needs(hello: Path) -> None:
    blobs.put(hello)
    assert collector.collect() == 0  # fresh for an hour
    old(DIGEST)
    assert collector.collect() == 1
    assert not Blob.objects.exists()
    assert not storage.current().exists(DIGEST)
    assert collector.collect() == 0


@pytest.mark.django_db
def test_the_collector_ends_what_it_left_undone(hello: Path) -> None:
    blobs.put(hello)
    old(DIGEST, deleting=True)
    storage.current().delete(DIGEST)
    collector.collect()
    assert not Blob.objects.exists()


@pytest.mark.django_db
def test_a_put_that_meets_deleting_writes_again(hello: Path) -> None:
    blobs.put(hello)
    old(DIGEST, deleting=True)  # as a collector that died between its mark and its end
    blobs.put(hello)
    blob = Blob.objects.get()
    assert not blob.deleting
    assert storage.current().exists(DIGEST)


@pytest.mark.django_db(transaction=True)
def test_a_put_waits_for_the_collector_that_is_at_it(hello: Path) -> None:
    """The put comes between the mark and the unlink; the blob is there afterwards, and the collector hurt nothing."""
    blobs.put(hello)
    old(DIGEST, deleting=True)
    store = storage.current()
    at_work = threading.Event()

    def collect() -> None:
        with store.lock(DIGEST):
            at_work.set()
            threading.Event().wait(0.3)
            store.delete(DIGEST)
            Blob.objects.filter(digest=DIGEST, deleting=True).delete()

    def put() -> None:
        at_work.wait(5)
        blobs.put(hello)

    in_threads(collect, put)
    assert not Blob.objects.get().deleting
    assert store.exists(DIGEST)
    blobs.take_away(store, DIGEST)  # a collector that comes late finds no mark and takes nothing
    assert store.exists(DIGEST)


@pytest.mark.django_db(transaction=True)
def test_puts_and_collectors_all_at_once(hello: Path) -> None:
    """After every put the bytes are there, whatever the collectors do."""

    def put() -> None:
        for _n in range(5):
            blobs.put(hello)
            with transaction.atomic():
                if not blobs.hold([Blob(digest=DIGEST)]):
                    continue
            assert storage.current().exists(DIGEST)
            old(DIGEST)

    def collect() -> None:
        for _n in range(10):
            collector.collect()

    in_threads(put, collect, collect)
    blobs.put(hello)
    assert storage.current().exists(DIGEST)


@pytest.mark.django_db
def test_hold_says_when_a_blob_is_leaving(hello: Path) -> None:
    (blob,) = blobs.put(hello)
    assert blobs.hold([blob, blob])
    Blob.objects.update(deleting=True)
    assert not blobs.hold([blob])


@FOLDER
@pytest.mark.django_db
@pytest.mark.parametrize("call", ["write", "rename"])
def test_a_full_disk(hello: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    def full(*args: object, **more: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(*{"write": (os, "fsync"), "rename": (Path, "rename")}[call], full)
    with pytest.raises(StorageFull, match="full"):
        blobs.put(hello)


@pytest.mark.django_db
def test_drafts_of_the_dead_are_swept(hello: Path) -> None:
    store = storage.current()
    fresh, stale = store.draft(hello), store.draft(hello)
    os.utime(stale.path, (1, 1))
    assert store.sweep() == 1
    assert fresh.path.exists()
    fresh.path.unlink()


@pytest.mark.parametrize("digest", ["", "sha256:../../etc/passwd", "md5:abc", "sha256:" + "A" * 64])
def test_a_digest_that_is_none(digest: str) -> None:
    with pytest.raises(ValueError, match="no digest"):
        storage.current().exists(digest)
