"""Files that bring what was said about them: from our own export, or written into a picture by another tool.

A file at a time, so that each has its own answer and progress can be shown. What a sidecar or a file says is kept as
words of the person who brings it: prompt, title and tags, and inputs for people to read. It never makes an upload look
as if the studio had made it.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from studio.gallery import actions, uploads
from studio.gallery.carried import carried
from studio.gallery.models import Asset, Upload
from studio.gallery.probe import Unreadable
from studio.gallery.sniff import HEAD, sniff
from studio.gallery.storage import ALGORITHM
from studio.gallery.tags import LONGEST, MOST_TAGS
from studio.gallery.zips import KIND, SIDECAR
from studio.problems import InvalidInputs, TooLarge, Unsupported
from studio.teams.models import Team
from studio.teams.rights import Actor, NotThere, require

MOST_FILES = 5_000
SIDECAR_BYTES = 1 << 20
BLOCK = 1 << 20


@dataclass(frozen=True)
class Told:
    """What is said about a file."""

    title: str = ""
    prompt: str = ""
    tags: list[str] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Taken:
    """asset: what the file is now; there: it was in the gallery already, the same bytes, and nothing was added."""

    asset: Asset
    there: bool


def take(*, actor: Actor, team: Team, path: Path, name: str, sidecar: bytes | None = None) -> Taken:
    """Add a file with what is said about it. Raises Unsupported (415) in words, as an upload does."""
    require(actor, "asset.add", team)
    with path.open("rb") as file:
        digest = f"{ALGORITHM}:{hashlib.file_digest(file, ALGORITHM).hexdigest()}"
    known = actions.visible(actor).filter(team=team, blob=digest, listed=True, deleted_at=None)
    if (same := known.first()) is not None:
        return Taken(same, True)
    told = (_from_sidecar(sidecar) if sidecar else None) or _from_file(path)
    asset = actions.upload(
        actor=actor,
        team=team,
        path=path,
        name=name,
        title=told.title,
        prompt=told.prompt,
        facts=told.facts,
    )
    if told.tags:
        actions.edit(actor, asset, tags=told.tags)
    return Taken(asset, False)


def _from_sidecar(raw: bytes) -> Told | None:
    """What a sidecar of our export says; None where it is another kind of JSON."""
    try:
        told = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, dict) or told.get("kind") != KIND:
        return None
    tags = told.get("tags")
    told_facts = told.get("facts")
    facts: dict[str, Any] = told_facts if isinstance(told_facts, dict) else {}
    model = {"name": str(told.get("model") or "")[:120]} if told.get("model") else {}
    return Told(
        title=_text(told.get("title"), 200),
        prompt=_text(told.get("prompt"), 20_000),
        tags=_tags(tags if isinstance(tags, list) else []),
        facts={
            "inputs": facts.get("inputs") if isinstance(facts.get("inputs"), dict) else {},
            "model": model,
            "imported": {"from": "Studio", "tool": _text(told.get("tool"), 60)},
        },
    )


def _from_file(path: Path) -> Told:
    """What a picture carries, whichever tool wrote it; a file that says nothing has nothing said about it."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    if not head or sniff(head).kind != "image":
        return Told()
    try:
        said = carried(path)
    except Unreadable:  # the upload itself will say why
        return Told()
    if said is None:
        return Told()
    inputs = {
        "negative_prompt": said.negative_prompt,
        "seed": said.seed,
        "steps": said.steps,
        "guidance": said.guidance,
        "sampler": said.sampler,
    }
    return Told(
        prompt=said.prompt,
        facts={
            "inputs": {key: value for key, value in inputs.items() if value not in (None, "")},
            "model": {"name": said.model} if said.model else {},
            "imported": {"from": said.source},
        },
    )


def _text(value: object, most: int) -> str:
    return value.replace("\x00", "")[:most] if isinstance(value, str) else ""


