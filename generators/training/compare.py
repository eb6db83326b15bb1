"""Runs of equal budget against each other: `python -m generators.training.compare pocket-image --data DIR --out DIR`.

A comparison is a TOML file: a recipe, a schedule for all, and named variants that change some of its numbers. They are
trained one after the other from scratch; what was stopped goes on where it stood, and what is done is not done again.
DIR/table.md then has a row each: the error of validation codes and pixels on noise and times that are always the
same (so objectives compare), of the averaged and of the last weights; what the judge sees in few pictures of 8 steps;
and seconds a step, of the processor or of the GPU.

On a GPU (--device cuda) say --live N: so many scenes are composed first and stay in its memory.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
import tomllib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from generators.events import Checkpoint, Metric, Progress
from generators.training import recipe as recipes
from generators.training.recipe import Recipe

COMPARISONS = Path(__file__).parent / "comparisons"
DRAWING_STEPS = 8
COLUMNS = {
    "validation_codes": "error of codes",
    "validation_pixels": "of pixels",
    "last_codes": "of codes, last weights",
    "object_core_top1": "core object",
    "object_core_top5": "first five",
    "object_common_top1": "common object",
    "object_common_top5": "first five",
    "colour": "colour",
    "count": "number",
    "held_out_object": "held-out pairs",
    "parameters": "million numbers",
    "seconds_a_step": "s a step",
}


class Variant(BaseModel):
    """What differs from the recipe. mix: of its scenes, which are then composed for it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    mix: dict[str, float] = Field(default_factory=dict)
    network: dict[str, Any] = Field(default_factory=dict)
    objective: dict[str, Any] = Field(default_factory=dict)
    schedule: dict[str, Any] = Field(default_factory=dict)


class Comparison(BaseModel):
    """recipe: a name or file. network, schedule: changes for every variant."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    recipe: str
    network: dict[str, Any] = Field(default_factory=dict)
    schedule: dict[str, Any] = Field(default_factory=dict)
    variants: dict[str, Variant] = Field(min_length=1)

    def recipes(self) -> dict[str, Recipe]:
        """A whole recipe a variant. Raises pydantic.ValidationError where one is none."""
        base = recipes.load(self.recipe).model_dump()
        found = {}
        for name, variant in self.variants.items():
            mix = {"mix": base["data"].get("mix", {}) | variant.mix} if variant.mix else {}
            changed = {
                "data": base["data"] | mix,
                "network": base["network"] | self.network | variant.network,
                "objective": base["objective"] | variant.objective,
                "schedule": base["schedule"] | self.schedule | variant.schedule,
            }
            found[name] = Recipe.model_validate(base | changed)
        return found


def load(path: Path | str) -> Comparison:
    """Read a comparison; a bare name is one that comes with the studio."""
    path = Path(path)
    if not path.suffix and not path.exists():
        path = COMPARISONS / f"{path}.toml"
    return Comparison.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))


def train(recipe: Recipe, data: Path, out: Path, **more: Any) -> tuple[Any, Any]:
    """Train one variant to its end, from where it stood; what it tells goes to out/log.jsonl. Returns the objective and
    the averaged network."""
    from generators.training import checkpoint, loop

    objective = loop.build(recipe, data, None, **more)
    clock = time.process_time if objective.device.type == "cpu" else time.perf_counter
    began: float | None = None
    with (out / "log.jsonl").open("a", encoding="utf-8") as log:
        for event in loop.train(recipe, objective, out):
            row: dict[str, float] = {}
            if isinstance(event, Metric):
                row = {event.name: event.value}
                began = began if event.name == "loss" else None  # a figure was taken: no time of steps alone
            elif isinstance(event, Checkpoint):
                began = None
            elif isinstance(event, Progress):
                if began is not None:
                    row = {"seconds_a_step": (clock() - began) / recipe.schedule.metric_every}
                began = clock()
            if row:
                log.write(json.dumps(row) + "\n")
                log.flush()
    place = checkpoint.latest(out)
    assert place is not None  # a run ends with one
    return objective, checkpoint.averaged(place, objective.network)


def scenes_of(recipe: Recipe, data: Path, out: Path) -> dict[str, Any]:
    """Scenes of a recipe's own mix, composed into out/train once: as many as its steps look at. The codec is the
    data's, so that errors compare."""
    from generators.training.data.cache import Scenes, make
    from generators.training.data.scenes import Mix

    if not (out / "train" / "scenes.json").exists():
        count = recipe.schedule.steps * recipe.schedule.batch
        make(data / "sprites", out / "train", count=count, seed=recipe.seed, mix=Mix(**recipe.data["mix"]))
    return {"train": Scenes.open(out / "train"), "coded": Scenes.open(data / "train")}


