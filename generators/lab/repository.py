"""Fetches a model's folder from the hub: the files that are needed, each with resume and its own checksum."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from generators.lab.fetch import Unreachable, client, http_file, need_space
from generators.lab.sources import HubFolder
from generators.lab.weights import Unfit, refuse_pickles, sha256

if TYPE_CHECKING:
    import httpx

_TEXTS = (".json", ".txt", ".model", ".jinja")
_SMALL = 64 * 2**20


@dataclass(frozen=True)
class Entry:
    """A file of a repository: its path in it, size in bytes, sha256 where the hub tells it."""

    path: str
    size: int
    sha256: str


def fetch_folder(source: HubFolder, target: Path) -> Iterator[tuple[int, int]]:
    """Yields (bytes here, bytes in all) while it downloads what the model in `source.repo` consists of into `target`."""
    commit, entries = _list(source)
    wanted = needed(entries)
    total = sum(entry.size for entry in wanted)
    need_space(target, total - sum(_there(target, entry) for entry in wanted))
    before = 0
    for entry in wanted:
        file = target / entry.path
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            url = f"{source.hub}/{source.repo}/resolve/{commit}/{quote(entry.path)}"
            for have, _all in http_file(url, file, size=entry.size):
                yield before + have, total
            if entry.sha256 and sha256(file) != f"sha256:{entry.sha256}":
                file.unlink()
                raise Unreachable(f"{entry.path} came damaged. Try again.")
        before += entry.size
        yield before, total


def needed(entries: list[Entry]) -> list[Entry]:
    """The files of one copy of the model: texts and safetensors, without doubles in other formats or precisions."""
    names = {entry.path for entry in entries}
    pipeline = "model_index.json" in names
    if not pipeline and "config.json" not in names:
        raise Unfit("The repository holds neither an image pipeline nor a language model.")
    chosen: list[Entry] = []
    for entry in entries:
        path = PurePosixPath(entry.path)
        deep = len(path.parts)
        if ".." in path.parts or path.is_absolute() or deep > 2 or (deep == 2 and not pipeline):
            continue
        if (path.suffix in _TEXTS and entry.size <= _SMALL) or (
            path.suffix == ".safetensors" and deep == (2 if pipeline else 1) and not _double(path, names)
        ):
            chosen.append(entry)
    if not any(entry.path.endswith(".safetensors") for entry in chosen):
        refuse_pickles(
            sorted(names - {entry.path for entry in chosen if entry.path.endswith(".safetensors")})
        )
    return chosen


def _double(path: PurePosixPath, names: set[str]) -> bool:
    """Whether the same weights are there under a plainer name."""
    stem, *more = path.name.split(".")
    if len(more) == 2 and str(path.with_name(f"{stem}.safetensors")) in names:  # model.fp16.safetensors
        return True
    whole = str(path.with_name("model.safetensors"))
    parts = str(path.with_name("model.safetensors.index.json"))
    return path.name.startswith("consolidated") and (whole in names or parts in names)


def _there(target: Path, entry: Entry) -> int:
    return entry.size if (target / entry.path).exists() else 0


def _list(source: HubFolder) -> tuple[str, list[Entry]]:
    import httpx

    base = f"{source.hub}/api/models/{source.repo}"
    try:
        with client() as http:
            about = _json(http.get(f"{base}/revision/{quote(source.revision, safe='')}"), source)
            commit = str(about["sha"])
            entries: list[Entry] = []
            url: str | None = f"{base}/tree/{commit}?recursive=true"
            while url:
                answer = http.get(url)
                for item in _json(answer, source):
                    if item.get("type") == "file":
                        large = item.get("lfs") or {}
                        entries.append(Entry(item["path"], int(item["size"]), str(large.get("oid", ""))))
                url = answer.links.get("next", {}).get("url")
    except httpx.HTTPError as error:
        raise Unreachable(f"The hub cannot be reached ({error or type(error).__name__}).") from error
    return commit, entries


def _json(answer: httpx.Response, source: HubFolder) -> Any:
    if answer.status_code in (401, 403, 404):
        raise Unreachable(f"The hub has no open model {source.repo} at {source.revision}.")
    if answer.status_code != 200:
        raise Unreachable(f"The hub answered {answer.status_code}.")
    return answer.json()
