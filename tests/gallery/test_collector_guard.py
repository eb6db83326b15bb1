"""The collector takes a blob at the moment at which somebody stores the same bytes: with its mark, and without."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, connection
from django.db.models import ProtectedError, QuerySet
from django.utils import timezone
from pytest_django.fixtures import Settings

from studio.gallery import blobs, collector
from studio.gallery.models import Blob
from studio.gallery.storage import LocalFolder, Storage
from tests.gallery.conftest import People
from tests.gallery.test_power_loss import keep, unreadable


@pytest.fixture
def race(
    people: People, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], None]:
    """Collects an unused blob; when its file is about to go, another thread keeps the same bytes as an asset."""
    settings.BLOBS = tmp_path / "blobs"
    file = tmp_path / "file"
    file.write_bytes(b"the same bytes")
    delete = LocalFolder.delete

    def go() -> None:
        blobs.put(file)
        Blob.objects.update(touched_at=timezone.now() - timedelta(hours=2))

        def other() -> None:
            try:
                keep(people, file)
            finally:
                connection.close()

        thread = threading.Thread(target=other)

        def in_the_middle(self: LocalFolder, digest: str) -> None:
            if not thread.is_alive() and not thread.ident:
                thread.start()
                thread.join(timeout=1.0)  # where it is held back it cannot end before we do
            delete(self, digest)

        monkeypatch.setattr(LocalFolder, "delete", in_the_middle)
        collector.collect()
        thread.join(timeout=20)
        assert not thread.is_alive()

    return go


@pytest.mark.django_db(transaction=True)
def test_the_mark_keeps_row_and_bytes_together(race: Callable[[], None]) -> None:
    race()
    assert unreadable() == []


@pytest.mark.django_db(transaction=True)
def test_without_the_mark_this_would_be_seen(
    race: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The guard broken on purpose: unused when looked at, so it is taken, whoever comes in between."""
    update = QuerySet.update

    def unmarked(self: QuerySet[Blob], **changes: object) -> int:
        return self.count() if changes == {"deleting": True} else update(self, **changes)

    def take(store: Storage, digest: str) -> None:
        store.delete(digest)
        with suppress(ProtectedError, DatabaseError):
            Blob.objects.filter(digest=digest).delete()

    monkeypatch.setattr(QuerySet, "update", unmarked)
    monkeypatch.setattr(collector, "take_away", take)
    race()
    assert len(unreadable()) == 1
