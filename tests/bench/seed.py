"""Fills a studio's database with assets as people would have made them, a million in about a minute.

python -m tests.bench.seed 100000

On the data of the environment (STUDIO_DATA, DATABASE_URL), which is migrated first; no studio may run on it. One
person with one team gets all of them. Rows have all their columns, tags, ratings and words for search; their blobs are
a few hundred rows that many share, without files: lists and search never open them.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

EMAIL = "seeded@studio.localhost"
SPAN_S = 2 * 365 * 86_400  # the assets came over two years
BLOBS = 300
CHUNK = 10_000

THINGS = (
    "lighthouse fox teapot harbour cat train bicycle owl castle robot whale garden bridge violin boat astronaut "
    "mushroom wolf library clock dragon market tree lantern horse city mountain river dancer kite fisherman "
    "windmill snail greenhouse balloon piano statue tram bakery meadow moth carousel island kitchen staircase"
).split()
LOOKS = (
    "small red old quiet golden broken giant sleepy glass wooden blue rusty bright lonely striped painted frozen "
    "ancient tiny silver hollow gentle wild crooked"
).split()
PLACES = (
    "at night|in the rain|under a full moon|by the sea|in a snowy street|at dawn|on a hill|in deep fog|at the market|"
    "inside a cathedral|in autumn|above the clouds|in an empty station|between pines|after the storm"
).split("|")
STYLES = (
    "watercolour|oil on canvas|35 mm photo|isometric render|ink drawing|pixel art|cinematic light|soft pastel|"
    "woodcut|studio portrait|low poly|art nouveau poster|macro photograph|pencil sketch"
).split("|")
FOREIGN = ("東京の夜、静かな港", "маяк у моря в тумане", "منارة على البحر ليلا", "서울의 밤 거리", "φάρος δίπλα στη θάλασσα")
TAGS = "sea night poster draft client final blue moodboard fox harbour sketch cover winter print story reel loop hero".split()
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
SYLLABLES = "ka ro mi tel van dor sha lin bo reth ula qui nor es fa gri".split()


def prompt_of(drawn: random.Random) -> str:
    """What somebody could have written; one in thirty in another script, one in five with a name of its own."""
    if drawn.random() < 0.033:
        return drawn.choice(FOREIGN)
    pick = drawn.choice
    text = f"a {pick(LOOKS)} {pick(THINGS)} and a {pick(LOOKS)} {pick(THINGS)} {pick(PLACES)}, {pick(STYLES)}"
    if drawn.random() < 0.2:
        text += f", called {''.join(drawn.choices(SYLLABLES, k=4))}"
    return text


class Rows:
    """The rows of `count` assets, oldest first, by table; the same for the same count and owner.

    key: how the database wants an id, a time and a JSON value.
    """

    def __init__(self, count: int, team: uuid.UUID, author: uuid.UUID | int, tags: Sequence[int]) -> None:
        self.count, self.team, self.author, self.tags = count, team, author, tags
        self.digests = [f"sha256:{number:064x}" for number in range(1, BLOBS + 1)]

    def __iter__(self) -> Iterator[tuple[dict[str, Any], list[int], int]]:
        """(columns of the asset, its tags, its rating or 0)."""
        drawn = random.Random(self.count)
        shares = [kind[0] for kind in KINDS]
        first_ms = int((time.time() - SPAN_S) * 1000)
        step = SPAN_S * 1000 / self.count
        for number in range(self.count):
            milliseconds = first_ms + int(number * step)
            low = drawn.getrandbits(62)
            id = uuid.UUID(int=milliseconds << 80 | 7 << 76 | (number & 4095) << 64 | 2 << 62 | low)
            _share, medium, mime, tool, model = drawn.choices(KINDS, shares)[0]
            prompt = prompt_of(drawn)
            text = ". ".join(prompt_of(drawn) for _ in range(4)) if medium == "text" else ""
            rating = drawn.randint(1, 5) if drawn.random() < 0.1 else 0
            seed = low & 0xFFFFFFFF
            facts = (
                f'{{"tool": "{tool}", "tool_version": 1, "run_s": 4.2, "node": "bench", "model": {{"name": "{model}",'
                f' "digest": "{self.digests[0]}"}}, "inputs": {{"prompt": {json.dumps(prompt)}, "seed": {seed},'
                ' "steps": 20, "guidance": 5.0, "width": 256, "height": 256}}'
                if tool
                else '{"uploaded": true, "name": "file"}'
            )
            digest = self.digests[low % BLOBS]
            picture = digest if medium != "text" else None
            yield (
                {
                    "id": id,
                    "team_id": self.team,
                    "author_id": self.author,
                    "medium": medium,
                    "mime": mime,
                    "blob_id": digest,
                    "bytes": low % 900_000,
                    "content_digest": digest,
                    "width": 256 if medium in ("image", "video") else None,
                    "height": 256 if medium in ("image", "video") else None,
                    "duration_s": 12.5 if medium in ("speech", "music", "video") else None,
                    "title": " ".join(prompt.split()[:4]) if number % 3 == 0 else "",
                    "prompt": prompt,
                    "text": text,
                    "facts": facts,
                    "provenance": '{"written": true, "source_type": "trainedAlgorithmicMedia"}',
                    "job_ref": uuid.UUID(int=id.int ^ 1) if tool else None,
                    "index": 0,
                    "tool": tool,
                    "model": model,
                    "listed": tool != "text.chat" or number % 4 == 0,
                    "review_state": "",
                    "thumbhash": "1QcSHQRnh493V4dIh4eXh1h4kJUI" if picture else "",
                    "thumbnail_id": picture,
                    "preview_id": None,
                    "rating_sum": rating,
                    "rating_n": 1 if rating else 0,
                    "deleted_at": datetime.fromtimestamp(milliseconds / 1000, UTC) if number % 40 == 0 else None,
                    "created_at": datetime.fromtimestamp(milliseconds / 1000, UTC),
                },
                drawn.sample(self.tags, drawn.choice((0, 0, 1, 2))),
                rating,
            )
