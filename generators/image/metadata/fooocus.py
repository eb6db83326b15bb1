"""Fooocus: a key "fooocus_scheme" says whether "parameters" is JSON of its own or A1111's text.

JPEG and WebP have the same two in EXIF: the user comment, and the scheme as the maker's note.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from generators.image.metadata import a1111
from generators.image.metadata.said import Said, decimal, mapping, stem, text, whole

_MAPPED = frozenset(
    """prompt negative_prompt full_prompt full_negative_prompt seed steps guidance_scale sampler scheduler resolution
    base_model base_model_hash loras metadata_scheme version""".split()  # noqa: SIM905
)


def read(texts: Mapping[str, str]) -> Said | None:
    scheme = texts.get("fooocus_scheme") or texts.get("MakerNote") or ""
    words = texts.get("parameters") or texts.get("UserComment") or ""
    if scheme.strip() == "a1111":
        return a1111.parse(words, "Fooocus")
    if scheme.strip() != "fooocus":
        return None
    found = mapping(words)
    return _said(found) if found is not None else None


def _said(found: dict[str, object]) -> Said:
    sampler = " ".join(word for word in (text(found.get("sampler")), text(found.get("scheduler"))) if word)
    size = re.findall(r"\d{1,6}", str(found.get("resolution", ""))[:40])
    said = Said(
        "Fooocus",
        prompt=text(found.get("prompt")),
        negative_prompt=text(found.get("negative_prompt")),
        seed=whole(found.get("seed")),
        steps=whole(found.get("steps")),
        guidance=decimal(found.get("guidance_scale")),
        sampler=sampler,
        width=int(size[0]) if len(size) == 2 else None,
        height=int(size[1]) if len(size) == 2 else None,
        model=stem(found.get("base_model")),
        model_hash=text(found.get("base_model_hash")),
    )
    loras = found.get("loras")
    for lora in loras if isinstance(loras, list) else []:
        if isinstance(lora, list | tuple) and len(lora) >= 2:
            weight = decimal(lora[1])
            said.loras.append((stem(lora[0]), 1.0 if weight is None else weight))
    for name, value in found.items():
        if name not in _MAPPED:
            said.left(name, value)
    return said