def figures(objective: Any, average: Any, data: Path, out: Path, prompts: int) -> dict[str, float]:
    """A trained variant's, by the names of COLUMNS."""
    from generators.architectures import diffusion
    from generators.training.evaluate import Figures
    from generators.training.judge import open_judge
    from generators.training.painter import Painter

    told: dict[str, list[float]] = {}
    for line in (out / "log.jsonl").read_text(encoding="utf-8").splitlines():
        for name, value in json.loads(line).items():
            told.setdefault(name, []).append(value)
    network = objective.network
    found = {name: told[name][-1] for name in ("validation_codes", "validation_pixels")}
    found["last_codes"] = objective.validate(network.eval())["validation_codes"]
    parts = [part for part in (network.unet, network.reader) if part is not None]
    found["parameters"] = sum(p.numel() for part in parts for p in part.parameters()) / 1e6
    found["seconds_a_step"] = statistics.median(told.get("seconds_a_step", [0.0]))
    drawn_from = diffusion.components(average, objective.codec, diffusion.SCHEDULER)
    painter = Painter(drawn_from, steps=DRAWING_STEPS, alone=True, device=objective.device)
    return found | Figures(open_judge(data), painter, prompts, choosing=True).few()


def table(rows: dict[str, dict[str, float]]) -> str:
    """Markdown; shares in per cent."""
    lines = ["| variant | " + " | ".join(COLUMNS.values()) + " |", "|---" * (len(COLUMNS) + 1) + "|"]
    for name, row in rows.items():
        cells = [_cell(key, row[key]) for key in COLUMNS]
        lines.append(f"| {name.replace('-', ' ')} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _cell(key: str, value: float) -> str:
    if key in ("parameters", "seconds_a_step"):
        return f"{value:.2f}" if key == "seconds_a_step" else f"{value:.1f}"
    if key.startswith("validation") or key == "last_codes":
        return f"{value:.5f}" if key == "validation_pixels" else f"{value:.4f}"
    return f"{100 * value:.1f} %"


def main(argv: list[str]) -> int:
    """The command. Returns its exit status."""
    import torch

    from generators.training.data import stream

    parser = argparse.ArgumentParser(prog="python -m generators.training.compare", description=__doc__)
    parser.add_argument("comparison", help="a comparison's name or file")
    parser.add_argument("--data", type=Path, required=True, help="a data folder of the recipe, made before")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--prompts", type=int, default=24, help="prompts a share")
    parser.add_argument("--device", default="cpu", help="cuda: on the first GPU")
    stream.add_arguments(parser)
    args = parser.parse_args(argv)
    torch.set_num_threads(args.threads)
    comparison = load(args.comparison)
    wanted = comparison.recipes()
    more: dict[str, Any] = {"device": args.device}
    with stream.opened(next(iter(wanted.values())), args) as scenes:
        if scenes is not None:
            scenes.wait(args.live)
            more["train"] = scenes
        rows: dict[str, dict[str, float]] = {}
        for name, recipe in wanted.items():
            place = args.out / name
            place.mkdir(parents=True, exist_ok=True)
            kept = place / "figures.json"
            if not kept.exists():
                own = scenes_of(recipe, args.data, place) if comparison.variants[name].mix else {}
                made = train(recipe, args.data, place, **more | own)
                kept.write_text(json.dumps(figures(*made, args.data, place, args.prompts)), "utf-8")
            rows[name] = json.loads(kept.read_text(encoding="utf-8"))
            (args.out / "table.md").write_text(table(rows), encoding="utf-8")
            sys.stdout.write(f"{name}: {json.dumps(rows[name])}\n")
            sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
