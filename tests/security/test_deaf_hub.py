"""While Redis is away nobody says whose rights have changed: they are asked again every few seconds instead."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from studio.feeds import hub as hubs


async def test_rights_are_asked_from_time_to_time(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hubs, "RECHECK_DEAF_S", 1.5)
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    hub = hubs.Hub()
    try:
        began = time.monotonic()
        await asyncio.wait_for(hub.rights_may_have_changed("somebody"), 5)
        assert 1.4 < time.monotonic() - began < 4  # not at every try to reach Redis
    finally:
        await hub.close()


async def test_once_it_is_back_everybody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """What changed while nobody listened was said to nobody."""
    hub = hubs.Hub()
    try:
        await asyncio.wait_for(hub.rights_may_have_changed("somebody"), 5)
        assert hub.rights_heard >= 1
    finally:
        await hub.close()
