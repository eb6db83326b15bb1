"""What the pocket image model has words for, and the nearest of them for a word that it has not learned."""

from __future__ import annotations

import functools
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generators.context import Context

if TYPE_CHECKING:
    from torch import Tensor

    from generators.image.pipelines import Drawer

_SMALL = frozenset(
    """a an the and or of in on at by to with under next left right above below top some one picture image photo
    drawing illustration draw paint make show me my your its it is are very really please cute nice beautiful cool
    style background ground close up shot view high quality detailed""".split()  # noqa: SIM905
)

NEAR = 0.51  # cosine from which a word helps: kitten and cat 0.79, violin and guitar 0.52; woman and lady beetle 0.50

LARGER = (
    "Larger models know more: Stable Diffusion, SDXL, FLUX and their like can be added on the Models page."
)


def unknown_words(ctx: Context, prompt: str, drawer: Drawer) -> list[str]:
    """Of the pocket model: a sentence that names the words that it has not learned, with the nearest that it has, and
    says which models know more."""
    vocabulary = known(ctx)
    unknown = vocabulary.unknown(prompt)
    if not unknown:
        return []
    nearest = vocabulary.nearest(unknown, drawer.pipeline.text_encoder, drawer.pipeline.tokenizer)
    words = ", ".join(
        f"“{word}” (nearest: {near})" if near else f"“{word}”" for word, near in nearest.items()
    )
    return [f"This small model has not learned {words}. {LARGER}"]


def known(ctx: Context) -> Vocabulary:
    """The vocabulary of the pocket model that this job draws with."""
    assert ctx.model_files is not None  # the drawer came from it
    folder = ctx.model_files.path
    return ctx.keep(f"vocabulary:{ctx.model_files.digest}", lambda: Vocabulary.of(folder))


@functools.cache
def built_in() -> Vocabulary:
    """The vocabulary of the pocket model that comes with the studio; read without torch, so before a job runs."""
    return Vocabulary.of(Path(__file__).resolve().parents[1] / "weights" / "pocket-image")


class Vocabulary:
    """names: what it can draw, as captions call it. words: every word of its captions."""

    def __init__(self, names: list[str], words: list[str]) -> None:
        self.names = names
        self.words = frozenset(words) | _SMALL
        self._vectors: Tensor | None = None

    @classmethod
    def of(cls, folder: Path) -> Vocabulary:
        """Read vocabulary.json of a pocket model."""
        data = json.loads((folder / "vocabulary.json").read_text(encoding="utf-8"))
        return cls(data["names"], data["words"])

    def unknown(self, prompt: str) -> list[str]:
        """The prompt's words that no caption held, in order, each once; at most eight."""
        found = dict.fromkeys(
            word for word in re.findall(r"[a-z]{2,}", prompt.lower()) if not self._knows(word)
        )
        return list(found)[:8]

    def nearest(self, words: list[str], encoder: Any, tokenizer: Any) -> dict[str, str | None]:
        """For each word the name that means most nearly the same, by the text encoder's own measure; None where none
        is near."""
        from generators.architectures.sentence import sentence_vectors

        if self._vectors is None:
            self._vectors = sentence_vectors(encoder, tokenizer, self.names)
        scores = sentence_vectors(encoder, tokenizer, words) @ self._vectors.T
        best, where = scores.max(1)
        return {
            word: self.names[int(index)] if float(score) >= NEAR else None
            for word, score, index in zip(words, best, where, strict=True)
        }

    def _knows(self, word: str) -> bool:
        stems = {word, word.removesuffix("s"), word.removesuffix("es")}
        if word.endswith("ies"):
            stems.add(word[:-3] + "y")
        return bool(stems & self.words)
