"""The words by which an asset is found.

Both databases get the same plain words (folded, without accents, one space between), so a search finds the same
things on SQLite and on PostgreSQL, and nothing that a person types can be taken for query syntax.
"""

from __future__ import annotations

import re
import unicodedata
import uuid
from typing import TYPE_CHECKING

from studio.gallery import vectors
from studio.gallery.models import Asset, SearchEntry

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MOST_CHARACTERS = 100_000
LONGEST_WORD = 60
_WORD = re.compile(
    # Scripts that write without spaces: each character is a word.
    "[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]"
    "|[^\\W_\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]+"
)


def words_of(text: str) -> list[str]:
    """The words of a text, in order: letters and digits only, folded, without accents."""
    plain = text[:MOST_CHARACTERS].casefold()
    if not plain.isascii():
        plain = unicodedata.normalize("NFKD", plain)
        plain = "".join(c for c in plain if not unicodedata.combining(c))
        # Decomposed Hangul is put together again, so that a syllable is one character.
        plain = unicodedata.normalize("NFC", plain)
    return [word[:LONGEST_WORD] for word in _WORD.findall(plain)]


def words_from(title: str, tags: Iterable[str], prompt: str, tool: str, model: str, text: str) -> str:
    """All words by which an asset with these columns is found, with a space between."""
    told = [title, " ".join(tags), prompt, tool.replace(".", " "), model, text]
    return " ".join(words_of("\n".join(told)))


def scope_of(team: uuid.UUID, medium: str) -> str:
    """What a search is always bound to, as two words beside the others."""
    return f"{team.hex} {medium}"


def place_of(asset: uuid.UUID) -> int:
    """63 bits that sort as UUIDs of version 7 do: 43 of the millisecond, the 12 of its part, 8 by chance.

    The key of a search entry: the full-text index then gives what it finds newest first by itself, and a page of it
    ends after a page, however much there is to find.
    """
    value = asset.int
    return (value >> 80 & (1 << 43) - 1) << 20 | (value >> 64 & 0xFFF) << 8 | value >> 54 & 0xFF


def index(asset: Asset, tags: Sequence[str] | None = None) -> None:
    """Write the search entry of an asset; `tags` saves asking for them where the caller knows."""
    if tags is None:
        tags = list(asset.tags.values_list("name", flat=True))
    entry = {
        "scope": scope_of(asset.team_id, asset.medium),
        "words": words_from(asset.title, tags, asset.prompt, asset.tool, asset.model, asset.text),
    }
    place = place_of(asset.pk)
    SearchEntry.objects.update_or_create(asset=asset, defaults=entry, create_defaults={**entry, "id": place})
    vectors.wait(asset, place)
