"""From a prompt in our grammar to what a pipeline is told: plain words, or conditions made here.

Plain prompts that fit the encoder's window go to the pipeline as they are. Weights, wordings that change from step to
step, BREAK and longer prompts are encoded here, for the pipelines whose encoder reads token by token (EMBEDDED).

A window holds 75 tokens of CLIP between its two marks. A longer prompt is cut into chunks of that size, each is encoded
alone, and the states are put one after the other, as AUTOMATIC1111's web UI does; SDXL's pooled vector is the first
chunk's. A weight w moves a token's state z away from the state z0 that the empty prompt has at its place: z0 + w·(z - z0),
as ComfyUI does it (comfy/sd1_clip.py). At w = 1 nothing changes, at 0 the word is gone, and unlike rescaling a prompt to
its old mean it leaves the other words alone.

Encoders of whole sentences (T5, language models) have no such states to move: there the marks are left out, and a note
says so.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from generators.image.pipelines import Drawer, arguments
from generators.image.prompt_grammar import Piece, Prompt, lora_words, parse

if TYPE_CHECKING:
    from torch import Tensor

EMBEDDED = ("StableDiffusionPipeline", "StableDiffusionXLPipeline", "LatentConsistencyModelPipeline")
"""Pipelines that take states of single tokens, and their siblings for pictures and control."""

MOST_CHUNKS = 16  # windows: 1,200 tokens of CLIP; each makes a step slower

Wording = tuple[Piece, ...]


@dataclass
class Told:
    """arguments: of the pipeline. notes: sentences for the person. at_step(pipeline, next): the conditions from step
    `next` on, for the pipeline's callback; None where they stay the same."""

    arguments: dict[str, Any]
    notes: list[str] = field(default_factory=list)
    at_step: Callable[[Any, int], dict[str, Tensor]] | None = None


def tell(drawer: Drawer, prompt: str, negative: str, guidance: float, steps: int) -> Told:
    """What the pipeline is told to draw `prompt` and not `negative`, over so many steps."""
    told = _told(drawer, prompt, negative, guidance, steps)
    left = ", ".join(word.text for word in lora_words(prompt))
    if left:
        told.notes.append(f"There is no such LoRA here, so this was read as text: {left}")
    return told


def _told(drawer: Drawer, prompt: str, negative: str, guidance: float, steps: int) -> Told:
    wanted, unwanted = parse(prompt), parse(negative)
    if not _embeds(drawer.pipeline):
        return _sentences(drawer, wanted, unwanted, guidance)
    plain, against = wanted.plain, unwanted.plain
    if plain is not None and against is not None:
        encoder = _Encoder(drawer.pipeline)
        if encoder.fits(plain) and encoder.fits(against):
            return Told(arguments(drawer, plain, against, guidance))
    return _states(drawer, wanted, unwanted, guidance, steps)


def _embeds(pipeline: Any) -> bool:
    family = type(pipeline).__name__
    return family.startswith(tuple(name.removesuffix("Pipeline") for name in EMBEDDED)) and not any(
        other in family for other in ("StableDiffusion3", "Pix2Pix")
    )


def _sentences(drawer: Drawer, wanted: Prompt, unwanted: Prompt, guidance: float) -> Told:
    """Words alone, with notes of what was left out."""
    told = Told(arguments(drawer, wanted.words(), unwanted.words(), guidance))
    both = (wanted, unwanted)
    if any(prompt.weighted for prompt in both):
        told.notes.append("This model reads whole sentences, so weights like (word:1.3) were left out.")
    if any(prompt.changes for prompt in both):
        told.notes.append(
            "This model reads its prompt once: of wordings that change on the way the first was used."
        )
    left = _beyond(drawer.pipeline, wanted.words())
    if left:
        told.notes.append(
            f"The prompt is longer than this model reads: about {left} tokens at its end were left out."
        )
    return told


def _beyond(pipeline: Any, text: str) -> int:
    """How many tokens of a sentence go beyond what the pipeline reads; 0 where that is not known."""
    window = inspect.signature(type(pipeline).__call__).parameters.get("max_sequence_length")
    readers = [getattr(pipeline, f"tokenizer{end}", None) for end in ("_3", "_2", "")]
    reader = next((one for one in readers if one is not None), None)
    if window is None or reader is None or not isinstance(window.default, int):
        return 0
    return max(0, len(reader(text, verbose=False).input_ids) - window.default)


