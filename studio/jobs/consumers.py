"""Sockets on a job's feed and on a batch's."""

from __future__ import annotations

from typing import Any

from studio.feeds.actions import job_feed, team_feed
from studio.feeds.consumers import FeedConsumer
from studio.jobs.actions import visible, visible_batches
from studio.teams.models import key_of
from studio.teams.rights import Actor


class JobFeedConsumer(FeedConsumer):
    """/ws/jobs/<id>: the job's events, and its previews as binary frames. Closes after the final event."""

    previews = True

    def feed_for(self, actor: Actor) -> str | None:
        job = visible(actor).filter(pk=key_of(self.scope["url_route"]["kwargs"]["job"])).first()
        if job is None or not actor.scoped("job.view"):
            return None
        self.newest = job.last_n
        return job_feed(job.pk)


class BatchFeedConsumer(FeedConsumer):
    """/ws/batches/<id>: the team's feed, filtered to this batch."""

    from_start = False
    batch = ""

    def feed_for(self, actor: Actor) -> str | None:
        rows = visible_batches(actor).select_related("team")
        batch = rows.filter(pk=key_of(self.scope["url_route"]["kwargs"]["batch"])).first()
        if batch is None or not actor.scoped("batch.view"):
            return None
        self.batch = str(batch.pk)
        self.newest = batch.team.feed_n
        return team_feed(batch.team_id)

    def wanted(self, event: dict[str, Any]) -> bool:
        return event.get("batch") == self.batch
