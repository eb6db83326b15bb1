"""The one training loop. An architecture brings an objective; the loop brings everything else.

It is a generator: it yields what happens and can be closed between two steps. Everything random comes from one
generator whose state is in the checkpoint, so a run that was killed and goes on gives the same numbers as one that
was not, on one device with one thread.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from generators.architectures.precision import in_bf16
from generators.events import Checkpoint, Event, Metric, Progress
from generators.training import checkpoint
from generators.training.recipe import Recipe


class Objective(Protocol):
    """What an architecture is trained on. `network` is what learns, on `device`."""

    network: nn.Module
    device: torch.device

    def loss(self, network: nn.Module, batch: int, rng: torch.Generator, done: float) -> Tensor:
        """A scalar of `batch` examples drawn with `rng`; the only source of chance. done: share of the run, 0 to 1."""

    def validate(self, network: nn.Module) -> dict[str, float]:
        """Figures on examples that are never trained on; the same ones each time."""

    def publish(self, network: nn.Module, folder: Path) -> None:
        """Write weights that tools can load: safetensors."""


def train(
    recipe: Recipe,
    objective: Objective,
    out: Path,
    *,
    resume: bool = True,
    seconds: float | None = None,
) -> Iterator[Event]:
    """Train until the recipe's last step; checkpoints go to `out`, the finished weights to `out`/published.

    Yields Progress and Metric ("loss" every `metric_every` steps, and what `validate` says) and Checkpoint. With
    `resume`, goes on from the newest checkpoint in `out`. Raises checkpoint.OtherRecipe where that is another run's.
    seconds: ends after so long where its steps take longer, the learning rate falling as if it had been known how many
    they would be; such a run is not repeatable.
    """
    plan = recipe.schedule
    network = objective.network.train()
    average = copy.deepcopy(network).eval().requires_grad_(False)
    optimiser = torch.optim.AdamW(
        [p for p in network.parameters() if p.requires_grad],
        lr=plan.learning_rate,
        betas=plan.betas,
        weight_decay=plan.weight_decay,
        fused=objective.device.type == "cuda",
    )
    rng = torch.Generator(objective.device).manual_seed(recipe.seed)
    state = checkpoint.State(recipe=recipe.digest)
    found = checkpoint.latest(out) if resume else None
    if found is not None:
        state = checkpoint.load(found, recipe.digest, network, average, optimiser, rng)
    else:
        yield from _measures(objective, average, 0)
    losses: list[Tensor] = []  # on the device: to look at each would make it wait
    began = time.monotonic() - state.seconds
    last = state.step >= plan.steps
    while not last:
        done = state.step / plan.steps
        if seconds is not None:
            done = min(max(done, (time.monotonic() - began) / seconds), (plan.steps - 1) / plan.steps)
        for group in optimiser.param_groups:
            group["lr"] = plan.rate(round(done * plan.steps), begun=state.step)
        with in_bf16(objective.device, wanted=plan.bf16):
            loss = objective.loss(network, plan.batch, rng, done)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(network.parameters(), plan.clip)
        optimiser.step()
        state.step += 1
        state.seen += plan.batch
        losses.append(loss.detach())
        _follow(average, network, min(plan.ema, (1 + state.step) / (20 + state.step)))
        state.seconds = time.monotonic() - began
        last = state.step == plan.steps or (seconds is not None and state.seconds >= seconds)
        told = state.step % plan.metric_every == 0
        keep = last or state.step % plan.checkpoint_every == 0
        if told or keep:
            state.window += torch.stack(losses).tolist()
            losses.clear()
        if told:
            yield Metric("loss", sum(state.window) / len(state.window), state.step)
            state.window.clear()
            yield Progress(state.step, plan.steps)
        if last or state.step % plan.validate_every == 0:
            yield from _measures(objective, average, state.step)
        if keep:
            place = checkpoint.save(out, state, network, average, optimiser, rng)
            yield Checkpoint(place, state.step)
    objective.publish(average, out / "published")


@torch.no_grad()
def _measures(objective: Objective, network: nn.Module, step: int) -> Iterator[Metric]:
    for name, value in objective.validate(network).items():
        yield Metric(name, value, step)


@torch.no_grad()
def _follow(average: nn.Module, network: nn.Module, decay: float) -> None:
    """Move the average a step towards the network. Early on it follows faster: an average of noise helps nobody."""
    torch._foreach_lerp_(list(average.parameters()), list(network.parameters()), 1 - decay)


def build(recipe: Recipe, data: Path, start: Path | None, **more: Any) -> Any:
    """The objective of a recipe: asks the architecture's file. `start`: published weights to begin from. more: what that
    file's `objective` takes besides, such as the device."""
    import importlib

    module = importlib.import_module(f"generators.architectures.{recipe.architecture}")
    return module.objective(recipe, data, start, **more)
