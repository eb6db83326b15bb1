"""A brand kit in texts: what the model is told, and which words to avoid are found in what it wrote."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from generators.brand import BrandKit
from generators.context import Context, ModelFiles
from generators.events import NewAsset
from generators.text import voice
from generators.text.answer import SYSTEM, instructed
from generators.text.backends import Message, loaded
from generators.text.write import WriteInputs, write

KIT = BrandKit(
    id=uuid.UUID(int=1),
    name="Harbour light",
    tone="Warm and plain.",
    words=["harbour"],
    avoid=["cheap", "guys", "low cost", "50%", "Straße"],
)
ASK: list[Message] = [{"role": "user", "content": "Say hello."}]


def test_the_system_prompt_has_its_words(context: Callable[..., Context], gguf: ModelFiles) -> None:
    backend = loaded(context(gguf))
    said = voice.instruction(KIT)
    for words in ("Harbour light", "Warm and plain.", "harbour", "cheap, guys, low cost"):
        assert words in said
    (system, ask) = instructed(backend, ASK, said)
    assert system == {"role": "system", "content": f"{SYSTEM}\n\n{said}"}
    assert ask == ASK[0]
    own: list[Message] = [{"role": "system", "content": "Be brief."}, *ASK]
    assert instructed(backend, own, said)[0]["content"] == f"Be brief.\n\n{said}"
    assert instructed(backend, ASK)[0]["content"] == SYSTEM


def test_a_model_that_knows_no_instruction_is_told_before_the_prompt(
    context: Callable[..., Context], tiny: ModelFiles
) -> None:
    backend = loaded(context(tiny))
    backend.takes_system = False  # as its template would say
    try:
        (ask,) = instructed(backend, ASK, "Speak softly.")
    finally:
        backend.takes_system = True
    assert ask == {"role": "user", "content": "Speak softly.\n\nSay hello."}


def test_a_kit_without_words_says_nothing() -> None:
    assert voice.instruction(BrandKit(id=KIT.id, name="Only colours")) == ""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A CHEAP trick, guys!", ["cheap", "guys"]),
        ("Cheaper, cheapskate, uncheap, guys' night", ["guys"]),
        ("at low\ncost: 50% off", ["low cost", "50%"]),
        ("In der STRASSE", ["Straße"]),
        ("", []),
    ],
)
def test_words_to_avoid_are_found_whole_in_any_case(text: str, found: list[str]) -> None:
    assert voice.avoided(KIT, text) == found
    names = ", ".join(found)
    assert voice.notes(KIT, text) == ([f"It uses words that Harbour light avoids: {names}"] if found else [])


def test_a_text_that_uses_one_says_so(context: Callable[..., Context], gguf: ModelFiles) -> None:
    """The small model writes common words although it is told not to: that is what the note is for."""
    asked: dict[str, Any] = {
        "prompt": "Write two sentences about the sea.",
        "max_tokens": 30,
        "temperature": 0,
    }
    kit = BrandKit(id=KIT.id, name="Harbour light", avoid=["the", "is", "a", "of", "and", "in", "to"])
    made, texts = [], []
    for brand in (kit, None):
        *_, asset = write.run(context(gguf), WriteInputs(**asked, brand=brand))
        assert isinstance(asset, NewAsset)
        made.append(asset)
        texts.append(asset.path.read_text(encoding="utf-8"))
    (note,) = voice.notes(kit, texts[0])
    assert note in made[0].facts["notes"]
    assert not any("avoids" in each for each in made[1].facts["notes"])
    assert made[0].facts["prompt_tokens"] > made[1].facts["prompt_tokens"], "the model was told"
