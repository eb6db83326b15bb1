"""Fills a studio's database with assets as people would have made them, a million in about a minute.

python -m tests.bench.seed 100000 [pictures]

On the data of the environment (STUDIO_DATA, DATABASE_URL), which is migrated first; no studio may run on it. One
person with one team gets all of them. Rows have all their columns, tags, ratings and words for search; their blobs are
a few hundred rows that many share, without files: lists and search never open them. Who looks at the pages in a browser
asks for pictures.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import time
import tomllib
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.stack import ROOT, Stack

if TYPE_CHECKING:
    import httpx

    from tests.bench.harness import Bench

EMAIL = "seeded@studio.localhost"
SPAN_S = 2 * 365 * 86_400  # the assets came over two years
DIGESTS = [f"sha256:{number:064x}" for number in range(1, 301)]
CHUNK = 10_000
CONTENTS = 20_000

WORDS: dict[str, list[str]] = tomllib.loads(
    Path(__file__).with_name("seed_words.toml").read_text(encoding="utf-8")
)
KINDS = (  # share, medium, MIME type, tool, model
    (0.60, "image", "image/png", "image.generate", "pocket-image"),
    (0.12, "image", "image/webp", "image.upscale", "real-esrgan"),
    (0.05, "image", "image/jpeg", "", ""),
    (0.10, "text", "text/markdown", "text.write", "smollm2-135m"),
    (0.06, "text", "text/markdown", "text.chat", "qwen2.5-1.5b"),
    (0.04, "speech", "audio/wav", "", ""),
    (0.02, "music", "audio/flac", "", ""),
    (0.01, "video", "video/mp4", "", ""),
)


def pick(drawn: random.Random, kind: str) -> str:
    return str(drawn.choice(WORDS[kind]))


def prompt_of(drawn: random.Random) -> str:
    """What somebody could have written; one in thirty in another script, one in five with a name of its own."""
    if drawn.random() < 0.033:
        return pick(drawn, "foreign")
    one, other = (f"a {pick(drawn, 'looks')} {pick(drawn, 'things')}" for _ in range(2))
    text = f"{one} and {other} {pick(drawn, 'places')}, {pick(drawn, 'styles')}"
    if drawn.random() < 0.2:
        text += f", called {''.join(drawn.choices(WORDS['syllables'], k=4))}"
    return text


@dataclass(frozen=True)
class Content:
    """What stands in an asset and in its search entry, as far as it does not differ from the next one alike."""

    medium: str
    mime: str
    tool: str
    model: str
    title: str
    prompt: str
    text: str
    tags: tuple[str, ...]
    facts: str
    words: str


def content_of(drawn: random.Random) -> Content:
    from studio.gallery.index import words_from

    _share, medium, mime, tool, model = drawn.choices(KINDS, [kind[0] for kind in KINDS])[0]
    prompt = prompt_of(drawn)
    text = ". ".join(prompt_of(drawn) for _ in range(4)) if medium == "text" else ""
    title = " ".join(prompt.split()[:4]) if drawn.random() < 0.3 else ""
    tags = tuple(drawn.sample(WORDS["tags"], drawn.choice((0, 0, 1, 2))))
    facts: dict[str, Any] = {"uploaded": True, "name": "file"}
    if tool:
        inputs = {"prompt": prompt, "seed": drawn.getrandbits(32), "steps": 20, "width": 256, "height": 256}
        facts = {"tool": tool, "tool_version": 1, "run_s": 4.2, "model": {"name": model}, "inputs": inputs}
    words = words_from(title, tags, prompt, tool, model, text)
    return Content(medium, mime, tool, model, title, prompt, text, tags, json.dumps(facts), words)


@dataclass
class Seeded:
    """One asset's row, with what stands in other tables. Ids are hex without dashes, which both databases take."""

    row: dict[str, Any]
    content: Content
    key: int
    scope: str


