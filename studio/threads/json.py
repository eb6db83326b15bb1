"""Threads and turns as the API tells them."""

from __future__ import annotations

from typing import Any

from studio.catalog.models import ModelCard
from studio.clock import when
from studio.threads.models import Thread, Turn
from studio.threads.read import text_of, turns_of


def thread_json(thread: Thread) -> dict[str, Any]:
    return {
        "id": str(thread.pk),
        "team": str(thread.team_id),
        "tool": thread.tool,
        "title": thread.title,
        "system": thread.system,
        "created_at": when(thread.created_at),
        "updated_at": when(thread.updated_at),
    }


def thread_with_turns(thread: Thread) -> dict[str, Any]:
    """A thread with all its turns, oldest first, texts included."""
    return thread_json(thread) | {"turns": turns_json(turns_of(thread))}


def turns_json(turns: list[Turn]) -> list[dict[str, Any]]:
    """Several turns; `find_answers` has looked at them."""
    names = {turn.job.model_name for turn in turns if turn.job is not None}
    titles = dict(ModelCard.objects.filter(name__in=names).values_list("name", "title"))
    return [_turn(turn, titles) for turn in turns]


def _turn(turn: Turn, titles: dict[str, str]) -> dict[str, Any]:
    job, answer = turn.job, turn.answer
    facts = answer.facts if answer is not None else {}
    name = job.model_name if job is not None else ""
    return {
        "id": str(turn.pk),
        "thread": str(turn.thread_id),
        "parent": str(turn.parent_id) if turn.parent_id else None,
        "prompt": turn.prompt,
        "job": str(job.pk) if job is not None else None,
        "state": job.state if job is not None else "failed",
        "model": name or None,
        "model_title": titles.get(name, name) or None,
        "asset": str(answer.pk) if answer is not None and answer.deleted_at is None else None,
        "kept": bool(answer is not None and answer.listed and answer.deleted_at is None),
        "text": text_of(turn),
        "notes": facts.get("notes", []),
        "finish_reason": facts.get("finish_reason"),
        "error": (job.error or {}).get("message") if job is not None else None,
        "created_at": when(turn.created_at),
    }