def _states(drawer: Drawer, wanted: Prompt, unwanted: Prompt, guidance: float, steps: int) -> Told:
    """States made here, each different wording once, all of the same length."""
    import torch

    encoder = _Encoder(drawer.pipeline)
    script = [(wanted.at(step, steps), unwanted.at(step, steps)) for step in range(steps)]
    wordings = list(dict.fromkeys(one for pair in script for one in pair))
    chunks = max(len(cut) for one in wordings for cut in encoder.chunks(one))
    notes = []
    if chunks > MOST_CHUNKS:
        notes.append(
            f"The prompt is very long: what goes beyond {MOST_CHUNKS} windows of the encoder was left out."
        )
        chunks = MOST_CHUNKS
    with torch.no_grad():
        states = {one: encoder.encode(one, chunks) for one in wordings}
    if encoder.zeroed and not any(against for _, against in script):
        states[()] = {name: torch.zeros_like(value) for name, value in states[()].items()}

    def named(step: int) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
        for_it, against = script[min(step, steps - 1)]
        return states[for_it], states[against]

    first, against = named(0)
    told = arguments(drawer, "", "", guidance)
    takes = inspect.signature(type(drawer.pipeline).__call__).parameters
    told |= first | {f"negative_{name}": value for name, value in against.items()}
    told = {name: value for name, value in told.items() if name in takes and name != "prompt"}

    def at_step(pipeline: Any, step: int) -> dict[str, Tensor]:
        for_it, against = named(step)
        guided = pipeline.do_classifier_free_guidance
        return {
            "add_text_embeds" if name == "pooled_prompt_embeds" else name: torch.cat([against[name], value])
            if guided
            else value
            for name, value in for_it.items()
        }

    return Told(told, notes, at_step if len(set(script)) > 1 else None)


class _Encoder:
    """The text encoders of a pipeline, one or SDXL's two, told chunk by chunk."""

    def __init__(self, pipeline: Any) -> None:
        names = [end for end in ("", "_2") if getattr(pipeline, f"text_encoder{end}", None) is not None]
        self.pairs = [
            (getattr(pipeline, f"tokenizer{e}"), getattr(pipeline, f"text_encoder{e}")) for e in names
        ]
        self.deep = "XL" in type(pipeline).__name__  # SDXL takes the states before the last layer
        self.zeroed = self.deep and bool(pipeline.config.force_zeros_for_empty_prompt)

    def fits(self, text: str) -> bool:
        """Whether the text goes into one window."""
        return all(
            len(tokenizer(text, verbose=False).input_ids) <= tokenizer.model_max_length
            for tokenizer, _ in self.pairs
        )

    def chunks(self, wording: Wording) -> list[list[list[tuple[int, float]]]]:
        """For each encoder the chunks of (token, weight); at least one, each as long as a window allows."""
        return [list(self._cut(tokenizer, wording)) for tokenizer, _ in self.pairs]

    @staticmethod
    def _cut(tokenizer: Any, wording: Wording) -> Iterator[list[tuple[int, float]]]:
        room = tokenizer.model_max_length - len(tokenizer("").input_ids)
        begun: list[tuple[int, float]] = []
        number, any_yet = 0, False
        for piece in wording:
            if piece.chunk != number:
                yield from [begun] if begun or any_yet else []
                number, begun, any_yet = piece.chunk, [], True
            for token in tokenizer(piece.text, add_special_tokens=False, verbose=False).input_ids:
                if len(begun) == room:
                    yield begun
                    begun = []
                begun.append((token, piece.weight))
        yield begun

    def encode(self, wording: Wording, chunks: int) -> dict[str, Tensor]:
        """{"prompt_embeds": (1, chunks · window, width)}, of SDXL "pooled_prompt_embeds": (1, width) as well."""
        import torch

        found: list[Tensor] = []
        pooled = None
        for pair, cut in zip(self.pairs, self.chunks(wording), strict=True):
            padded = [*cut, *[[] for _ in range(chunks - len(cut))]][:chunks]
            states, whole = self._run(*pair, padded)
            found.append(states)
            pooled = whole if whole is not None else pooled
        made = {"prompt_embeds": torch.cat(found, dim=-1)}
        return made | ({"pooled_prompt_embeds": pooled} if self.deep and pooled is not None else {})

    def _run(
        self, tokenizer: Any, encoder: Any, chunks: list[list[tuple[int, float]]]
    ) -> tuple[Tensor, Tensor | None]:
        import torch

        window = tokenizer.model_max_length
        begin, end = tokenizer("").input_ids
        rows = [[begin, *(token for token, _ in chunk), end] for chunk in [*chunks, []]]
        ids = torch.tensor([row + [tokenizer.pad_token_id] * (window - len(row)) for row in rows])
        mask = torch.tensor([[1] * len(row) + [0] * (window - len(row)) for row in rows])
        weights = torch.tensor(
            [[1.0, *(w for _, w in chunk)] + [1.0] * (window - 1 - len(chunk)) for chunk in chunks]
        )
        masked = bool(getattr(encoder.config, "use_attention_mask", False))
        more = {"output_hidden_states": True} if self.deep else {}
        said = encoder(
            ids.to(encoder.device), attention_mask=mask.to(encoder.device) if masked else None, **more
        )
        states = said.hidden_states[-2] if self.deep else said[0]
        if not bool((weights == 1).all()):
            w = weights.to(states.device, states.dtype)[..., None]
            states = torch.cat([states[-1:] + w * (states[:-1] - states[-1:]), states[-1:]])
        whole = said[0][:1] if self.deep and said[0].ndim == 2 else None
        return states[:-1].reshape(1, -1, states.shape[-1]), whole
