"""A picture that says where things are, made ready for what follows it (controlnets.py): its edges, depths or poses.

The small built-in model has no ControlNet: it starts from the picture itself, with as much noise as the weight leaves.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from generators.context import Context

if TYPE_CHECKING:
    from PIL.Image import Image

ControlKind = Literal["edges", "depth", "pose", "as-it-is"]

_KINDS = (("edges", "canny|edge|line|hed|scribble|mlsd"), ("depth", "depth"), ("pose", "pose|skeleton"))
FIGURE_DARK = 0.7  # share of black from which a pose picture is a stick figure already
COLOURED = 12  # mean distance of a pixel's channels above which a picture is no depth map


def kind_of(name: str) -> str:
    """Which kind of picture a ControlNet of this name follows; "" where it does not tell."""
    return next((kind for kind, marks in _KINDS if re.search(marks, name.lower())), "")


def prepared(
    ctx: Context, picture: Image, kind: str, depth_model: str | None = None
) -> tuple[Image, list[str]]:
    """(the picture as the network wants it, notes): edges are found, poses and depths where what finds them is installed.
    A stick figure and a grey depth map stay as they are.

    picture: RGB, of the size that is drawn. depth_model: the add-on that finds depths.
    """
    if kind == "edges":
        from generators.image.edges import edges

        return edges(picture), []
    if kind == "depth":
        return _depths(ctx, picture, depth_model)
    if kind != "pose" or _dark_share(picture) > FIGURE_DARK:
        return picture, []
    from generators.people import networks

    if not networks.installed():
        return picture, [
            "The control picture was used as it is: nothing that finds people is installed"
            f" (`{networks.SETUP}`), and it is no stick figure."
        ]
    from generators.people import figures, poses

    found = poses.poses(ctx, picture)
    if not found:
        return picture, ["Nobody was found in the control picture; it was used as it is."]
    who = "one person" if len(found) == 1 else f"{len(found)} people"
    return figures.drawn(found, picture.size), [f"The pose of {who} was found in the control picture."]


def _dark_share(picture: Image) -> float:
    """Share of pixels that are all but black."""
    import numpy as np

    return float((np.asarray(picture.convert("RGB")).max(2) < 16).mean())


def _depths(ctx: Context, picture: Image, model: str | None) -> tuple[Image, list[str]]:
    import numpy as np

    pixels = np.asarray(picture, dtype=np.float32)
    if float((pixels.max(2) - pixels.min(2)).mean()) <= COLOURED:
        return picture, ["The control picture is grey, so it was taken for a depth map: near things white."]
    if model is None:
        return picture, [
            "The control picture is in colour, and was used as it is: nothing that finds depths is installed. A folder of"
            " Depth Anything, DPT or ZoeDepth can be added on the Models page."
        ]
    from generators.image import depth

    return depth.estimated(ctx, model, picture), [f"Depths were found in the control picture by {model}."]
