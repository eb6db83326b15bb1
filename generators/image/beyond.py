"""Beyond a picture's edges with the pocket model: the ground goes on, and where there is room a thing stands on it.

The model knows squares with whole things in them. Shown a picture's edge and a strip beside it, it draws a piece of a
thing there, on white unless the prompt names another ground. So the ground is the picture's own, drawn out
(`region.expanded`), and what the prompt names is drawn by itself, cut out of its ground and laid on that.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from generators.context import Context
from generators.events import Event, Progress
from generators.fields import FrameSize

if TYPE_CHECKING:
    from PIL.Image import Image

    from generators.image.edit import EditInputs
    from generators.image.region import Box

ROOM = 0.75
"""How wide new ground must be for a thing to stand on it, in shares of the picture's shorter side: who asks for less
wants more of the same ground."""

LEARNT = {
    "grey": "gray",
    "turquoise": "teal",
    "lilac": "purple",
    "magenta": "pink",
    "olive": "green",
    "beige": "yellow",
}
"""What the model calls colours whose own names it has not learnt."""


def drawn(
    ctx: Context, inputs: EditInputs, ground: Image, frame: FrameSize
) -> Generator[Event, None, tuple[Image, dict[str, Any]]]:
    """ground: of `region.expanded`. The picture, and the facts of it."""
    from generators.image import encode, pairs, pipelines, region, upscaler
    from generators.image.drawing import draw
    from generators.image.prompt_grammar import parse
    from generators.image.vocabulary import known, unknown_words

    drawer = ctx.model(pipelines.load)
    facts: dict[str, Any] = {"pipeline": type(drawer.pipeline).__name__}
    strange = unknown_words(ctx, parse(inputs.prompt).every_word(), drawer)
    box = room(ground.size, frame)
    if box is None or not pairs.names_thing(inputs.prompt, known(ctx).names):
        why = "too narrow for a thing on it" if box is None else "your words name no thing that it can draw"
        yield Progress(inputs.steps, inputs.steps, preview=ground)
        return ground, facts | {
            "notes": [*strange, f"The picture's ground goes on; nothing else was drawn: {why}."]
        }
    several = pairs.read(inputs.prompt, known(ctx).names)
    words = on_a_ground(several.alone[0] if several else inputs.prompt, ground.crop(box))
    told = encode.tell(drawer, words, inputs.negative_prompt, inputs.guidance, inputs.steps)
    given = told.arguments | {"num_inference_steps": inputs.steps}
    side = drawer.native
    every: dict[str, Any] = {"seed": ctx.seed, "total": inputs.steps, "at_step": told.at_step}
    thing = yield from draw(drawer, given, width=side, height=side, **every)
    size = (box[2] - box[0], box[3] - box[1])
    share = pairs.shown(thing).resize(size)
    thing, _ = region.brought_to(thing, size, lambda: upscaler.load(ctx))
    whole = ground.copy()
    whole.paste(thing, box[:2], share)
    yield Progress(inputs.steps, inputs.steps, preview=whole)
    what = f"{several.things[0]} alone" if several else "what you named"
    notes = [*strange, *told.notes, f"The picture's ground goes on, and {what} was drawn on it."]
    return whole, facts | {"drawn_at": f"{side}×{side}", "window": list(box), "notes": notes}


def on_a_ground(prompt: str, ground: Image) -> str:
    """The prompt with the colour of this ground in words, where it names no ground: cut out of a like colour, a thing has
    no white rim, and its white parts stay."""
    import numpy as np

    from generators.image import colours, pairs

    words, tail = pairs.parted(prompt)
    mean = np.asarray(ground.convert("RGB")).reshape(-1, 3).mean(0).round().astype(np.uint8)
    colour = colours.nearest_names(mean[None])[0].split()[-1]
    colour = LEARNT.get(colour, colour)
    if colour == "white" or pairs.names_ground(tail):
        return prompt
    return f"{words} on {'an' if colour == 'orange' else 'a'} {colour} background{tail}"


def room(size: tuple[int, int], frame: FrameSize) -> Box | None:
    """The largest square of new ground beside the old picture's middle, where that is large enough. size: with the
    frame."""
    width, height = size[0] - frame.left - frame.right, size[1] - frame.top - frame.bottom
    across, down = frame.left + width / 2, frame.top + height / 2
    beside = [
        (min(frame.left, height), frame.left / 2, down),
        (min(frame.right, height), size[0] - frame.right / 2, down),
        (min(frame.top, width), across, frame.top / 2),
        (min(frame.bottom, width), across, size[1] - frame.bottom / 2),
    ]
    side, x, y = max(beside, key=lambda one: one[0])
    if side < ROOM * min(width, height):
        return None
    left, top = round(x - side / 2), round(y - side / 2)
    return left, top, left + side, top + side
