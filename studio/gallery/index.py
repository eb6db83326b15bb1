"""The words by which an asset is found.

Both databases get the same plain words (folded, without accents, one space between), so a search finds the same
things on SQLite and on PostgreSQL, and nothing that a person types can be taken for query syntax.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from studio.gallery.models import Asset, SearchEntry

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_CHARACTERS = 100_000
LONGEST_WORD = 60
_WORD = re.compile(
    # Scripts that write without spaces: each character is a word.
    "[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]"
    "|[^\\W_\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]+"
)


def words_of(text: str) -> list[str]:
    """The words of a text, in order: letters and digits only, folded, without accents."""
    plain = unicodedata.normalize("NFKD", text[:MOST_CHARACTERS].casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    # Decomposed Hangul is put together again, so that a syllable is one character.
    return [word[:LONGEST_WORD] for word in _WORD.findall(unicodedata.normalize("NFC", plain))]


def index(asset: Asset, tags: Sequence[str] | None = None) -> None:
    """Write the search entry of an asset; `tags` saves asking for them where the caller knows."""
    if tags is None:
        tags = list(asset.tags.values_list("name", flat=True))
    told = [asset.title, " ".join(tags), asset.prompt, asset.tool.replace(".", " "), asset.model, asset.text]
    words = " ".join(words_of("\n".join(told)))
    SearchEntry.objects.update_or_create(asset=asset, defaults={"words": words})
