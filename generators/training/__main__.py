"""Make data and train: `python -m generators.training pocket-image --data DIR --out DIR [--resume] [--from WEIGHTS]`.

The data folder is made on the first run, from sprites that are drawn from the npm packages under --icons; without --out
it is all that is made.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

from generators.events import Checkpoint, Event, Metric
from generators.training import recipe as recipes
from generators.training.data import stream

FIRST = 5_000  # scenes that are waited for where they are composed while training


def _arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m generators.training", description=__doc__)
    parser.add_argument("recipe", help="a recipe's name or file")
    parser.add_argument(
        "--data", type=Path, required=True, help="folder of the data; made if it is not there"
    )
    parser.add_argument("--icons", type=Path, help="a node_modules folder with the icon sets")
    parser.add_argument(
        "--out",
        type=Path,
        help="folder of checkpoints, log and finished weights; without it only data are made",
    )
    stream.add_arguments(parser)
    parser.add_argument("--seed", type=int, help="another seed than the recipe's, for data and training")
    parser.add_argument("--resume", action="store_true", help="go on from the newest checkpoint in --out")
    parser.add_argument("--from", dest="start", type=Path, help="published weights to begin from")
    parser.add_argument(
        "--steps", type=int, help="another number of steps than the recipe's, to end a run sooner"
    )
    parser.add_argument("--seconds", type=float, help="end after so long, where the steps take longer")
    parser.add_argument(
        "--cooldown", type=int, help="another number of last steps over which the learning rate falls"
    )
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", default="cpu", help="cuda: on the first GPU")
    return parser.parse_args(argv)


def main(argv: list[str]) -> int:
    """The command. Returns its exit status."""
    import torch

    from generators.training import checkpoint, loop
    from generators.training.data.prepare import prepare

    args = _arguments(argv)
    torch.set_num_threads(args.threads)
    recipe = recipes.load(args.recipe)
    shorter = {key: value for key in ("steps", "cooldown") if (value := getattr(args, key)) is not None}
    recipe = recipe.model_copy(update={"schedule": recipe.schedule.model_copy(update=shorter)})
    if args.seed is not None:
        recipe = recipe.model_copy(update={"seed": args.seed})
    if args.out is None:
        prepare(recipe, args.data, args.icons, args.workers)
        return 0
    if not args.resume and checkpoint.latest(args.out):
        sys.stderr.write(f"{args.out} holds a run. Say --resume to go on with it, or name another folder.\n")
        return 2
    prepare(recipe, args.data, args.icons, args.workers, live=bool(args.live))
    args.out.mkdir(parents=True, exist_ok=True)
    args.start = _start(args.out, args.start)
    with (
        (args.out / "log.jsonl").open("a", encoding="utf-8") as log,
        stream.opened(recipe, args) as scenes,
    ):
        more: dict[str, Any] = {} if scenes is None else {"train": scenes}
        if args.device != "cpu":
            more["device"] = args.device
        if scenes is not None:
            scenes.wait(FIRST)
        objective = loop.build(recipe, args.data, args.start, **more)
        how = {"resume": args.resume, "seconds": args.seconds}
        for event in loop.train(recipe, objective, args.out, **how):
            line = _line(event)
            if line:
                log.write(json.dumps({"at": round(time.time(), 1), **line}) + "\n")
                log.flush()
                sys.stdout.write(json.dumps(line) + "\n")
                sys.stdout.flush()
    return 0


def _start(out: Path, given: Path | None) -> Path | None:
    """The weights that a run began from: a run that goes on needs them again, for what is not trained lies there."""
    file = out / "begun-from.txt"
    if given is not None:
        file.write_text(str(given.resolve()), encoding="utf-8")
    return Path(file.read_text(encoding="utf-8")) if file.exists() else None


def _line(event: Event) -> dict[str, object]:
    if isinstance(event, Metric):
        return {"step": event.step, event.name: round(event.value, 6)}
    if isinstance(event, Checkpoint):
        return {"step": event.step, "checkpoint": event.path.name}
    return {}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
