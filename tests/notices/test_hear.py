"""Open pages hear at once that something was told to their own person, and of nobody else's."""

from __future__ import annotations

import asyncio

import pytest
from asgiref.sync import sync_to_async
from django.db import connection

from studio.feeds import hub
from studio.notices import actions
from studio.notices.models import Notice
from studio.teams.models import Team, User
from studio.teams.rights import Actor

pytestmark = pytest.mark.django_db(transaction=True)


def test_it_works(team: Team, alice: User, bob: User) -> None:
    def tell() -> None:
        actions.tell([alice], team=team, kind="test.word", title="A word", link="/")
        connection.close()

    def read() -> None:
        actions.read(Actor.of(alice))
        connection.close()

    async def listen() -> None:
        async def heard() -> None:
            while not hub.hub().rights_heard:  # it has subscribed
                await hub.hub().rights_may_have_changed(str(alice.pk))

        mine, others = hub.hub().next_notice(str(alice.pk)), hub.hub().next_notice(str(bob.pk))
        await asyncio.wait_for(heard(), 20)
        await sync_to_async(tell)()
        await asyncio.wait_for(mine.wait(), 20)
        mine = hub.hub().next_notice(str(alice.pk))
        await sync_to_async(read)()  # in another tab: this one's bell is to count less
        await asyncio.wait_for(mine.wait(), 20)
        assert not others.is_set()
        await hub.hub().close()

    asyncio.run(listen())
    assert Notice.objects.get().read_at is not None
