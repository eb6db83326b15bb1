"""Waiting for a job on its feed, and ending it when whoever asked has gone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from asgiref.sync import sync_to_async
from django.db import connection

from studio.feeds.actions import job_feed
from studio.feeds.api import HEARTBEAT_S
from studio.feeds.hub import hub
from studio.gallery import storage
from studio.gallery.models import Asset
from studio.jobs import actions
from studio.jobs.models import Job
from studio.teams.rights import Actor, NotAllowed, NotThere


class Failed(Exception):
    """The job ended without what was asked for; in words, with the error's kind."""

    def __init__(self, message: str, kind: str) -> None:
        super().__init__(message)
        self.message = message
        self.kind = kind


async def events_of(job: Job) -> AsyncIterator[dict[str, Any] | None]:
    """The job's events from the first to the final one; None after 15 s without news (time for a heartbeat)."""
    feed, n = job_feed(job.pk), 0
    async with hub().watching(feed):
        while True:
            found = await hub().after(feed, n, HEARTBEAT_S)
            if not found:
                yield None
            for event in found:
                n = event["n"]
                yield event
                if event["kind"] == "state" and event.get("final"):
                    return


def check_end(final: dict[str, Any]) -> None:
    """Failed, unless this final event says that the job succeeded."""
    if final["state"] == "succeeded":
        return
    error = final.get("error") or {}
    if final["state"] == "cancelled":
        raise Failed(error.get("message") or "The job was cancelled.", "cancelled")
    raise Failed(error.get("message") or "The job failed.", error.get("kind") or "failed")


async def finished(actor: Actor, job: Job) -> None:
    """Wait until the job has succeeded; Failed otherwise. A caller that goes away takes the job along."""
    last: dict[str, Any] = {}
    try:
        async for event in events_of(job):
            last = event or last
    except asyncio.CancelledError:
        give_up(actor, [job])
        raise
    check_end(last)


_giving_up: set[asyncio.Future[None]] = set()


def give_up(actor: Actor, jobs: list[Job]) -> None:
    """Cancel these jobs, and no others, on a thread of its own: the request that asks for it is ending."""
    done = asyncio.get_running_loop().run_in_executor(None, _cancel, actor, jobs)
    _giving_up.add(done)
    done.add_done_callback(_giving_up.discard)


def _cancel(actor: Actor, jobs: list[Job]) -> None:
    try:
        for job in jobs:
            try:
                actions.cancel(actor=actor, job=job)
            except (NotThere, NotAllowed, Job.DoesNotExist):
                continue  # deleted, or rights that ended meanwhile
    finally:
        connection.close()


def _assets(job: Job) -> list[Asset]:
    return list(Asset.objects.filter(job_links__job=job, deleted_at=None).order_by("job_links__index"))


async def assets_of(job: Job) -> list[Asset]:
    """What the job has made, in order."""
    return await sync_to_async(_assets)(job)


def bytes_of(asset: Asset) -> bytes:
    """The asset's stored bytes."""
    with storage.current().open(asset.blob_id) as blob:
        return blob.read()
