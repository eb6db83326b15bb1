"""Several pictures of image.generate in one go: the small model draws eight together in about a third of the time.

A plain picture joins the drawing; one whose prompt asks for more (two things, weights, words that change on the way) is
drawn by itself, as if it had come alone. What is drawn together differs by at most one level in a few pixels from what is
drawn alone: sums are added up in another order.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from generators.brand import kit_of
from generators.context import Context
from generators.events import Event, NewAsset, Progress
from generators.tool import Together

if TYPE_CHECKING:
    from PIL.Image import Image

    from generators.image.generate import GenerateInputs
    from generators.image.pipelines import Drawer

MOST: Mapping[tuple[str, str], int] = {("pocket", "cpu"): 8}
"""By format of the model and device, as measured (the row `painter` of the bench); what is not here was not measured."""


def most(inputs: Mapping[str, Any], format: str, device: str) -> int:
    """How many pictures with these inputs are worth drawing at once."""
    more = any(inputs.get(name) for name in ("loras", "control", "reference"))
    return 1 if more else MOST.get((format, device), 1)


@dataclass(frozen=True)
class _Member:
    """One of those that are drawn together. place: among all jobs; words: wanted and unwanted; notes: for the person."""

    place: int
    words: tuple[str, str]
    notes: list[str]


def run(contexts: Sequence[Context], inputs: Sequence[GenerateInputs]) -> Iterator[tuple[int, Event]]:
    """Events of all of them, each with its place; see generators.tool.Together."""
    import torch

    from generators.image import pipelines, samplers
    from generators.image.generate import generate

    steps = inputs[0].steps
    yield from ((place, Progress(0, steps, note="Loading the model")) for place in range(len(inputs)))
    drawer: Drawer = contexts[0].model(pipelines.load)
    torch.set_num_threads(1 if drawer.pocket else contexts[0].threads)
    waiting = [place for place, ctx in enumerate(contexts) if not ctx.done(0)]
    read = {place: _read(contexts[place], inputs[place], drawer, place) for place in waiting}
    plain = [member for member in read.values() if member is not None]
    if plain:
        with samplers.sampling(drawer, inputs[0].sampler, steps):
            pictures = yield from _drawn(drawer, plain, contexts, inputs[0])
        for member, picture in zip(plain, pictures, strict=True):
            ctx, asked = contexts[member.place], inputs[member.place]
            yield from _finished(ctx, asked, drawer, member, picture, len(plain))
    for place in waiting:
        if read[place] is None:
            alone = cast(Generator[Event], generate.run(contexts[place], inputs[place]))
            with closing(alone):
                for event in alone:
                    yield place, event


def _read(ctx: Context, inputs: GenerateInputs, drawer: Drawer, place: int) -> _Member | None:
    """None for a picture that is drawn by itself."""
    from generators.image import encode, pairs, palette, styles
    from generators.image.prompt_grammar import parse
    from generators.image.vocabulary import known, unknown_words

    if not drawer.pocket:
        return None
    wanted, unwanted, notes = styles.dressed(inputs.style, inputs.prompt, inputs.negative_prompt, small=True)
    wanted, tints = palette.tinted(wanted, kit_of(inputs.brand))
    notes = [*notes, *tints]
    told = encode.tell(drawer, wanted, unwanted, inputs.guidance, inputs.steps)
    if "prompt" not in told.arguments or pairs.read(wanted, known(ctx).names):
        return None
    words = (told.arguments["prompt"], told.arguments.get("negative_prompt", ""))
    strange = unknown_words(ctx, parse(inputs.prompt).every_word(), drawer)
    return _Member(place, words, [*notes, *strange, *told.notes])


def _drawn(
    drawer: Drawer, members: list[_Member], contexts: Sequence[Context], alike: GenerateInputs
) -> Generator[tuple[int, Event], None, list[Image]]:
    """Their pictures at the model's own size."""
    import torch

    from generators import bridge
    from generators.image import step_cache
    from generators.image.pipelines import NATIVE, arguments
    from generators.image.previews import Pace, picture

    pace = Pace(2.0)  # a second, times so many pictures: each is an event
    pace.due()  # the first frame would be noise
    total = _total(alike)

    def call(report: Callable[[list[tuple[int, Event]]], None]) -> list[Image]:
        def on_step(pipeline: Any, index: int, _: Any, values: dict[str, Any]) -> dict[str, Any]:
            if pace.due():
                clear = [guess for guess in pipeline.scheduler.model_outputs if guess is not None][-1]
                frames = pipeline.vae.to_pixels(clear.float())
                steps = [
                    Progress(index + 1, total, preview=picture(frames[row])) for row in range(len(members))
                ]
                report([(member.place, step) for member, step in zip(members, steps, strict=True)])
            else:
                report([])  # a stop is heard here
            return {}

        told = arguments(drawer, "", "", alike.guidance)
        told |= {"prompt": [member.words[0] for member in members]}
        told |= {"negative_prompt": [member.words[1] for member in members]}
        with torch.no_grad(), step_cache.reusing(drawer, alike.step_cache):
            made = drawer.pipeline(
                **told,
                width=NATIVE,
                height=NATIVE,
                num_inference_steps=alike.steps,
                generator=[torch.Generator("cpu").manual_seed(contexts[m.place].seed) for m in members],
                callback_on_step_end=on_step,
            )
        return [image.convert("RGB") for image in made.images]

    drawer.pipeline.set_progress_bar_config(disable=True)
    inner = bridge.steps(call)
    try:
        while True:
            try:
                yield from next(inner)
            except StopIteration as end:
                pictures: list[Image] = end.value
                return pictures
    finally:
        inner.close()


def _finished(
    ctx: Context, inputs: GenerateInputs, drawer: Drawer, member: _Member, picture: Image, size: int
) -> Iterator[tuple[int, Event]]:
    from generators.image.render import finished

    facts = {"together": size} if size > 1 else {}
    inner = finished(ctx, inputs, drawer, picture, member.notes, _total(inputs), facts)
    while True:
        try:
            yield member.place, next(inner)
        except StopIteration as end:
            made, told = end.value
            break
    yield member.place, NewAsset.image(made, ctx.scratch, facts=told)


def _total(inputs: GenerateInputs) -> int:
    from generators.image import shape

    return inputs.steps + shape.passes(inputs.width, inputs.height)


PICTURES = Together(frozenset({"prompt", "negative_prompt", "seed"}), most, run)
