"""Checkpoints: the whole state of a run in a folder, from which it goes on as if it had never stopped.

step-00000400/ holds weights.safetensors (network and its average), optimiser.safetensors and state.json. A folder is
written beside its place and renamed, so one that is there is whole. No pickles.
"""

from __future__ import annotations

import copy
import json
import os
import shutil
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

KEPT = 2  # the latest, and the one before in case a disk lies


class OtherRecipe(ValueError):
    """The checkpoint was made by another recipe."""


@dataclass
class State:
    """Where a run stands. seen: examples so far. window: losses since the last metric. rng: state of the run's
    generator, in hexadecimal. recipe: digest of the recipe. seconds: time spent training."""

    step: int = 0
    seen: int = 0
    window: list[float] = field(default_factory=list)
    rng: str = ""
    recipe: str = ""
    seconds: float = 0.0


def latest(folder: Path) -> Path | None:
    """The newest whole checkpoint under `folder`, or None."""
    return max(folder.glob("step-????????"), default=None)


def save(
    folder: Path,
    state: State,
    network: nn.Module,
    average: nn.Module,
    optimiser: torch.optim.Optimizer,
    rng: torch.Generator,
) -> Path:
    """Write a checkpoint under `folder` and drop the oldest. Returns its own folder."""
    place = folder / f"step-{state.step:08d}"
    beside = folder / f".writing-{os.getpid()}"
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    weights = {f"network.{name}": value for name, value in network.state_dict().items()}
    weights |= {f"average.{name}": value for name, value in average.state_dict().items()}
    save_file(
        {name: value.detach().contiguous() for name, value in weights.items()}, beside / "weights.safetensors"
    )
    save_file(_flat(optimiser), beside / "optimiser.safetensors")
    state.rng = bytes(rng.get_state().tolist()).hex()
    (beside / "state.json").write_text(json.dumps(asdict(state)), encoding="utf-8")
    shutil.rmtree(place, ignore_errors=True)
    beside.rename(place)
    for old in sorted(folder.glob("step-????????"))[:-KEPT]:
        shutil.rmtree(old, ignore_errors=True)
    return place


def averaged(place: Path, network: nn.Module) -> nn.Module:
    """A copy of the network with the averaged weights of a checkpoint."""
    found = copy.deepcopy(network).eval()
    weights = load_file(place / "weights.safetensors")
    found.load_state_dict(
        {
            name.removeprefix("average."): value
            for name, value in weights.items()
            if name.startswith("average.")
        }
    )
    return found


def load(
    place: Path,
    recipe: str,
    network: nn.Module,
    average: nn.Module,
    optimiser: torch.optim.Optimizer,
    rng: torch.Generator,
) -> State:
    """Put a checkpoint's state into these objects. Raises OtherRecipe where it is not this recipe's."""
    state = State(**json.loads((place / "state.json").read_text(encoding="utf-8")))
    if state.recipe != recipe:
        raise OtherRecipe(
            f"{place} was made by another recipe; only steps and cooldown may change when a run goes on."
        )
    weights = load_file(place / "weights.safetensors")
    for prefix, module in (("network.", network), ("average.", average)):
        part = {
            name.removeprefix(prefix): value for name, value in weights.items() if name.startswith(prefix)
        }
        module.load_state_dict(part)
    _put_back(optimiser, load_file(place / "optimiser.safetensors"))
    rng.set_state(torch.tensor(list(bytes.fromhex(state.rng)), dtype=torch.uint8))
    return state


def _flat(optimiser: torch.optim.Optimizer) -> dict[str, Tensor]:
    """An optimiser's tensors by name: "3.exp_avg" belongs to its fourth parameter."""
    rows: dict[int, dict[str, Any]] = optimiser.state_dict()["state"]
    return {
        f"{index}.{name}": torch.as_tensor(value).detach().contiguous()
        for index, row in rows.items()
        for name, value in row.items()
    }


def _put_back(optimiser: torch.optim.Optimizer, flat: dict[str, Tensor]) -> None:
    rows: dict[int, dict[str, Tensor]] = {}
    for key, value in flat.items():
        index, _, name = key.partition(".")
        rows.setdefault(int(index), {})[name] = value
    optimiser.load_state_dict({"state": rows, "param_groups": optimiser.state_dict()["param_groups"]})