def assets(count: int, team: uuid.UUID, author: uuid.UUID, given: Sequence[Content] = ()) -> Iterator[Seeded]:
    """`count` assets, oldest first; the same for the same count but for their ids and times. given: what stands in them,
    one after the other, and none is in the bin; without it, what people would have made."""
    from studio.gallery.index import place_of, scope_of

    drawn = random.Random(count)
    contents = given or [content_of(drawn) for _ in range(min(count, CONTENTS))]
    first_ms, step = int((time.time() - SPAN_S) * 1000), SPAN_S * 1000 / count
    for number in range(count):
        milliseconds = first_ms + int(number * step)
        at = datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(" ")
        low = drawn.getrandbits(62)
        id = uuid.UUID(int=milliseconds << 80 | 7 << 76 | (number & 4095) << 64 | 2 << 62 | low)
        one = contents[(number if given else low) % len(contents)]
        digest = DIGESTS[low % len(DIGESTS)]
        seen, heard = one.medium in ("image", "video"), one.medium in ("speech", "music", "video")
        rating = low % 5 + 1 if low % 97 < 10 else 0
        row = {
            "id": id.hex,
            "team_id": team.hex,
            "author_id": author.hex,
            "medium": one.medium,
            "mime": one.mime,
            "blob_id": digest,
            "bytes": low % 900_000,
            "content_digest": digest,
            "width": 256 if seen else None,
            "height": 256 if seen else None,
            "duration_s": 12.5 if heard else None,
            "title": one.title,
            "prompt": one.prompt,
            "text": one.text,
            "facts": one.facts,
            "provenance": '{"written": true}',
            "job_ref": f"{id.int ^ 1:032x}" if one.tool else None,
            "index": 0,
            "tool": one.tool,
            "model": one.model,
            "listed": one.tool != "text.chat" or number % 4 == 0,
            "review_state": "",
            "stack": id.hex,
            "top": True,
            "phash": None,
            "seen": 1,
            "thumbhash": "1QcSHQRnh493V4dIh4eXh1h4kJUI" if seen else "",
            "thumbnail_id": digest if seen else None,
            "preview_id": None,
            "rating_sum": rating,
            "rating_n": 1 if rating else 0,
            "deleted_at": at if number % 40 == 0 and not given else None,
            "created_at": at,
        }
        yield Seeded(row, one, place_of(id), scope_of(team, one.medium))


def seed(count: int, given: Sequence[Content] = (), *, pictures: bool = False) -> None:
    """Migrate the database of the environment, make the person and their assets; given as in `assets`."""
    from django.core.management import call_command
    from django.db import connection

    from studio.gallery.models import Blob, Tag
    from studio.teams.actions import create_user

    call_command("migrate", verbosity=0)
    user = create_user(email=EMAIL, name="Seeded")
    team = user.personal_team
    sizes = [_picture(digest) if pictures else 1000 for digest in DIGESTS]
    blobs = [Blob(digest=digest, bytes=size) for digest, size in zip(DIGESTS, sizes, strict=True)]
    Blob.objects.bulk_create(blobs)
    Tag.objects.bulk_create([Tag(team=team, name=name) for name in WORDS["tags"]])
    tags = {tag.name: tag.pk for tag in Tag.objects.filter(team=team)}
    load = _into_sqlite if connection.vendor == "sqlite" else _into_postgresql
    load(assets(count, team.pk, user.pk, given), tags, user.pk)


def _picture(digest: str) -> int:
    """Put a thumbnail's file where this blob's would be, soft shapes of some colours; gives its size."""
    from PIL import Image

    from studio.gallery import storage

    path = storage.current().path(digest)
    assert path is not None
    path.parent.mkdir(parents=True, exist_ok=True)
    spots = random.Random(digest).randbytes(12 * 12 * 3)
    drawn = Image.frombytes("RGB", (12, 12), spots).resize((256, 256), Image.Resampling.BICUBIC)
    drawn.save(path, "WEBP", quality=80)
    return path.stat().st_size


