"""POST /v1/chat/completions, whole or as a stream."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.utils.translation import gettext as _
from pydantic import Field

from studio.feeds.api import let_go, stream
from studio.gallery.models import Asset
from studio.jobs import actions
from studio.jobs.models import Job
from studio.openai.errors import Ask, Wrong, body_of, door, read
from studio.openai.follow import Failed, assets_of, bytes_of, check_end, events_of, finished, give_up
from studio.teams.rights import Actor

TOOL = "text.chat"
ROLES = {"developer": "system"}


class Part(Ask):
    type: str
    text: str | None = None


class Message(Ask):
    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[Part] | None = None


class StreamOptions(Ask):
    include_usage: bool = False


class ChatAsk(Ask):
    """What of OpenAI's request the studio looks at; the rest is ignored."""

    messages: Annotated[list[Message], Field(min_length=1)]
    model: str | None = None
    max_tokens: int | None = None
    max_completion_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    stop: str | list[str] | None = None
    seed: int | None = None
    n: int | None = None
    stream: bool | None = False
    stream_options: StreamOptions | None = None


def inputs_of(ask: ChatAsk) -> dict[str, Any]:
    """The tool's inputs; what was left out is left to the tool."""
    if ask.n not in (None, 1):
        raise Wrong(_("A request gets one answer here: n can only be 1."), param="n")
    messages = [
        {"role": ROLES.get(message.role, message.role), "content": _text(message, at)}
        for at, message in enumerate(ask.messages)
    ]
    given: dict[str, Any] = {
        "model": ask.model,
        "max_tokens": ask.max_completion_tokens or ask.max_tokens,
        "temperature": ask.temperature,
        "top_p": ask.top_p,
        "stop": [ask.stop] if isinstance(ask.stop, str) else ask.stop,
        "seed": None if ask.seed is None else ask.seed % 2**32,
    }
    return {"messages": messages, **{name: value for name, value in given.items() if value is not None}}


def _text(message: Message, at: int) -> str:
    place = f"messages.{at}"
    if message.role in ("tool", "function"):
        raise Wrong(_("Messages of tools are not taken here."), param=f"{place}.role")
    if not isinstance(message.content, list):
        return message.content or ""
    if any(part.type != "text" for part in message.content):
        raise Wrong(_("Only parts of type text are taken here."), param=f"{place}.content")
    return "".join(part.text or "" for part in message.content)


class Rejoin:
    """Keeps a stream whole over a second attempt: tokens that were sent cannot be taken back.

    The beginning that both attempts share is skipped; `add` gives what is new, or raises where they part.
    """

    def __init__(self) -> None:
        self.sent = ""
        self.attempt = 0
        self._again = ""

    def add(self, attempt: int, text: str) -> str:
        """The piece to send for this token; empty while a later attempt repeats what was sent."""
        if attempt != self.attempt:
            self.attempt, self._again = attempt, ""
        self._again += text
        if self._again.startswith(self.sent):
            fresh = self._again[len(self.sent) :]
            self.sent = self._again
            return fresh
        if self.sent.startswith(self._again):
            return ""
        raise Failed(_("The worker was lost, and the second attempt wrote another text."), "parted")


def _finish_reason(asset: Asset | None) -> str:
    reason = str(asset.facts.get("finish_reason", "")) if asset else ""
    return "length" if reason == "length" else "stop"


def _usage(asset: Asset | None) -> dict[str, int] | None:
    """Tokens as the tool has counted them; None where it has not."""
    facts = asset.facts if asset else {}
    read_, wrote = facts.get("prompt_tokens"), facts.get("tokens")
    if not isinstance(read_, int) or not isinstance(wrote, int):
        return None
    return {"prompt_tokens": read_, "completion_tokens": wrote, "total_tokens": read_ + wrote}


@door("POST")
async def completions(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    ask = read(request, ChatAsk)
    inputs = inputs_of(ask)
    job: Job = await sync_to_async(actions.submit)(actor=actor, tool=TOOL, inputs=inputs, listed=False)
    if ask.stream:
        usage = bool(ask.stream_options and ask.stream_options.include_usage)
        return await stream(_chunks(actor, job, include_usage=usage))
    await sync_to_async(let_go)()
    try:
        await finished(actor, job)
    except Failed as failed:
        raise Wrong(failed.message, code=failed.kind, status=500) from None
    made = await assets_of(job)
    asset = made[0] if made else None
    text = (await sync_to_async(bytes_of)(asset)).decode() if asset else ""
    return JsonResponse(
        {
            "id": f"chatcmpl-{job.pk}",
            "object": "chat.completion",
            "created": int(job.created_at.timestamp()),
            "model": job.model_name,
            "choices": [
                {
                    "index": 0,
                    "message": {"role": "assistant", "content": text, "refusal": None},
                    "logprobs": None,
                    "finish_reason": _finish_reason(asset),
                }
            ],
            "usage": _usage(asset),
        }
    )


def _line(data: dict[str, Any]) -> bytes:
    return f"data: {json.dumps(data, ensure_ascii=False)}\n\n".encode()


async def _chunks(actor: Actor, job: Job, *, include_usage: bool) -> AsyncIterator[bytes]:
    """The stream; whoever goes away before its end takes the job along."""
    head = {
        "id": f"chatcmpl-{job.pk}",
        "object": "chat.completion.chunk",
        "created": int(time.time()),
        "model": job.model_name,
    }

    def chunk(delta: dict[str, Any], finish: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return _line({**head, "choices": [choice]})

    ended = False
    text = Rejoin()
    try:
        yield chunk({"role": "assistant", "content": ""})
        async for event in events_of(job):
            if event is None:
                yield b": still here\n\n"
            elif event["kind"] == "token":
                fresh = text.add(event["attempt"], event["text"])
                if fresh:
                    yield chunk({"content": fresh})
            elif event["kind"] == "state" and event.get("final"):
                ended = True
                check_end(event)
        made = await assets_of(job)
        asset = made[0] if made else None
        if asset is not None:
            rest = text.add(-1, (await sync_to_async(bytes_of)(asset)).decode())
            if rest:
                yield chunk({"content": rest})
        yield chunk({}, _finish_reason(asset))
        if include_usage:
            yield _line({**head, "choices": [], "usage": _usage(asset)})
        await sync_to_async(let_go)()
    except Failed as failed:
        yield _line(body_of(failed.message, status=500, code=failed.kind))
        return
    finally:
        if not ended:
            give_up(actor, [job])
    yield b"data: [DONE]\n\n"
