"""Drawing with a loaded pipeline, step by step: progress, frames, and a picture in the end."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any

from generators import bridge
from generators.events import Progress
from generators.image.pipelines import Drawer

if TYPE_CHECKING:
    from PIL.Image import Image
    from torch import Tensor


def draw(
    drawer: Drawer,
    told: dict[str, Any],
    *,
    width: int,
    height: int,
    seed: int,
    total: float,
    before: float = 0,
    after_step: Callable[[Tensor], Tensor] | None = None,
    at_step: Callable[[Any, int], dict[str, Tensor]] | None = None,
    reuse: bool = False,
) -> Generator[Progress, None, Image]:
    """Run a pipeline; yields its steps of `total`, with at most four frames a second; the value is the picture.

    told: further arguments of the pipeline, `num_inference_steps` among them. A pipeline that takes its size from a
    picture is not told it. before: steps that were taken already. after_step: changes the latents after each step.
    at_step: gives the conditions of the step that comes next (see encode.Told). reuse: with the step cache. Closing
    stops within a step. The same seed gives the same pixels on one device.
    """
    import inspect

    import torch

    from generators.image import step_cache
    from generators.image.pipelines import make_room
    from generators.image.previews import Pace

    make_room(drawer, width * height)
    takes = inspect.signature(type(drawer.pipeline).__call__).parameters
    size = {name: side for name, side in (("width", width), ("height", height)) if name in takes}
    pace = Pace()
    pace.due()  # the first frame would be noise

    def call(report: Callable[[Progress], None]) -> Image:
        def on_step(pipeline: Any, index: int, _: Any, values: dict[str, Any]) -> dict[str, Any]:
            frame = drawer.preview_of(values["latents"], width, height) if pace.due() else None
            report(Progress(min(before + index + 1, total), total, preview=frame))
            changed: dict[str, Any] = at_step(pipeline, index + 1) if at_step else {}
            return changed | ({"latents": after_step(values["latents"])} if after_step else {})

        torch.manual_seed(seed)  # flow's euler-ancestral is handed no generator and draws from this one
        with torch.no_grad(), step_cache.reusing(drawer, reuse):
            made = drawer.pipeline(
                **told,
                **size,
                generator=torch.Generator("cpu").manual_seed(seed),
                callback_on_step_end=on_step,
            )
        picture: Image = made.images[0].convert("RGB")
        return picture

    drawer.pipeline.set_progress_bar_config(disable=True)
    return (yield from bridge.steps(call))
