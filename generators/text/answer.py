"""What `text.write` and `text.chat` share: fitting a talk into a model's context, streaming the answer, its facts."""

from __future__ import annotations

import time
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Annotated

from pydantic import Field

from generators.brand import Brand, kit_of
from generators.context import Context
from generators.events import Event, NewAsset, Progress, Token, ToolError
from generators.fields import FieldType, Seed, TextModel
from generators.text import voice
from generators.text.backends import Backend, End, Message, Piece, Reading, Sampling, loaded
from generators.tool import Inputs, ModelFacts, Needs

SYSTEM = "You are a helpful writer. Answer in the language of the prompt."
"""Stands over a prompt that brings no instruction of its own: small models else change into other languages."""

WORKING_BYTES = 128 * 2**20
LEAST_ROOM = 64  # tokens for an answer, below which it is not worth asking
PROGRESS_S = 0.5
_CONTROLS = dict.fromkeys([*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), *range(0x7F, 0xA0)])
"""Characters that no text holds: a model that is untrained, or very bold, writes them all the same."""


class Writing(Inputs):
    """Inputs of every tool that writes with a language model."""

    model: TextModel = None
    max_tokens: Annotated[
        int,
        Field(ge=1, description="The longest answer; four tokens are about three words"),
        FieldType("number", unit="tokens"),
    ] = 512
    temperature: Annotated[
        float, Field(ge=0, le=2, description="0 always takes the likeliest word; higher is bolder")
    ] = 0.7
    top_p: Annotated[
        float,
        Field(gt=0, le=1, description="Chooses among the likeliest words that together have this share"),
    ] = 0.95
    brand: Annotated[
        Brand,
        Field(
            description="A brand kit of the team: its tone of voice and its words are told to the model. Small models"
            " follow them loosely"
        ),
    ] = None
    stop: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=200)]],
        Field(max_length=8, description="Texts that end the answer where they appear"),
    ] = []
    seed: Seed = None


def needs(inputs: Writing, model: ModelFacts | None) -> Needs:
    """Memory of the model with its context full; work in tokens, of which reading costs about a tenth of writing."""
    memory = (model.memory_bytes or int(model.bytes * 1.3)) if model else 0
    limit = min(inputs.max_tokens, model.context) if model and model.context else inputs.max_tokens
    read = len(str(inputs.model_dump(include={"prompt", "system", "messages", "brand"}))) / 4
    return Needs(memory_bytes=memory + WORKING_BYTES, work=limit + read / 10)


def answer(ctx: Context, messages: Sequence[Message], inputs: Writing) -> Iterator[Event]:
    """Stream the answer to `messages` and end with its text as an asset. The oldest turns go where they do not fit."""
    if ctx.done(0):
        return
    backend = loaded(ctx)
    kit = kit_of(inputs.brand)
    told_first = instructed(backend, messages, voice.instruction(kit) if kit else "")
    kept, length, notes = fit(backend, told_first, inputs.max_tokens)
    room = backend.context - length
    limit = min(inputs.max_tokens, room)
    how = Sampling(limit, inputs.temperature, inputs.top_p, tuple(inputs.stop), ctx.seed)
    text: list[str] = []
    end = End("length", 0)
    told = begun = first = time.monotonic()
    for item in backend.write(kept, how):
        if isinstance(item, Piece):
            if not text:
                first = time.monotonic()
            text.append(item.text.translate(_CONTROLS))
            yield Token(text[-1])
            if time.monotonic() - told >= PROGRESS_S:
                told = time.monotonic()
                yield Progress(min(item.tokens, limit), limit)
        elif isinstance(item, Reading):
            yield Progress(0, limit, note=f"Reading the prompt: {item.done} of {item.total} tokens")
        else:
            end = item
    if end.finish_reason == "length":
        if limit < inputs.max_tokens:
            notes.append(f"The answer was cut at {end.tokens} tokens: the model's context is full.")
        else:
            notes.append(
                f"The answer was cut at {end.tokens} tokens, as was asked for. Ask for more tokens to get a longer one."
            )
    if not "".join(text).strip():
        raise ToolError("The model wrote nothing. Try another seed, or say more in the prompt.", kind="empty")
    if kit:
        notes += voice.notes(kit, "".join(text))
    facts = {
        "tokens": end.tokens,
        "prompt_tokens": length,
        "context": backend.context,
        "finish_reason": end.finish_reason,
        "seconds": round(time.monotonic() - begun, 2),
        "tokens_per_s": round(end.tokens / max(time.monotonic() - first, 1e-3), 1),
        "notes": notes,
    }
    yield NewAsset.text("".join(text), ctx.scratch, facts=facts)


def instructed(backend: Backend, messages: Sequence[Message], brand: str = "") -> list[Message]:
    """The messages with an instruction where they bring none; where the model knows none, it goes before a prompt.

    brand: what a brand kit asks for; it comes after the instruction, whosever that is.
    """
    system = [message["content"] for message in messages if message["role"] == "system"]
    rest = [message for message in messages if message["role"] != "system"]
    if backend.takes_system:
        said = "\n\n".join(system) or SYSTEM
        return [{"role": "system", "content": f"{said}\n\n{brand}" if brand else said}, *rest]
    system += [brand] if brand else []
    if system:
        rest[0] = {"role": rest[0]["role"], "content": "\n\n".join([*system, rest[0]["content"]])}
    return rest


def fit(
    backend: Backend, messages: Sequence[Message], max_tokens: int
) -> tuple[list[Message], int, list[str]]:
    """(messages that are sent, their tokens, notes): drops the oldest turns until a fair answer has room.

    System messages and the last message always stay; ToolError in words where even these do not fit.
    """
    room = min(max_tokens, max(LEAST_ROOM, backend.context // 4))
    most = backend.context - room
    fixed = [message for message in messages[:-1] if message["role"] == "system"]
    talk = [message for message in messages[:-1] if message["role"] != "system"]
    # A talk that begins with an answer makes no sense to the model: it is cut before a question, or wholly.
    cuts = [at for at, message in enumerate(talk) if at == 0 or message["role"] == "user"] + [len(talk)]

    def left(cut: int) -> list[Message]:
        return [*fixed, *talk[cut:], messages[-1]]

    def fits(cut: int) -> bool:
        return backend.count(left(cut)) <= most

    # The longer the cut, the fewer the tokens: the shortest cut that fits is found by halving.
    dropped = 0 if fits(0) else cuts[min(bisect_left(cuts, True, key=fits), len(cuts) - 1)]
    kept = left(dropped)
    length = backend.count(kept)
    if length > most and length > backend.context - min(max_tokens, LEAST_ROOM):
        raise ToolError(
            f"This is {length} tokens long. The model's context is {backend.context} tokens, of which the answer"
            " needs some too. Shorten the text, or choose a model with a larger context.",
            kind="context-full",
        )
    notes = []
    if dropped:
        what = "message was" if dropped == 1 else "messages were"
        notes.append(
            f"The talk no longer fits into the model's context: the {dropped} oldest {what} left out."
        )
    return kept, length, notes
