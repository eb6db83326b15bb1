"""delete, restore and the end after thirty days."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from studio.feeds.models import Event
from studio.gallery import collector, storage
from studio.gallery.actions import delete, restore
from studio.gallery.models import Asset, Blob, SearchEntry
from studio.teams.rights import Actor, NotAllowed, NotThere
from tests.gallery.conftest import People

Make = Callable[..., Asset]
pytestmark = pytest.mark.django_db


def test_it_works(people: People, asset: Make) -> None:
    one, two = asset(), asset()
    carol = Actor.of(people.carol)
    assert delete(carol, [one, two]) == 2
    assert delete(carol, [one]) == 0
    assert Asset.objects.filter(deleted_at=None).count() == 0
    assert restore(carol, [one]) == 1
    assert list(Asset.objects.filter(deleted_at=None)) == [one]
    told = Event.objects.filter(kind="asset").order_by("n").values_list("data__deleted", "data__assets")
    assert list(told)[-2:] == [(True, [str(one.pk), str(two.pk)]), (False, [str(one.pk)])]


def test_all_or_none(people: People, asset: Make) -> None:
    mine, hers = asset(), asset(author=people.alice)
    with pytest.raises(NotAllowed):
        delete(Actor.of(people.carol), [mine, hers])
    assert Asset.objects.filter(deleted_at=None).count() == 2


def test_who_may(people: People, asset: Make) -> None:
    made = asset()
    for user, error in ((people.rita, NotAllowed), (people.victor, NotAllowed), (people.otto, NotThere)):
        with pytest.raises(error):
            delete(Actor.of(user), [made])
        with pytest.raises(error):
            restore(Actor.of(user), [made])
    assert delete(Actor.of(people.alice), [made]) == 1


def test_after_thirty_days_it_is_gone_with_its_bytes(people: People, asset: Make) -> None:
    gone, kept = asset("gone"), asset("kept")
    twin = asset("gone", title="a twin with the same bytes")
    delete(Actor.of(people.carol), [gone, kept, twin])
    Asset.objects.filter(pk=gone.pk).update(deleted_at=timezone.now() - timedelta(days=31))
    assert collector.purge() == 1
    assert set(Asset.objects.all()) == {kept, twin}
    assert SearchEntry.objects.count() == 2
    Blob.objects.update(touched_at=timezone.now() - timedelta(hours=2))
    assert collector.collect() == 0  # the twin points at the same bytes
    Asset.objects.filter(pk=twin.pk).update(deleted_at=timezone.now() - timedelta(days=31))
    collector.purge()
    assert collector.collect() == 1
    assert not storage.current().exists(gone.blob_id)
    assert storage.current().exists(kept.blob_id)