def _tags(told: list[Any]) -> list[str]:
    """Those that can be tags here."""
    names = [" ".join(tag.split()) for tag in told if isinstance(tag, str)]
    return [name for name in names if 0 < len(name) <= LONGEST and not {",", "\x00"} & set(name)][:MOST_TAGS]


# ---------------------------------------------------------------- zips


@dataclass(frozen=True)
class Entry:
    """A file of a zip: its number there, its name with folders, its size, its sidecar's number."""

    n: int
    name: str
    bytes: int
    sidecar: int | None


def entries(upload: Upload) -> list[Entry]:
    """The files of a zip that could be assets: without folders, sidecars, and what systems leave behind."""
    with _opened(upload) as archive:
        return _entries(archive)


def _entries(archive: zipfile.ZipFile) -> list[Entry]:
    files = {info.filename: number for number, info in enumerate(archive.infolist()) if not info.is_dir()}
    if len(files) > 2 * MOST_FILES:
        raise TooLarge(_("A zip of more than %(n)d files is not read. Split it.") % {"n": MOST_FILES})
    return [
        Entry(number, name, archive.infolist()[number].file_size, files.get(name + SIDECAR))
        for name, number in files.items()
        if not _left_out(name, files)
    ]


def _left_out(name: str, files: dict[str, int]) -> bool:
    parts = PurePosixPath(name.replace("\\", "/")).parts
    hidden = any(part.startswith(".") or part == "__MACOSX" for part in parts)
    beside = name.endswith(SIDECAR) and name.removesuffix(SIDECAR) in files
    return hidden or beside or parts[-1].lower() in {"thumbs.db", "desktop.ini", "facts.jsonl"}


def add_entry(*, actor: Actor, upload: Upload, n: int) -> Taken:
    """Add one file of a zip. NotThere for a number that none has; Unsupported where it cannot be taken."""
    with _opened(upload) as archive:
        entry = next((entry for entry in _entries(archive) if entry.n == n), None)
        if entry is None:
            raise NotThere
        sidecar = None
        if entry.sidecar is not None and archive.infolist()[entry.sidecar].file_size <= SIDECAR_BYTES:
            sidecar = b"".join(_read(archive, entry.sidecar, SIDECAR_BYTES))
        if entry.bytes > settings.UPLOAD_LIMIT:
            raise TooLarge(
                _("The studio takes files of at most %(mb)d MB.") % {"mb": settings.UPLOAD_LIMIT >> 20}
            )
        base = Path(settings.SCRATCH)
        base.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=base, prefix="import-") as copy:
            if shutil.disk_usage(base).free < 2 * entry.bytes + uploads.KEEP_FREE:
                raise Unsupported(_("The disk has no room for this file."))
            for block in _read(archive, n, entry.bytes):
                copy.write(block)
            copy.flush()
            leaf = PurePosixPath(entry.name.replace("\\", "/")).name
            return take(actor=actor, team=upload.team, path=Path(copy.name), name=leaf, sidecar=sidecar)


def _read(archive: zipfile.ZipFile, n: int, most: int) -> Iterator[bytes]:
    """The bytes of a file of the zip; no more than it says it has."""
    info = archive.infolist()[n]
    if info.flag_bits & 1:
        raise Unsupported(_("It is locked with a password."))
    came = 0
    try:
        with archive.open(info) as file:
            while block := file.read(BLOCK):
                came += len(block)
                if came > most:
                    raise Unsupported(_("It is larger than the zip says."))
                yield block
    except Unsupported:
        raise
    except Exception as error:  # each way of packing has errors of its own
        raise Unsupported(_("It is damaged in the zip, or packed in a way that is not read.")) from error


@contextmanager
def _opened(upload: Upload) -> Iterator[zipfile.ZipFile]:
    if not upload.archive or uploads.offset_of(upload) < upload.bytes:
        raise InvalidInputs(_("This upload is no zip that is all there."))
    try:
        with zipfile.ZipFile(uploads.path_of(upload)) as archive:
            yield archive
    except (zipfile.BadZipFile, FileNotFoundError) as error:
        raise Unsupported(_("This is no zip that can be read, or it is cut short.")) from error
