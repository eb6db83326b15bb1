"""Rows of what assets mean: which wait for their vector, keeping it, reading all, and pgvector where PostgreSQL has it."""

from __future__ import annotations

import secrets
import uuid
from array import array
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, connection, transaction

from studio.durability import without_waiting
from studio.gallery.models import Asset, Meaning

MODEL = "all-minilm-l6-v2/1"  # the one that computes them, and how its texts are put together
SIZE = 384
EXCERPT = 900  # characters of an asset's text that say what it is about; the model reads no more
READ_AT_ONCE = 2000


@dataclass(frozen=True)
class Waiting:
    """An asset's row that waits for its vector, with the text to compute it of."""

    place: int
    turn: int
    team: uuid.UUID
    medium: str
    text: str


def wait(asset: Asset, place: int) -> None:
    """The asset is new, or has other words: its vector is to be computed. With the rows that say so, in one statement."""
    row = Meaning(
        id=place,
        asset=asset,
        team_id=asset.team_id,
        medium=asset.medium,
        waiting=True,
        turn=secrets.randbits(31),
    )
    changed = ["medium", "waiting", "turn"]
    Meaning.objects.bulk_create([row], update_conflicts=True, unique_fields=["id"], update_fields=changed)


def text_of(asset: Asset, tags: Sequence[str], text: str) -> str:
    """What an asset is about, in one text: title, prompt, tags, and how its text begins; "" where there is no word."""
    title = asset.title.strip()
    told = [] if asset.prompt.lower().startswith(title.lower()) else [title]
    whole = ". ".join(part for part in [*told, asset.prompt.strip(), ", ".join(tags), text.strip()] if part)
    return whole if any(character.isalnum() for character in whole) else ""


def waiting(most: int) -> list[Waiting]:
    """The newest rows that wait, `most` at the most."""
    rows = list(Meaning.objects.filter(waiting=True).order_by("-id")[:most])
    assets = Asset.objects.in_bulk([row.asset_id for row in rows]) if rows else {}
    tags: dict[uuid.UUID, list[str]] = defaultdict(list)
    through = Asset.tags.through.objects.filter(asset_id__in=assets)
    for asset_id, name in through.order_by("tag__name").values_list("asset_id", "tag__name"):
        tags[asset_id].append(name)
    return [
        Waiting(
            row.pk, row.turn, row.team_id, row.medium, text_of(asset, tags[asset.pk], asset.text[:EXCERPT])
        )
        for row in rows
        if (asset := assets.get(row.asset_id)) is not None
    ]


def keep(made: Sequence[tuple[Waiting, bytes]]) -> None:
    """Write vectors; where the words have changed meanwhile, the row goes on waiting. A commit that does not wait for the
    disk: what a power cut takes is computed again."""
    with without_waiting():
        for row, vector in made:
            mine = Meaning.objects.filter(pk=row.place, turn=row.turn)
            kept = mine.update(waiting=False, model=MODEL, vector=vector)
            if kept and vector and has_pgvector():
                with connection.cursor() as cursor:
                    cursor.execute(
                        "UPDATE gallery_meaning SET near = %s::halfvec WHERE id = %s",
                        [_said(vector), row.place],
                    )


def renew() -> int:
    """Let vectors of another model be computed again; how many."""
    return Meaning.objects.filter(waiting=False).exclude(model=MODEL).update(waiting=True)


def all_rows() -> Iterator[list[tuple[int, uuid.UUID, str, bytes]]]:
    """(place, team, medium, vector) of all that have one, oldest first, a few thousand at a time."""
    last = -1
    while True:
        rows = Meaning.objects.filter(pk__gt=last, model=MODEL).order_by("pk")
        some = list(rows.values_list("pk", "team_id", "medium", "vector")[:READ_AT_ONCE])
        if not some:
            return
        last = some[-1][0]
        yield [(place, team, medium, bytes(vector)) for place, team, medium, vector in some if vector]


def count(*, with_vector: bool = False) -> int:
    """How many are computed; with_vector: without those of assets that have no word."""
    rows = Meaning.objects.filter(model=MODEL)
    return (rows.exclude(vector=b"") if with_vector else rows).count()


# ------------------------------------------------------------------------------------------------ pgvector

ENSURE = (
    "CREATE EXTENSION IF NOT EXISTS vector",
    f"ALTER TABLE gallery_meaning ADD COLUMN IF NOT EXISTS near halfvec({SIZE})",
    "CREATE INDEX IF NOT EXISTS gallery_meaning_near ON gallery_meaning USING hnsw (near halfvec_cosine_ops)",
    "CREATE INDEX IF NOT EXISTS gallery_meaning_team ON gallery_meaning (team_id)",
)
_has: dict[str, bool] = {}


def ensure_pgvector(**_signal: Any) -> None:
    """After each migrate, on PostgreSQL: take pgvector into use where the server has it and lets us. Without it the child
    compares, as on SQLite."""
    _has.clear()
    if connection.vendor != "postgresql" or "gallery_meaning" not in connection.introspection.table_names():
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'vector'")
        if cursor.fetchone() is None:
            return
        cursor.execute(
            "SELECT 1 FROM pg_attribute WHERE attrelid = 'gallery_meaning'::regclass AND attname = 'near'"
        )
        if cursor.fetchone() is not None:
            return
    with suppress(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        for statement in ENSURE:
            cursor.execute(statement)
        Meaning.objects.exclude(vector=b"").update(waiting=True)  # into the new column
    _has.clear()


def has_pgvector() -> bool:
    """Whether this database compares vectors itself. Asked once a process."""
    if connection.vendor != "postgresql":
        return False
    name = str(connection.settings_dict["NAME"])
    if name not in _has:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_attribute WHERE attrelid = to_regclass('gallery_meaning') AND attname = 'near'"
            )
            _has[name] = cursor.fetchone()[0] == 1
    return _has[name]


def near(
    vector: bytes, teams: Sequence[uuid.UUID], medium: str, among: Sequence[int] | None, most: int
) -> list[tuple[int, float]]:
    """(place, likeness) of the most alike in these teams, by pgvector. Its index goes on until enough pass the filters."""
    where, values = ["near IS NOT NULL", "team_id = ANY(%s)"], [list(teams)]
    if medium:
        where.append("medium = %s")
        values.append(medium)  # type: ignore[arg-type]
    if among is not None:
        where.append("id = ANY(%s)")
        values.append(list(among))  # type: ignore[arg-type]
    said = _said(vector)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL hnsw.iterative_scan = strict_order")
        cursor.execute("SELECT set_config('hnsw.ef_search', %s, true)", [str(max(40, min(most, 1000)))])
        cursor.execute(
            f"SELECT id, 1 - (near <=> %s::halfvec) FROM gallery_meaning WHERE {' AND '.join(where)}"
            " ORDER BY near <=> %s::halfvec LIMIT %s",
            [said, *values, said, most],
        )
        return [(place, float(likeness)) for place, likeness in cursor.fetchall()]


def _said(vector: bytes) -> str:
    """As pgvector reads it. In halves of a float the largest are 127."""
    return str(array("b", vector).tolist())
