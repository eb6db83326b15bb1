"""What image.generate draws with a loaded model: at the size asked for, or on the small model and then enlarged."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from generators.brand import kit_of
from generators.context import Context
from generators.events import Event, Progress

if TYPE_CHECKING:
    from PIL.Image import Image

    from generators.image.generate import GenerateInputs
    from generators.image.pipelines import Drawer

Drawn = Generator[Event, None, tuple["Image", dict[str, Any]]]


def render(ctx: Context, inputs: GenerateInputs, drawer: Drawer) -> Drawn:
    """The picture and its facts. What the job adds to the model (LoRA, sampler, reference) is gone again afterwards."""
    from generators.image import lora, palette, reference, samplers, step_cache, styles

    prompt, negative, notes = styles.dressed(
        inputs.style, inputs.prompt, inputs.negative_prompt, small=drawer.pocket
    )
    prompt, tints = palette.tinted(prompt, kit_of(inputs.brand))
    notes = [*notes, *tints]
    with ExitStack() as worn:
        uses = [(ctx.addon(use.model), use.weight) for use in inputs.loras]
        loras = worn.enter_context(lora.worn(drawer, uses))
        worn.enter_context(samplers.sampling(drawer, inputs.sampler, inputs.steps))
        more: dict[str, Any] = {}
        facts: dict[str, Any] = {"loras": loras} if loras else {}
        if inputs.reference:
            files = ctx.addon(inputs.reference_model) if inputs.reference_model else None
            picture = opened(ctx, inputs.reference)
            more = worn.enter_context(reference.shown(drawer, files, picture, inputs.reference_weight))
            facts["reference"] = {"name": files.name, "digest": files.digest} if files else None
        if inputs.step_cache and not step_cache.fits(drawer):
            notes = [*notes, step_cache.UNFIT]
        way = _pocket if drawer.pocket else _large
        picture, told = yield from way(ctx, inputs, drawer, (prompt, negative), more)
    return picture, {**told, **facts, "notes": [*lora.notes(loras), *notes, *told["notes"]]}


def opened(ctx: Context, ref: str) -> Image:
    """A picture of the inputs, RGB; what is transparent in it becomes white."""
    from PIL import Image as Pictures

    from generators.image.opened import open_picture

    picture = open_picture(ctx.asset(ref).path)
    if picture.mode == "RGB":
        return picture
    ground = Pictures.new("RGBA", picture.size, "white")
    return Pictures.alpha_composite(ground, picture.convert("RGBA")).convert("RGB")


def _large(
    ctx: Context, inputs: GenerateInputs, drawer: Drawer, words: tuple[str, str], more: dict[str, Any]
) -> Drawn:
    """A model that draws at the size asked for."""
    from PIL import ImageOps

    from generators.image import controlnets, encode
    from generators.image.control import prepared
    from generators.image.drawing import draw

    size = (inputs.width, inputs.height)
    notes: list[str] = []
    facts: dict[str, Any] = {}
    if inputs.control:
        picture = ImageOps.fit(opened(ctx, inputs.control), size)
        drawer = controlnets.controlled(ctx, drawer, inputs.control_model)
        shown, notes = prepared(ctx, picture, inputs.control_kind, inputs.depth_model)
        more = more | controlnets.told(drawer, shown, inputs.control_kind, inputs.control_weight)
        files = ctx.addon(str(inputs.control_model))
        facts["control"] = {"name": files.name, "digest": files.digest}
    told = encode.tell(drawer, *words, inputs.guidance, inputs.steps)
    given = told.arguments | more | {"num_inference_steps": inputs.steps}
    made = yield from draw(
        drawer,
        given,
        width=size[0],
        height=size[1],
        seed=ctx.seed,
        total=inputs.steps,
        at_step=told.at_step,
        reuse=inputs.step_cache,
    )
    notes += told.notes
    if drawer.native > 2 * max(size):
        notes.append(
            f"This model was made for pictures of about {drawer.native} px; small ones come out poorly."
        )
    if words[1] and not any(name.startswith("negative_prompt") for name in given):
        notes.append("This model does not read what should not be in the picture.")
    return made, {"pipeline": type(drawer.pipeline).__name__, **facts, "notes": notes}


def _pocket(
    ctx: Context, inputs: GenerateInputs, drawer: Drawer, words: tuple[str, str], more: dict[str, Any]
) -> Drawn:
    """Our own model: 64×64, then extended and enlarged; says which words it does not know."""
    from PIL import ImageOps

    from generators.image import encode, pairs, shape
    from generators.image.drawing import draw
    from generators.image.pipelines import NATIVE
    from generators.image.prompt_grammar import parse
    from generators.image.redrawing import redraw, sibling
    from generators.image.vocabulary import known, unknown_words

    enlarging = shape.passes(inputs.width, inputs.height)
    asked = None if inputs.control else pairs.read(words[0], known(ctx).names)
    alone = asked.alone if asked else (words[0],)
    total = inputs.steps * len(alone) + enlarging
    told = encode.tell(drawer, alone[0], words[1], inputs.guidance, inputs.steps)
    notes = unknown_words(ctx, parse(inputs.prompt).every_word(), drawer)
    if inputs.control:
        picture = ImageOps.fit(opened(ctx, inputs.control), (NATIVE, NATIVE))
        made = yield from redraw(
            sibling(drawer, masked=False),
            told.arguments,
            picture,
            strength=1 - inputs.control_weight / 3,
            steps=inputs.steps,
            seed=ctx.seed,
            at_step=told.at_step,
        )
        notes.append("This small model starts from the control picture itself: its colours stay too.")
    else:
        every: dict[str, Any] = {
            "width": NATIVE,
            "height": NATIVE,
            "total": total,
            "reuse": inputs.step_cache,
        }
        given = told.arguments | more | {"num_inference_steps": inputs.steps}
        made = yield from draw(drawer, given, seed=ctx.seed, at_step=told.at_step, **every)
        drawn = [made]
        for other in alone[1:]:
            second = encode.tell(drawer, other, words[1], inputs.guidance, inputs.steps)
            given = second.arguments | more | {"num_inference_steps": inputs.steps}
            seed = (ctx.seed + 1) % 2**32
            drawn.append((yield from draw(drawer, given, seed=seed, before=inputs.steps, **every)))
        made = pairs.laid_out(asked, drawn) if asked else made
    more_facts = {"things": asked.things} if asked else {}
    return (yield from finished(ctx, inputs, drawer, made, [*notes, *told.notes], total, more_facts))


def finished(
    ctx: Context,
    inputs: GenerateInputs,
    drawer: Drawer,
    made: Image,
    notes: list[str],
    total: float,
    facts: dict[str, Any],
) -> Drawn:
    """What our own model has drawn, brought to the size asked for; with the facts of it."""
    from generators.image import shape, upscaler
    from generators.image.pipelines import NATIVE

    enlarging = shape.passes(inputs.width, inputs.height)
    net = upscaler.load(ctx) if enlarging else None
    made = shape.sized(made, inputs.width, inputs.height, net)
    yield Progress(total, total, preview=made)
    if inputs.width != inputs.height:
        notes = [*notes, "Drawn as a square; the ground at the sides was continued."]
    if enlarging and net is None:
        notes = [*notes, "Enlarged with a plain filter: the upscaler is not installed on this machine."]
    return made, {
        "pipeline": type(drawer.pipeline).__name__,
        "drawn_at": f"{NATIVE}×{NATIVE}",
        "upscaler": upscaler.FAST if net is not None else "",
        **facts,
        "notes": notes,
    }
