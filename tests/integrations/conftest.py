"""A receiver, and a webhook of the team that leads to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from pytest_django import Settings

from studio.integrations import actions
from studio.integrations.models import Webhook
from studio.teams.models import Team, User
from studio.teams.rights import Actor
from tests.integrations.receiver import Receiver


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    """The operator allows this machine, and tries follow each other at once."""
    settings.WEBHOOK_HOSTS = ["127.0.0.1"]
    settings.WEBHOOK_WAITS = [0.0, 0.0]
    settings.WEBHOOK_TIMEOUT = 10.0
    running = Receiver()
    yield running
    running.stop()


@pytest.fixture
def hook(team: Team, alice: User, receiver: Receiver) -> Callable[..., tuple[Webhook, str]]:
    """hook("job.failed") is a webhook that hears of it, with its secret."""

    def make(*events: str) -> tuple[Webhook, str]:
        return actions.add(Actor.of(alice), team, receiver.url, events)

    return make
