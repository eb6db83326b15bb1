"""Backup and restore of a studio: its database and its blobs, taken while it runs.

A backup is a folder: database (SQLite file or pg_dump archive), blobs/, secret-key, manifest.json. The database is
copied first, at one moment; every blob that it speaks of is copied after, checked against its digest. Blobs never
change, so a later backup into the same folder copies only what is new. Models are not in it: they are installed again.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from studio.gallery import storage
from studio.gallery.storage import LocalFolder, Storage

MANIFEST = "manifest.json"
SQLITE, DUMP = "studio.sqlite3", "studio.pgdump"
FORMAT = 1
Say = Callable[[str], None]


class BackupError(Exception):
    """It cannot be done, in words."""


def backup(target: Path, *, say: Say) -> dict[str, Any]:
    """Write a backup into `target` (made, or brought up to date); returns its manifest."""
    target.mkdir(parents=True, exist_ok=True)
    (target / MANIFEST).unlink(missing_ok=True)  # until the end, this is no backup
    say("database …")
    name = _dump_database(target)
    say("files …")
    source, kept = storage.current(), LocalFolder(target / "blobs")
    copied = total = size = 0
    for digest, length in _blobs(target / name):
        total, size = total + 1, size + length
        if _has(kept, digest, length):
            continue
        _copy(source, kept, digest)
        copied += 1
        if copied % 500 == 0:
            say(f"{copied} new files …")
    if (settings.DATA / "secret-key").exists():
        shutil.copy2(settings.DATA / "secret-key", target / "secret-key")
        (target / "secret-key").chmod(0o600)
    manifest = {
        "format": FORMAT,
        "made_at": timezone.now().isoformat(),
        "database": name,
        "database_sha256": _hash(target / name),
        "blobs": total,
        "bytes": size,
        "copied": copied,
    }
    temporary = target / f"{MANIFEST}.new"
    temporary.write_text(json.dumps(manifest, indent=1))
    temporary.rename(target / MANIFEST)
    return manifest


def restore(source: Path, *, say: Say) -> dict[str, Any]:
    """Bring a backup back into an empty studio, which must not run. Checks every byte; returns the manifest."""
    try:
        manifest: dict[str, Any] = json.loads((source / MANIFEST).read_text())
    except FileNotFoundError:
        raise BackupError(f"{source} holds no finished backup: there is no {MANIFEST}.") from None
    if manifest["format"] != FORMAT:
        raise BackupError(f"This backup has format {manifest['format']}; this studio reads format {FORMAT}.")
    database = source / manifest["database"]
    if _hash(database) != manifest["database_sha256"]:
        raise BackupError(f"{database} has changed since the backup was made. Use another backup.")
    say("files …")
    kept, target = LocalFolder(source / "blobs"), storage.current()
    for digest, length in _blobs(database):
        if not _has(target, digest, length):
            _copy(kept, target, digest)
    say("database …")
    _load_database(database)
    key = source / "secret-key"
    if key.exists() and not os.environ.get("STUDIO_SECRET_KEY"):
        shutil.copy2(key, settings.DATA / "secret-key")
    return manifest


def _has(store: Storage, digest: str, length: int) -> bool:
    """Whether it is there, and whole as far as a look from outside tells: a bucket takes whole objects only."""
    path = store.path(digest)
    return store.exists(digest) and (path is None or path.stat().st_size == length)


def _copy(source: Storage, target: Storage, digest: str) -> None:
    """One blob, checked on the way."""
    with tempfile.NamedTemporaryFile(dir=settings.DATA) as fetched:
        path = source.path(digest)
        try:
            if path is None:
                with source.open(digest) as stored:
                    shutil.copyfileobj(stored, fetched, 1 << 20)
                fetched.flush()
            draft = target.draft(path or Path(fetched.name))
        except FileNotFoundError:
            raise BackupError(f"The file {digest} is missing. `manage.py scrub` says what else is.") from None
    if draft.digest != digest:
        draft.path.unlink()
        raise BackupError(f"The bytes of {digest} have changed. `manage.py scrub` says what else has.")
    target.place(draft)


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _dump_database(target: Path) -> str:
    """The database as of one moment; the name of the file in `target`."""
    if connection.vendor == "sqlite":
        new = target / f"{SQLITE}.new"
        new.unlink(missing_ok=True)
        with (
            closing(sqlite3.connect(str(settings.DATABASES["default"]["NAME"]))) as live,
            closing(sqlite3.connect(new)) as copy,
        ):
            live.backup(copy, pages=4096)
            copy.execute("PRAGMA journal_mode=DELETE")
        new.rename(target / SQLITE)
        return SQLITE
    new = target / f"{DUMP}.new"
    with (
        transaction.atomic(),
        connection.cursor() as cursor,
    ):  # the list of blobs is of the dump's very moment
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        _postgres("pg_dump", "--format=custom", f"--snapshot={cursor.fetchone()[0]}", f"--file={new}")
        digests = [list(row) for row in _rows(cursor)]
    new.rename(target / DUMP)
    (target / f"{DUMP}.blobs.json").write_text(json.dumps(digests))
    return DUMP


def _blobs(database: Path) -> Iterator[tuple[str, int]]:
    """(digest, bytes) of every blob that the copied database speaks of."""
    if database.name == DUMP:
        yield from (
            (digest, length) for digest, length in json.loads(Path(f"{database}.blobs.json").read_text())
        )
        return
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as copy:
        yield from _rows(copy.cursor())


def _rows(cursor: Any) -> Iterable[tuple[str, int]]:
    cursor.execute("SELECT digest, bytes FROM gallery_blob WHERE NOT deleting ORDER BY digest")
    rows: list[tuple[str, int]] = cursor.fetchall()
    return rows


def _load_database(database: Path) -> None:
    if connection.vendor == "sqlite":
        place = Path(settings.DATABASES["default"]["NAME"])
        if place.exists():
            raise BackupError(f"There is a studio already: {place}. Restore into an empty STUDIO_DATA.")
        if database.name != SQLITE:
            raise BackupError("This backup is of a PostgreSQL database. Set DATABASE_URL.")
        shutil.copy2(database, f"{place}.new")
        Path(f"{place}.new").rename(place)
        return
    if database.name != DUMP:
        raise BackupError("This backup is of an SQLite database. Leave DATABASE_URL out.")
    if "gallery_blob" in connection.introspection.table_names():
        raise BackupError("There is a studio in this database already. Restore into an empty one.")
    _postgres("pg_restore", "--no-owner", "--exit-on-error", str(database))


def _postgres(program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's own programs on our database."""
    if not shutil.which(program):
        raise BackupError(
            f"{program} is needed to back up PostgreSQL, and is not on the PATH. It comes with PostgreSQL."
        )
    db = settings.DATABASES["default"]
    env = {**os.environ, **({"PGPASSWORD": str(db["PASSWORD"])} if db.get("PASSWORD") else {})}
    where = ["--dbname", str(db["NAME"])]
    for flag, key in (("--host", "HOST"), ("--port", "PORT"), ("--username", "USER")):
        if db.get(key):
            where += [flag, str(db[key])]
    done = subprocess.run([program, *where, *arguments], env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BackupError(f"{program} failed: {done.stderr.strip()[-500:]}")
