"""image.describe: what a picture shows, in words, and what could not be told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Annotated, Any

from pydantic import Field

from generators.context import Context
from generators.events import Event, NewAsset, Progress
from generators.fields import CaptionModel, ImageAsset
from generators.tool import Inputs, ModelFacts, Needs, tool

LIMIT = 8192  # pixels a side


class DescribeInputs(Inputs):
    """What to look at."""

    image: Annotated[ImageAsset, Field(description="The picture to describe, up to 8192 px a side")]
    read_text: Annotated[bool, Field(description="Read the words that stand in it, which takes longest")] = (
        True
    )
    model: CaptionModel = None


def needs(inputs: DescribeInputs, model: ModelFacts | None) -> Needs:
    """Memory of the classifier, of the reader (measured: 1.1 GB more at 4096 × 4096 px) and of a captioner."""
    held = model.memory_bytes or 2 * model.bytes if model else 0
    return Needs(memory_bytes=held + (1200 if inputs.read_text else 400) * 2**20)


@tool(
    "image.describe",
    title="Describe",
    summary="Says what a picture shows: things, colours, faces, words in it, and what it cannot tell.",
    hint="what it shows",
    makes="text",
    example={"image": "a picture's id"},
    needs=needs,
)
def describe(ctx: Context, inputs: DescribeInputs) -> Iterator[Event]:
    """Makes Markdown, and the same as facts: tags with probabilities, colours with shares, faces and lines of text with
    places, a caption where a captioning model is installed. What no model here can tell is named. Raises ToolError for pictures
    above 8192 px a side."""
    if ctx.done(0):
        return
    import torch

    from generators.image import captioner, seeing
    from generators.image.colours import colours_of
    from generators.image.opened import taken

    picture = taken(ctx.asset(inputs.image).path, side=LIMIT)
    torch.set_num_threads(ctx.threads)
    yield Progress(0, 4, note="Looking at colours")
    colours = colours_of(picture)
    yield Progress(1, 4, note="Naming things")
    tags = seeing.tags_of(ctx, picture)
    faces = seeing.faces_in(ctx, picture)
    yield Progress(2, 4, note="Reading")
    lines = seeing.text_in(ctx, picture) if inputs.read_text else None
    yield Progress(3, 4, note="Finding a sentence")
    caption = ctx.model(captioner.load).caption(picture) if ctx.model_files else ""

    parts: list[str] = [caption[:1].upper() + caption[1:] + "."] if caption else []
    untold = [] if caption else ["a sentence about the whole (no captioning model is installed)"]
    if tags:
        shown = ", ".join(f"{tag.name} ({tag.probability:.0%})" for tag in tags)
        parts.append(f"**May show** (by a classifier of photographs): {shown}.")
    else:
        why = (
            "the classifier is not installed"
            if tags is None
            else "nothing that the classifier knows is likely"
        )
        untold.append(f"what things it shows ({why})")
    if colours:
        parts.append("**Colours**: " + ", ".join(f"{one.name} {one.share:.0%}" for one in colours) + ".")
    if lines:
        parts.append("**Words in it**: " + " · ".join(f"“{line.text}”" for line in lines))
    elif lines is not None:
        parts.append("**Words in it**: none that can be read.")
    elif inputs.read_text:
        untold.append("words in it (no reader is installed: `python3 manage.py setup reading`)")
    parts.append(
        f"**Size**: {picture.width} × {picture.height} px"
        + (", partly transparent." if picture.mode == "RGBA" else ".")
    )
    if faces is None:
        untold.append(
            "how many faces it has (nothing that finds them is installed: `python3 manage.py setup people`)"
        )
    else:
        parts.append(f"**Faces**: {len(faces) or 'none that can be found'}.")
    untold.append("who anybody is")
    parts.append("**Not told**: " + "; ".join(untold) + ".")
    facts: dict[str, Any] = {
        "caption": caption or None,
        "tags": None if tags is None else [asdict(tag) for tag in tags],
        "colours": [asdict(one) for one in colours],
        "text": None if lines is None else [asdict(line) for line in lines],
        "faces": None if faces is None else [asdict(face) for face in faces],
        "untold": untold,
    }
    yield Progress(4, 4)
    title = caption or (tags[0].name if tags else "")
    yield NewAsset.text("\n\n".join(parts), ctx.scratch, title=title[:80], facts=facts)
