"""The verbs of threads. A turn is a job of the thread's tool; its text stays its author's until it is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from studio.gallery import actions as gallery
from studio.jobs import actions as jobs
from studio.jobs.models import FINAL
from studio.problems import Conflict, InvalidInputs
from studio.teams.asked import default_team
from studio.teams.models import Team
from studio.teams.rights import Actor, require
from studio.threads.models import Thread, Turn
from studio.threads.read import find_answers, get_turn, get_visible, path_to, text_of, turns_of, visible

__all__ = [
    "delete",
    "get_turn",
    "get_visible",
    "keep",
    "post_turn",
    "regenerate",
    "rename",
    "start",
    "visible",
]

TITLE_LENGTH = 60
MOST_LETTERS = 400_000
"""Of a talk that are sent along: more than any of our models holds. The tool says which turns it leaves out."""


def start(actor: Actor, team: Team | None = None, title: str = "", system: str = "") -> Thread:
    """A new, empty thread of the actor's. Without `team` in the token's team, else the personal one."""
    team = team or default_team(actor)
    require(actor, "thread.use", team)
    return Thread.objects.create(
        team=team, author=actor.user, title=title.strip()[:200], system=system.strip()
    )


def post_turn(
    actor: Actor,
    thread: Thread,
    prompt: str,
    parent: Turn | None = None,
    inputs: Mapping[str, Any] | None = None,
    *,
    idempotency_key: str | None = None,
) -> Turn:
    """Say something after `parent` (None: as a first turn). Another turn with the same parent makes a branch.

    inputs: of the tool, but for `messages`. Conflict while the turn before is still being answered.
    """
    require(actor, "thread.use", thread)
    prompt = prompt.strip()
    if not prompt:
        raise InvalidInputs.at("prompt", _("Write something first."), prompt)
    given = dict(inputs or {})
    if "messages" in given:
        raise InvalidInputs.at(
            "inputs", _("The messages are those of the thread; leave them out."), "messages"
        )
    turns = turns_of(thread)
    if parent is not None and parent.pk not in {turn.pk for turn in turns}:
        raise InvalidInputs.at("parent", _("There is no such turn in this thread."), str(parent.pk))
    before = path_to(turns, parent)
    if before and before[-1].job is not None and before[-1].job.state not in FINAL:
        raise _not_now(_("The answer before is still being written. Wait for it, or stop it."))
    with transaction.atomic():
        job = jobs.submit(
            actor=actor,
            tool=thread.tool,
            inputs={**given, "messages": messages_for(thread, before, prompt)},
            team=thread.team,
            title=_title(prompt),
            listed=False,
            idempotency_key=idempotency_key,
        )
        turn, made = Turn.objects.get_or_create(
            job=job, thread=thread, defaults={"parent": parent, "prompt": prompt}
        )
        if made:
            thread.updated_at = timezone.now()
            thread.title = thread.title or _title(prompt)
            thread.save(update_fields=["updated_at", "title"])
    return turn


def messages_for(thread: Thread, before: Sequence[Turn], prompt: str) -> list[dict[str, str]]:
    """The talk along one branch, as the tool takes it. Turns without an answer are left out."""
    messages: list[dict[str, str]] = [{"role": "user", "content": prompt}]
    letters = len(prompt)
    for turn in reversed(before):
        answer = text_of(turn)
        letters += len(turn.prompt) + len(answer)
        if letters > MOST_LETTERS:
            break
        if answer.strip():
            messages += [{"role": "assistant", "content": answer}, {"role": "user", "content": turn.prompt}]
    if thread.system:
        messages.append({"role": "system", "content": thread.system})
    return messages[::-1]


def regenerate(actor: Actor, turn: Turn, *, idempotency_key: str | None = None) -> Turn:
    """Ask the same again beside a turn, with a new seed."""
    inputs = dict(turn.job.inputs) if turn.job is not None else {}
    for name in ("messages", "seed"):
        inputs.pop(name, None)
    return post_turn(actor, turn.thread, turn.prompt, turn.parent, inputs, idempotency_key=idempotency_key)


def keep(actor: Actor, turn: Turn) -> Turn:
    """Show the turn's text in the gallery. Conflict where there is none."""
    require(actor, "thread.use", turn.thread)
    find_answers([turn])
    if turn.answer is None:
        raise _not_now(_("There is no finished text to keep yet."))
    gallery.edit(actor, turn.answer, listed=True)
    return turn


def rename(actor: Actor, thread: Thread, *, title: str | None = None, system: str | None = None) -> Thread:
    """Another title, or another instruction for the turns to come; None leaves a thing as it is."""
    require(actor, "thread.use", thread)
    changes = {"title": title and title.strip()[:200], "system": system and system.strip()}
    changed = [name for name, value in changes.items() if value is not None]
    for name in changed:
        setattr(thread, name, changes[name])
    thread.save(update_fields=changed)
    return thread


def delete(actor: Actor, thread: Thread) -> None:
    """Take a thread away: what still runs is stopped, texts that were not kept go to the bin."""
    require(actor, "thread.use", thread)
    turns = turns_of(thread)
    with transaction.atomic():
        Thread.objects.filter(pk=thread.pk).update(deleted_at=timezone.now())
        for turn in turns:
            if turn.job is not None and turn.job.state not in FINAL:
                jobs.cancel(actor=actor, job=turn.job)
        unkept = [
            turn.answer
            for turn in turns
            if turn.answer is not None and not turn.answer.listed and turn.answer.deleted_at is None
        ]
        if unkept:
            gallery.delete(actor, unkept)


def _title(prompt: str) -> str:
    """The first words of what was said."""
    line = " ".join(prompt.split())
    if len(line) <= TITLE_LENGTH:
        return line
    return line[:TITLE_LENGTH].rsplit(" ", 1)[0].rstrip(",.;:") + "…"


def _not_now(words: str) -> Conflict:
    return Conflict(words, title=_("That cannot be done now"))
