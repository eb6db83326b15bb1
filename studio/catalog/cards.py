"""The cards that come with the studio: TOML files here and beside our own weights. Where the weights of each lie."""

from __future__ import annotations

import importlib.util
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings

HERE = Path(__file__).parent / "cards"
WEIGHTS = settings.BASE / "generators" / "weights"

FIELDS = (
    "title",
    "summary",
    "task",
    "format",
    "architecture",
    "licence",
    "bytes",
    "memory_bytes",
    "context",
    "rank",
    "source",
    "meta",
)
"""What a built-in card says of its model; the row follows the file."""


def built_in() -> Iterator[dict[str, Any]]:
    """Each card as a dict of the row's columns, with `name` and `digest`.

    source.kind says where the weights come from: "package" (a file inside an installed Python package), "repo" (a
    folder of generators/weights), "install" (fetched by the tool lab.install_model), "added" (a person gave them).
    """
    for file in sorted(HERE.glob("*.toml")):
        card = tomllib.loads(file.read_text(encoding="utf-8"))
        card["source"]["digest"] = card["digest"]  # what must arrive; the row's own digest is what is here
        yield card
    for file in sorted(WEIGHTS.glob("*/card.toml")):
        card = tomllib.loads(file.read_text(encoding="utf-8"))
        card["source"] = {"kind": "repo", "folder": file.parent.name}
        yield card


def package_folder(name: str) -> Path | None:
    """Where an installed top-level package lies; it is looked up, never imported."""
    spec = importlib.util.find_spec(name)
    places = spec.submodule_search_locations if spec else None
    return Path(next(iter(places))) if places else None


def weights_at(name: str, source: dict[str, Any], team_id: object = None) -> tuple[Path, Path] | None:
    """(path of the model, path that the digest covers) where its weights are on this machine, else None."""
    if source.get("kind") == "package":
        folder = package_folder(source["package"])
        if folder is None or not (folder / source["file"]).is_file():
            return None
        return folder / source.get("path", source["file"]), folder / source["file"]
    if source.get("kind") == "repo":
        path = WEIGHTS / source["folder"]
    else:
        path = home(name, team_id)
        if source.get("file"):
            path = path / source["file"]
    return (path, path) if path.exists() else None


def home(name: str, team_id: object = None) -> Path:
    """The folder of an installed model: models/<name>, for a team's own models/teams/<team>/<name>."""
    base = Path(settings.MODELS)
    return base / "teams" / str(team_id) / name if team_id else base / name


def stamp(path: Path) -> list[list[Any]]:
    """What tells that files have not changed since their digest was checked: name, size and time of each."""
    from generators.lab.weights import model_files

    root = path if path.is_dir() else path.parent
    return [
        [file.relative_to(root).as_posix(), file.stat().st_size, file.stat().st_mtime_ns]
        for file in model_files(path)
    ]
