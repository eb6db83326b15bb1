"""Drawing with a loaded pipeline, step by step: progress, frames, and a picture in the end."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any

from generators import bridge
from generators.events import Progress
from generators.image.pipelines import Drawer

if TYPE_CHECKING:
    from PIL.Image import Image


def draw(
    drawer: Drawer, told: dict[str, Any], *, width: int, height: int, seed: int, total: float
) -> Generator[Progress, None, Image]:
    """Run a pipeline; yields its steps of `total`, with at most four frames a second; the value is the picture.

    told: further arguments of the pipeline, `num_inference_steps` among them. Closing stops within a step. The same
    seed gives the same pixels on one device.
    """
    import torch

    from generators.image.previews import Pace

    pace = Pace()
    pace.due()  # the first frame would be noise

    def call(report: Callable[[Progress], None]) -> Image:
        def on_step(_: Any, index: int, __: Any, values: dict[str, Any]) -> dict[str, Any]:
            frame = drawer.preview_of(values["latents"], width, height) if pace.due() else None
            report(Progress(min(index + 1, total), total, preview=frame))
            return {}

        with torch.no_grad():
            made = drawer.pipeline(
                **told,
                width=width,
                height=height,
                generator=torch.Generator("cpu").manual_seed(seed),
                callback_on_step_end=on_step,
            )
        picture: Image = made.images[0].convert("RGB")
        return picture

    drawer.pipeline.set_progress_bar_config(disable=True)
    return (yield from bridge.steps(call))
