"""text.write: on llama.cpp and on transformers, both for real."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Any

import pytest

from generators.context import Context, ModelFiles
from generators.events import NewAsset, Progress, Token, ToolError
from generators.text.write import WriteInputs, write

Made = tuple[str, NewAsset, list[Any]]


def run(ctx: Context, **inputs: Any) -> Made:
    """(text of the tokens, asset, all events)"""
    events = list(write.run(ctx, WriteInputs(**{"prompt": "Say something about the sea.", **inputs})))
    asset = events[-1]
    assert isinstance(asset, NewAsset)
    return "".join(event.text for event in events if isinstance(event, Token)), asset, events


@pytest.fixture(params=["gguf", "tiny"])
def files(request: pytest.FixtureRequest) -> ModelFiles:
    found: ModelFiles = request.getfixturevalue(request.param)
    return found


def test_it_works(context: Callable[..., Context], files: ModelFiles) -> None:
    text, asset, events = run(context(files), max_tokens=12)
    assert text.strip()
    assert asset.path.read_text(encoding="utf-8") == text
    assert (asset.medium, asset.mime, asset.index) == ("text", "text/markdown", 0)
    assert 0 < asset.facts["tokens"] <= 12
    assert asset.facts["prompt_tokens"] > 5
    assert any(isinstance(event, Progress) for event in events)
    assert sum(isinstance(event, Token) for event in events) > 1, "the text comes in pieces"


def test_the_same_seed_gives_the_same_text(context: Callable[..., Context], files: ModelFiles) -> None:
    said = {"max_tokens": 16, "temperature": 1.2}
    first, *_ = run(context(files, seed=3), **said)
    run(
        context(files, seed=4), **said, system="Answer like a pirate."
    )  # what ran between makes no difference
    again, *_ = run(context(files, seed=3), **said)
    other, *_ = run(context(files, seed=5), **said)
    assert first == again
    assert first != other


def test_temperature_0_takes_the_likeliest(context: Callable[..., Context], files: ModelFiles) -> None:
    texts = {run(context(files, seed=seed), max_tokens=8, temperature=0)[0] for seed in (1, 2)}
    assert len(texts) == 1


def test_the_length_is_kept_and_said(context: Callable[..., Context], files: ModelFiles) -> None:
    _, asset, _ = run(context(files), max_tokens=3, prompt="Write a very long story about the sea.")
    assert asset.facts["tokens"] == 3
    assert asset.facts["finish_reason"] == "length"
    assert "cut at 3 tokens" in asset.facts["notes"][0]


def test_a_stop_text_ends_it_and_is_left_out(context: Callable[..., Context], files: ModelFiles) -> None:
    whole, *_ = run(context(files), max_tokens=30, temperature=0)
    stop = whole.strip()[5:8]
    text, asset, _ = run(context(files), max_tokens=30, temperature=0, stop=[stop])
    assert text == whole[: whole.index(stop)]
    assert asset.facts["finish_reason"] == "stop"


def test_no_control_characters_reach_the_text(context: Callable[..., Context], tiny: ModelFiles) -> None:
    """Untrained, and as bold as can be, the tiny model writes any byte."""
    text, *_ = run(context(tiny, seed=2), max_tokens=200, temperature=2, top_p=1)
    assert not [letter for letter in text if unicodedata.category(letter) == "Cc" and letter not in "\n\t\r"]


def test_closing_it_stops_the_model(context: Callable[..., Context], files: ModelFiles) -> None:
    ctx = context(files)
    events = write.run(ctx, WriteInputs(prompt="Write a very long story.", max_tokens=200))
    for event in events:
        if isinstance(event, Token):
            break
    events.close()  # type: ignore[attr-defined]
    text, *_ = run(ctx, max_tokens=2)
    assert text, "the model is free again"
    assert list(ctx.scratch.iterdir()), "and what it writes then is stored"


def test_what_an_earlier_attempt_has_stored_is_not_written_again(
    context: Callable[..., Context], tiny: ModelFiles
) -> None:
    assert list(write.run(context(tiny, stored=frozenset({0})), WriteInputs(prompt="x"))) == []


def test_a_prompt_that_does_not_fit_is_refused_in_words(
    context: Callable[..., Context], files: ModelFiles
) -> None:
    with pytest.raises(ToolError, match=r"is \d+ tokens long\. The model's context is \d+ tokens"):
        run(context(files), prompt="the sea " * 2_000)


def test_needs_ask_for_the_model_and_count_tokens() -> None:
    from generators.tool import ModelFacts

    facts = ModelFacts("m", "d", "text-generation", "gguf", bytes=10, memory_bytes=10**9, context=100)
    needs = write.needs(WriteInputs(prompt="x", max_tokens=40), facts)
    assert needs.memory_bytes > 10**9
    assert 40 <= needs.work < 60
    assert write.needs(WriteInputs(prompt="x", max_tokens=10**6), facts).work < 200, (
        "no more than the context"
    )
