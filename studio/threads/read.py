"""Who sees a thread, and what stands in it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db.models import QuerySet

from studio.feeds.actions import job_feed
from studio.feeds.models import Event
from studio.gallery import storage
from studio.gallery.models import Asset
from studio.jobs.models import FINAL, Job, JobAsset
from studio.teams.models import key_of
from studio.teams.rights import Actor, NotThere, require
from studio.threads.models import Thread, Turn


def visible(actor: Actor) -> QuerySet[Thread]:
    """The actor's own threads in the teams they are in; nobody sees another's."""
    return Thread.objects.filter(author=actor.user, team__in=actor.team_ids, deleted_at=None)


def get_visible(actor: Actor, thread_id: str | uuid.UUID, verb: str = "job.view") -> Thread:
    """The thread, if it is the actor's and they may do `verb` in its team; NotThere, NotAllowed."""
    thread = visible(actor).select_related("team").filter(pk=key_of(thread_id)).first()
    if thread is None:
        raise NotThere
    require(actor, verb, thread)
    return thread


def get_turn(thread: Thread, turn_id: str | uuid.UUID) -> Turn:
    """A turn of this thread; NotThere."""
    turn = thread.turns.select_related("job", "answer", "thread").filter(pk=key_of(turn_id)).first()
    if turn is None:
        raise NotThere
    return turn


def turns_of(thread: Thread) -> list[Turn]:
    """All turns of all branches, oldest first, each with its answer where there is one."""
    turns = list(thread.turns.select_related("job", "answer").order_by("pk"))
    find_answers(turns)
    return turns


def find_answers(turns: Iterable[Turn]) -> None:
    """Set `answer` of the turns whose job has stored one since they were last looked at."""
    missing = {turn.job_id: turn for turn in turns if turn.answer_id is None and turn.job_id is not None}
    links = JobAsset.objects.filter(job__in=list(missing), index=0).select_related("asset")
    for link in links:
        turn = missing[link.job_id]
        turn.answer = link.asset
        turn.save(update_fields=["answer"])


def path_to(turns: Iterable[Turn], last: Turn | None) -> list[Turn]:
    """The turns from the first one to `last`, along its parents."""
    by_id = {turn.pk: turn for turn in turns}
    path: list[Turn] = []
    at = by_id.get(last.pk) if last else None
    while at is not None:
        path.append(at)
        at = by_id.get(at.parent_id) if at.parent_id else None
    return path[::-1]


def text_of(turn: Turn) -> str:
    """What the turn's answer says: the asset's text, or, of a job that was stopped, what had been written."""
    if turn.answer is not None:
        return text_in(turn.answer)
    if turn.job is not None and turn.job.state in FINAL:
        return written(turn.job)
    return ""


def text_in(asset: Asset) -> str:
    """The text of a text asset; "" once it is in the bin."""
    if asset.deleted_at is not None:
        return ""
    with storage.current().open(asset.blob_id) as file:
        return file.read().decode("utf-8", "replace")


def written(job: Job) -> str:
    """The text that the job's last attempt has streamed."""
    tokens = Event.objects.filter(feed=job_feed(job.pk), kind="token", attempt=job.attempt)
    return "".join(str(data.get("text", "")) for data in tokens.order_by("n").values_list("data", flat=True))
