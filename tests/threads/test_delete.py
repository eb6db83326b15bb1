"""delete: the thread goes, with what was not kept of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from studio.gallery.models import Asset
from studio.jobs.models import Job
from studio.teams.models import User
from studio.teams.rights import Actor, NotThere
from studio.threads import actions
from studio.threads.models import Thread, Turn


def test_it_works(
    say: Callable[..., Turn], answer: Callable[[Turn, str], Turn], thread: Thread, bob: User
) -> None:
    actor = Actor.of(bob)
    kept = actions.keep(actor, answer(say("Keep?"), "yes"))
    loose = answer(say("Loose?", kept), "no")
    waiting = say("And?", loose)
    actions.delete(actor, thread)
    with pytest.raises(NotThere):
        actions.get_visible(actor, thread.pk)
    assert kept.answer is not None
    assert [asset.pk for asset in Asset.objects.filter(deleted_at=None)] == [kept.answer.pk]
    assert Job.objects.get(turns=waiting).state == "cancelled"
