"""text.chat: a talk goes on; where it grows too long, the oldest turns go, and it says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError

from generators.context import Context, ModelFiles
from generators.events import NewAsset, ToolError
from generators.text.answer import fit, instructed
from generators.text.backends import Message, loaded
from generators.text.chat import ChatInputs, chat


def talk(turns: int, words: int) -> list[dict[str, str]]:
    messages = [{"role": "system", "content": "Be brief."}]
    for number in range(turns):
        messages.append({"role": "user", "content": f"Question {number}. " + "the sea " * words})
        messages.append({"role": "assistant", "content": "blue " * words})
    return [*messages, {"role": "user", "content": "What colour is the sea?"}]


def run(ctx: Context, messages: list[dict[str, str]], **inputs: Any) -> NewAsset:
    *_, asset = chat.run(ctx, ChatInputs.model_validate({"messages": messages, **inputs}))
    assert isinstance(asset, NewAsset)
    return asset


def test_it_works(context: Callable[..., Context], gguf: ModelFiles) -> None:
    asset = run(context(gguf), talk(1, 3), max_tokens=10)
    assert asset.path.read_text(encoding="utf-8").strip()
    assert asset.facts["notes"] == [] or "cut at" in asset.facts["notes"][0]
    assert chat.listed is False, "a chat is its author's until it is kept"


def test_the_oldest_turns_go_when_the_context_is_full(
    context: Callable[..., Context], tiny: ModelFiles
) -> None:
    asset = run(context(tiny), talk(12, 6), max_tokens=4)
    note = asset.facts["notes"][0]
    assert "no longer fits into the model's context" in note
    assert asset.facts["prompt_tokens"] <= tiny.context - 4


@pytest.mark.parametrize("turns", [0, 1, 5, 40])
def test_as_little_is_left_out_as_can_be(
    context: Callable[..., Context], tiny: ModelFiles, turns: int
) -> None:
    backend = loaded(context(tiny))
    messages: list[Message] = [{"role": m["role"], "content": m["content"]} for m in talk(turns, 4)]
    kept, length, notes = fit(backend, messages, 8)
    assert kept[0]["role"] == "system"
    assert kept[-1] == messages[-1]
    assert kept[1]["role"] == "user", "no answer without its question"
    assert length == backend.count(kept) <= tiny.context - 8
    dropped = len(messages) - len(kept)
    assert bool(notes) == bool(dropped)
    if dropped:
        assert f"{dropped} oldest messages were left out" in notes[0]
        more = [messages[0], *messages[1 + dropped - 2 :]]
        assert backend.count(more) > tiny.context - max(8, tiny.context // 4), "one turn more would not fit"


def test_a_last_message_that_does_not_fit_is_refused(
    context: Callable[..., Context], tiny: ModelFiles
) -> None:
    messages = [*talk(3, 3)[:-1], {"role": "user", "content": "the sea " * 500}]
    with pytest.raises(ToolError, match="Shorten the text"):
        run(context(tiny), messages, max_tokens=4)


def test_an_instruction_reaches_models_that_know_none(
    context: Callable[..., Context], tiny: ModelFiles
) -> None:
    backend = loaded(context(tiny))
    said: list[Message] = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hello"}]
    assert instructed(backend, said) == said
    assert instructed(backend, said[1:])[0]["role"] == "system", "one of ours stands where there is none"
    backend.takes_system = False
    try:
        assert instructed(backend, said) == [{"role": "user", "content": "Be brief.\n\nHello"}]
        assert instructed(backend, said[1:]) == said[1:]
    finally:
        backend.takes_system = True


@pytest.mark.parametrize(
    "messages",
    [
        [],
        [{"role": "user", "content": " "}],
        [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Hello"}],
        [{"role": "pirate", "content": "Hello"}],
        [{"role": "user", "content": "Hello", "name": "x"}],
    ],
)
def test_what_is_no_talk_is_refused(messages: list[dict[str, str]]) -> None:
    with pytest.raises(ValidationError):
        ChatInputs.model_validate({"messages": messages})