ENTRY = ("id", "asset_id", "scope", "words")
TAGGED = ("asset_id", "tag_id")
RATED = ("asset_id", "user_id", "value")


def _batches(
    made: Iterable[Seeded], tags: dict[str, int], user: uuid.UUID
) -> Iterator[dict[str, tuple[Sequence[str], list[tuple[Any, ...]]]]]:
    """Rows by table, many at a time: {table: (columns, rows)}."""
    waiting = iter(made)
    while some := list(islice(waiting, CHUNK)):
        yield {
            "gallery_asset": (list(some[0].row), [tuple(one.row.values()) for one in some]),
            "gallery_searchentry": (
                ENTRY,
                [(one.key, one.row["id"], one.scope, one.content.words) for one in some],
            ),
            "gallery_asset_tags": (
                TAGGED,
                [(one.row["id"], tags[name]) for one in some for name in one.content.tags],
            ),
            "gallery_rating": (
                RATED,
                [(one.row["id"], user.hex, one.row["rating_sum"]) for one in some if one.row["rating_n"]],
            ),
        }


def _into_sqlite(made: Iterable[Seeded], tags: dict[str, int], user: uuid.UUID) -> None:
    """Indexes and triggers are taken away meanwhile: making them at the end takes a third of the time."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=OFF")
        cursor.execute("PRAGMA cache_size=-400000")
        cursor.execute(
            "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND type IN ('index', 'trigger') AND "
            "(tbl_name LIKE 'gallery_asset%' OR tbl_name = 'gallery_searchentry')"
        )
        aside = cursor.fetchall()
        for kind, name, _sql in aside:
            cursor.execute(f"DROP {kind} {name}")
        cursor.execute("BEGIN")
        for batch in _batches(made, tags, user):
            for table, (columns, rows) in batch.items():
                names, places = ", ".join(f'"{name}"' for name in columns), ", ".join(["?"] * len(columns))
                cursor.cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", rows)
        cursor.execute("INSERT INTO gallery_fts(gallery_fts) VALUES ('rebuild')")
        for _kind, _name, sql in aside:
            cursor.execute(sql)
        cursor.execute("COMMIT")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _into_postgresql(made: Iterable[Seeded], tags: dict[str, int], user: uuid.UUID) -> None:
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        for batch in _batches(made, tags, user):
            for table, (columns, rows) in batch.items():
                names = ", ".join(f'"{name}"' for name in columns)
                with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                    for row in rows:
                        copy.write_row(row)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")  # as its own housekeeping does within minutes


@contextmanager
def studio_with(bench: Bench, count: int, env: Mapping[str, str]) -> Iterator[Stack]:
    """A running studio on data of its own, with so many assets of one person. Rows that use it name their database."""
    if bench.scaled:
        raise RuntimeError("this row chooses its database itself: run it without --scaled")
    stack = bench.new_stack(env)
    stack.data.mkdir(parents=True)
    subprocess.run(
        [sys.executable, "-m", "tests.bench.seed", str(count)], env=stack.env, cwd=ROOT, check=True
    )
    stack.start(worker=False)
    try:
        yield stack
    finally:
        stack.stop()
        shutil.rmtree(stack.data.parent, ignore_errors=True)


def signed_in(stack: Stack) -> httpx.Client:
    """A client of the person whose assets they are: with a token for the API, and with a session for pages."""
    client = stack.client(stack.token(EMAIL))
    link = stack.signin_link(EMAIL)
    client.get(link).raise_for_status()
    told = {"csrfmiddlewaretoken": client.cookies["csrftoken"]}
    answer = client.post(link, data=told, headers={"Referer": link})
    if answer.is_error:
        raise RuntimeError(f"the sign-in link gave {answer.status_code}")
    return client


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings")
    import django

    django.setup()
    began = time.monotonic()
    seed(int(sys.argv[1]), pictures="pictures" in sys.argv)
    print(
        f"{int(sys.argv[1]):,} assets in {time.monotonic() - began:.1f} s, {time.process_time():.1f} s of processor"
    )
