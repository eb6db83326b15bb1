"""Questions about meaning, over Redis: a list of questions, and a list for each answer. Nobody waits longer than 300 ms.

One node holds `HOLDER` and answers. The web never computes a vector itself.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass, field
from typing import Any

import redis

from studio.feeds.announce import client

HOLDER = "studio:meaning:node"
QUESTIONS = "studio:meaning:asked"
ANSWER = "studio:meaning:answer:"
LIMIT_S = 0.3
KEPT_S = 5  # what nobody has come for


@dataclass(frozen=True)
class Question:
    """`text`, or a `vector` in base64, of which the nearest are asked for; see workers.meaning.messages.Ask."""

    text: str = ""
    vector: str = ""
    teams: list[str] = field(default_factory=list)
    medium: str = ""
    among: list[int] | None = None
    most: int = 0


class Away(Exception):
    """Nobody answers in time. The words say why, as far as it is known: "away", "starting" or "late"."""


def ask(question: Question) -> dict[str, Any]:
    """The answer: {"vector": base64, "found": [[place, likeness], …]}. Raises Away."""
    id = secrets.token_hex(8)
    payload = json.dumps({"id": id, **asdict(question)})
    try:
        server = client()
        if not server.exists(HOLDER):
            raise Away("away")
        with server.pipeline(transaction=False) as pipe:
            pipe.rpush(QUESTIONS, payload)
            pipe.expire(QUESTIONS, KEPT_S)
            pipe.execute()
        came = server.blpop([ANSWER + id], timeout=LIMIT_S)
        if came is None:
            server.lrem(QUESTIONS, 1, payload)
            raise Away("late")
    except redis.RedisError as error:
        raise Away("away") from error
    answer: dict[str, Any] = json.loads(came[1])
    if "away" in answer:
        raise Away(str(answer["away"]))
    return answer


def answer(server: redis.Redis, id: str, said: dict[str, Any]) -> None:
    """Say it to whoever has asked, if they still wait."""
    with server.pipeline(transaction=False) as pipe:
        pipe.rpush(ANSWER + id, json.dumps(said))
        pipe.expire(ANSWER + id, KEPT_S)
        pipe.execute()
