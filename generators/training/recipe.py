"""A recipe: a training run's whole description as one TOML file. Free of torch."""

from __future__ import annotations

import hashlib
import json
import tomllib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

RECIPES = Path(__file__).parent / "recipes"


class Schedule(BaseModel):
    """How long and how fast.

    steps: optimiser steps in all. batch: examples a step. The learning rate rises over `warmup` steps, stays, and
    falls to `floor` times itself over the last `cooldown` steps. ema: decay of the averaged weights, which are
    what is published. clip: largest norm of a gradient. bf16: multiply in
    bfloat16 where the processor does that itself (weights stay float32).
    metric_every, validate_every, checkpoint_every: in steps.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    steps: int = Field(ge=1)
    batch: int = Field(ge=1)
    learning_rate: float = Field(gt=0)
    warmup: int = Field(default=0, ge=0)
    cooldown: int = Field(default=0, ge=0)
    floor: float = Field(default=0.0, ge=0, le=1)
    betas: tuple[float, float] = (0.9, 0.98)
    weight_decay: float = Field(default=0.01, ge=0)
    clip: float = Field(default=1.0, gt=0)
    ema: float = Field(default=0.999, ge=0, lt=1)
    bf16: bool = False
    metric_every: int = Field(default=20, ge=1)
    validate_every: int = Field(default=200, ge=1)
    checkpoint_every: int = Field(default=200, ge=1)

    def rate(self, step: int, *, begun: int | None = None) -> float:
        """The learning rate of a step, from 0. begun: steps so far, where a run that ends by the clock counts as further."""
        so_far = step if begun is None else begun
        rising = min(1.0, (so_far + 1) / self.warmup) if self.warmup else 1.0
        left = self.steps - step
        falling = max(self.floor, left / self.cooldown) if self.cooldown and left < self.cooldown else 1.0
        return self.learning_rate * rising * falling


class Recipe(BaseModel):
    """name; architecture: a file of generators/architectures; seed; schedule; and what only that architecture
    reads: `data` (how the examples are made), `network` and `objective`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    architecture: str = Field(pattern=r"^[a-z_]+$")
    seed: int = Field(ge=0, lt=2**32)
    schedule: Schedule
    data: dict[str, Any] = Field(default_factory=dict)
    network: dict[str, Any] = Field(default_factory=dict)
    objective: dict[str, Any] = Field(default_factory=dict)

    @property
    def digest(self) -> str:
        """Names what must not change when a run goes on. How long it runs, and how often it tells, may."""
        free = {"steps", "cooldown", "floor", "metric_every", "validate_every", "checkpoint_every"}
        kept = self.model_dump(mode="json")
        kept["schedule"] = {key: value for key, value in kept["schedule"].items() if key not in free}
        return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()


def load(path: Path | str) -> Recipe:
    """Read a recipe. A bare name is looked up among those that come with the studio. One that is `like` another says only
    what differs from it.

    Raises FileNotFoundError, tomllib.TOMLDecodeError or pydantic.ValidationError.
    """
    path = Path(path)
    if not path.suffix and not path.exists():
        path = RECIPES / f"{path}.toml"
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    like = told.pop("like", None)
    return Recipe.model_validate(_over(load(like).model_dump(), told) if like else told)


def _over(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """`below`, with what `above` says in its place, table by table."""
    both = {
        key: _over(below[key], above[key])
        for key in below.keys() & above.keys()
        if isinstance(above[key], dict)
    }
    return below | above | both
