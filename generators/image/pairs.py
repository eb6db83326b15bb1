"""Two different things in one picture, for the small model: each is drawn by its own words.

The pocket model puts two things where they were asked for, but it mixes them: both come out alike. On an even ground
each is therefore drawn alone, which it does well, and the two are laid side by side. Scenery would not fit together:
there the network is asked twice at each step, once for "a cat and a cat" and once for "a sun and a sun", and the
answers are joined along the middle with a soft seam (MultiDiffusion, Bar-Tal et al. 2023).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL.Image import Image

# Between the names of two things; `left` and `up` say where the first named one is.
_SIDES = (
    (re.compile(r"^(.+?) on the left(?: side)?,? (?:and|with) (.+?) on the right(?: side)?$"), False, True),
    (re.compile(r"^(.+?) (?:to the |on the )?left of (.+)$"), False, True),
    (re.compile(r"^(.+?) (?:to the |on the )?right of (.+)$"), False, False),
    (re.compile(r"^(.+?) (?:above|over|on top of) (.+)$"), True, True),
    (re.compile(r"^(.+?) (?:below|under|beneath|underneath) (.+)$"), True, False),
    (re.compile(r"^(.+?) (?:and|next to|beside|near|&) (.+)$"), False, True),
)
_SCENERY = (
    r" (?:at (?:sunset|night)|in (?:outer )?space|in the (?:sky|snow|desert)|in a green field|on the (?:grass|ocean|sand)|"
    r"by the sea|under a starry night sky)\b"
)
_TAIL = re.compile(rf",.*$| (?:on|with|against) an? [a-z]+ background.*$|{_SCENERY}.*$")
_LISTED = re.compile(r"sunset|night|space|sky|grass|field|sea|ocean|snow|desert|sand")
_ARTICLE = re.compile(r"^(?:an?|the|one) ")
FADE = 4  # pixels over which a picture's edge fades into the common ground
_SEAM = 2.0  # how steep the seam is: nine tenths within a cell of the middle


@dataclass(frozen=True)
class Pair:
    """first: the left or upper thing's words, alone; second: the other's. stacked: one above the other. tail: ground
    and style, which both share."""

    first: str
    second: str
    stacked: bool
    tail: str = ""

    @property
    def wordings(self) -> tuple[str, str]:
        """What the network is told for the first half and for the second."""
        joint = "above" if self.stacked else "and"
        first, second = (f"{thing} {joint} {thing}{self.tail}" for thing in (self.first, self.second))
        return first, second

    @property
    def alone(self) -> tuple[str, str] | None:
        """What each is drawn by where the ground is even and they can be laid side by side; None before scenery."""
        if _LISTED.search(self.tail):
            return None
        return self.first + self.tail, self.second + self.tail


def read(prompt: str, names: Collection[str]) -> Pair | None:
    """The pair that a prompt asks for, else None: two things in known `names` ("cat"), in any colour and size, with a
    word of place or "and" between them, and ground and style after them."""
    words = " ".join(prompt.lower().split()).removesuffix(".")
    found = _TAIL.search(words)
    tail = found.group() if found else ""
    words = words.removesuffix(tail)
    for form, stacked, forwards in _SIDES:
        match = form.match(words)
        if match is None:
            continue
        one, other = (_ARTICLE.sub("", part.strip()) for part in match.groups())
        if one == other or not (_names_one(one, names) and _names_one(other, names)):
            return None
        one, other = (f"{'an' if part[0] in 'aeiou' else 'a'} {part}" for part in (one, other))
        return Pair(one, other, stacked, tail) if forwards else Pair(other, one, stacked, tail)
    return None


def drawings(prompt: str, names: Collection[str]) -> float:
    """How much is drawn for a prompt: 1 picture, 2 where two things are drawn alone, and half of one more where the
    network answers twice and its unguided answer, the third, is shared."""
    pair = read(prompt, names)
    if pair is None:
        return 1.0
    return 2.0 if pair.alone else 1.5


def _names_one(words: str, names: Collection[str]) -> bool:
    """Whether words are one thing's: at most three words before a name, and none of place or number among them."""
    parts = words.split()
    if {"and", "of", "with", "left", "right", "two", "three", "four", "many"} & set(
        parts[:-1]
    ) and words not in names:
        return False
    return any(" ".join(parts[start:]) in names for start in range(min(len(parts), 4)))


def laid_together(first: Image, second: Image, *, stacked: bool) -> Image:
    """Two square pictures of one size, with even grounds, on one ground that is twice as wide and high."""
    import numpy as np
    from PIL import Image as Pictures

    side = first.width
    parts = [np.asarray(picture.convert("RGB"), np.float32) for picture in (first, second)]
    grounds = [
        np.median(
            np.concatenate([part[:2].reshape(-1, 3), part[-2:].reshape(-1, 3), part[:, :2].reshape(-1, 3)]),
            axis=0,
        )
        for part in parts
    ]
    canvas = np.zeros((2 * side, 2 * side, 3), np.float32) + (grounds[0] + grounds[1]) / 2
    ramp = np.minimum((np.arange(side) + 0.5) / FADE, 1)
    share = np.outer(np.minimum(ramp, ramp[::-1]), np.minimum(ramp, ramp[::-1]))[..., None]
    for place, (part, own) in enumerate(zip(parts, grounds, strict=True)):
        top, left = (place * side, side // 2) if stacked else (side // 2, place * side)
        canvas[top : top + side, left : left + side] += share * (part - own)
    return Pictures.fromarray(canvas.clip(0, 255).round().astype(np.uint8))


@contextmanager
def halved(pipeline: Any, second: str | list[str], *, stacked: bool) -> Iterator[None]:
    """While this lasts, the pipeline's U-Net answers `second` in the right (or lower) half, whatever it was asked for.
    A list: one for each picture of the batch.

    pipeline: a StableDiffusionPipeline of the pocket model; with guidance its batch has the unguided half first.
    """
    import torch

    with torch.no_grad():
        states = pipeline.encode_prompt(second, pipeline.unet.device, 1, False)[0]

    def joined(unet: Any, given: tuple[Any, ...], told: dict[str, Any], answer: Any) -> tuple[Any]:
        noisy, time = given[:2]
        made = answer[0] if isinstance(answer, tuple) else answer.sample
        asked = len(noisy) // 2 if pipeline.do_classifier_free_guidance else 0
        wide = noisy.shape[-2 if stacked else -1]
        place = torch.arange(wide, device=made.device, dtype=made.dtype) - (wide - 1) / 2
        share = torch.sigmoid(place * _SEAM)
        share = share[:, None] if stacked else share[None, :]
        many = states.to(made.dtype).expand(len(noisy) - asked, -1, -1)
        other = unet.forward(noisy[asked:], time, encoder_hidden_states=many, return_dict=False)[0]
        return (torch.cat([made[:asked], made[asked:] * (1 - share) + other * share]),)

    handle = pipeline.unet.register_forward_hook(joined, with_kwargs=True)
    try:
        yield
    finally:
        handle.remove()
