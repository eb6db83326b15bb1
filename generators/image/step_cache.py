"""Step cache: what hardly changes from one step to the next is not computed again.

U-Nets: the deeper stages hold the layout, which neighbouring steps share, so every second step takes them from the step
before and computes only the outer ones (DeepCache, Ma et al. 2023, at the grain of diffusers' blocks). Transformers
whose pipeline in diffusers allows it: where the first block's answer has moved by less than THRESHOLD, the rest is taken
from the step before (First Block Cache). The first steps, which decide what the picture shows, are always computed.

Measured for the pocket model only: the row `painter` of the bench.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from generators.image.pipelines import Drawer

BLOCKS = frozenset({"FluxPipeline", "QwenImagePipeline"})
"""Pipelines of transformers that tell diffusers' cache which of their calls belong together."""

THRESHOLD = 0.05  # diffusers' own; higher skips more
EVERY = 2  # steps: the inner stages of a U-Net are computed in one of so many
SETTLED = 2  # steps at the start that are computed in full


UNFIT = "This model computes every step in full: there is no step cache for its kind."


def fits(drawer: Drawer) -> bool:
    """Whether this model's network can be drawn with it."""
    return hasattr(drawer.pipeline, "unet") or type(drawer.pipeline).__name__ in BLOCKS


@contextmanager
def reusing(drawer: Drawer, wanted: bool) -> Iterator[None]:
    """While inside, the drawer's pipeline reuses, where its network can. Of one picture: the next begins anew."""
    if not wanted or not fits(drawer):
        yield
    elif hasattr(drawer.pipeline, "unet"):
        with _unet(drawer.pipeline.unet, outer=2 if drawer.pocket else 1):
            yield
    else:
        from diffusers import FirstBlockCacheConfig

        network = drawer.pipeline.transformer
        network.enable_cache(FirstBlockCacheConfig(threshold=THRESHOLD))
        try:
            yield
        finally:
            network.disable_cache()


@contextmanager
def _unet(network: Any, outer: int) -> Iterator[None]:
    """outer: stages at either end that every step computes."""
    inner = [*network.down_blocks[outer:], network.mid_block, *network.up_blocks[:-outer]]
    kept: dict[tuple[int, int], Any] = {}
    step, turn, fresh = -1, 0, True
    last: float | None = None

    def counted(forward: Callable[..., Any]) -> Callable[..., Any]:
        def call(noisy: Any, timestep: Any, *args: Any, **more: Any) -> Any:
            nonlocal step, turn, fresh, last
            now = float(timestep if not hasattr(timestep, "flatten") else timestep.flatten()[0])
            if now == last:  # asked once more about the same step, of something else
                turn += 1
            else:
                step, turn, last = step + 1, 0, now
            fresh = step < SETTLED or (step - SETTLED) % EVERY == EVERY - 1
            return forward(noisy, timestep, *args, **more)

        return call

    def reused(place: int, forward: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **more: Any) -> Any:
            if fresh or (turn, place) not in kept:
                kept[turn, place] = forward(*args, **more)
            return kept[turn, place]

        return call

    own = [(module, module.__dict__.get("forward")) for module in (network, *inner)]
    for place, block in enumerate(inner):
        block.forward = reused(place, block.forward)
    network.forward = counted(network.forward)
    try:
        yield
    finally:
        for module, forward in own:
            del module.forward  # the class's own shows again
            if forward is not None:  # one that a library (offloading) had put there
                module.forward = forward
