"""Calls that follow a job: its events (long poll), its stream (server-sent events), its latest preview."""

from __future__ import annotations

import uuid
from typing import Annotated, Any

from asgiref.sync import sync_to_async
from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from ninja import Query, Router

from studio.feeds import read
from studio.feeds.actions import job_feed
from studio.feeds.announce import get_preview
from studio.feeds.api import events_of, folded, let_go, start_after, stream, wait_for
from studio.jobs import actions
from studio.jobs.api_shapes import EventsOut
from studio.jobs.json import job_json
from studio.jobs.models import FINAL, Job
from studio.problems import NotFound
from studio.teams.auth import ApiRequest
from studio.teams.models import User
from studio.teams.rights import Actor, NotAllowed, NotThere

router = Router(tags=["Jobs"])

After = Annotated[int, Query(ge=0, description="Number of the last event that you have")]


def _folded(job: Job, after: int) -> bool:
    """Whether its events after `after` are no longer kept: the job itself tells what they came to."""
    return job.state in FINAL and after < job.last_n and not read.after(job_feed(job.pk), after, limit=1)


def _ended_before(job: Job, after: int) -> bool:
    """Whether nothing will ever come after `after`."""
    return job.state in FINAL and after >= job.last_n


@router.get("/jobs/{uuid:job}/events", response=EventsOut, summary="A job's events after n")
async def events(
    request: ApiRequest,
    job: uuid.UUID,
    after: After = 0,
    wait: Annotated[
        float, Query(ge=0, description="Seconds to wait where there are none yet; at most 30")
    ] = 0,
) -> dict[str, Any]:
    """Gapless from n + 1. A week after the end they fold into `{snapshot, events: []}`."""

    def look() -> tuple[Job, list[read.Entry]]:
        found = actions.get_visible(request.actor, job)
        return found, read.after(job_feed(found.pk), after)

    found, ready = await sync_to_async(look)()
    if not ready and found.state in FINAL and after < found.last_n:
        snapshot = await sync_to_async(job_json)(found)
        return {"snapshot": snapshot, "events": [], "final": True}
    if not ready and wait and not _ended_before(found, after):
        await sync_to_async(let_go)()
        ready = await wait_for(job_feed(found.pk), after, wait)
    final = bool(ready and ready[-1].get("final")) if ready else _ended_before(found, after)
    return {"events": ready, "final": final}


@router.get("/jobs/{uuid:job}/stream", response={200: None, 204: None}, summary="A job's events as they come")
async def follow(request: ApiRequest, job: uuid.UUID, after: After = 0) -> HttpResponseBase:
    """Server-sent events: each stored event with its number as id, and an id-less `preview` with its URL for each new
    frame. `Last-Event-ID` is honoured. The stream ends after the final event; 204 where that was seen already. A week
    after the end it is one event `snapshot`, the job."""
    actor = request.actor
    cursor = start_after(request, after)

    def look() -> tuple[Job, dict[str, Any] | None]:
        found = actions.get_visible(actor, job)
        return found, job_json(found) if _folded(found, cursor) else None

    found, snapshot = await sync_to_async(look)()
    if snapshot is not None:
        return await stream(folded(snapshot, found.last_n))
    if _ended_before(found, cursor):
        return HttpResponse(status=204)  # tells an EventSource not to come back

    def allowed() -> bool:
        try:
            user = User.objects.filter(pk=actor.user.pk, is_active=True).first()
            if user is None or (
                actor.token and not type(actor.token).objects.filter(pk=actor.token.pk, revoked_at=None)
            ):
                return False
            actions.get_visible(Actor.of(user, actor.token, actor.way), job)
        except (NotThere, NotAllowed):
            return False
        finally:
            let_go()
        return True

    messages = events_of(
        job_feed(found.pk),
        cursor,
        preview_url=f"/api/v1/jobs/{job}/preview",
        whose=str(actor.user.pk),
        still_allowed=sync_to_async(allowed),
    )
    return await stream(messages)


@router.get(
    "/jobs/{uuid:job}/preview", response={200: None}, summary="The latest preview frame of a running job"
)
def preview(request: ApiRequest, job: uuid.UUID) -> HttpResponse:
    """Bytes of an image; 404 when there is none. Kept for minutes."""
    found = actions.get_visible(request.actor, job)
    frame = get_preview(str(found.pk))
    if frame is None:
        raise NotFound(_("This job has no preview now."))
    mime, content = frame
    response = HttpResponse(content, content_type=mime)
    response.headers["Cache-Control"] = "no-store"
    return response
