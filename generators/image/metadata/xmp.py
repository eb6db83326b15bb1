"""XMP: the prompt and model under the names of the IPTC Photo Metadata Standard 2025.1, which we write ourselves."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping

from generators.image.metadata.said import Said

_NAMES = {"prompt": "AIPromptInformation", "model": "AISystemUsed"}


def read(texts: Mapping[str, str]) -> Said | None:
    packet = texts.get("xmp", "")
    found = {name: _value(packet, tag) for name, tag in _NAMES.items()}
    return Said("XMP", prompt=found["prompt"], model=found["model"]) if found["prompt"] else None


def _value(packet: str, tag: str) -> str:
    """An attribute or an element of that name. No XML parser: entities of a stranger's file are never followed."""
    hit = re.search(rf'Iptc4xmpExt:{tag}\s*=\s*"([^"]*)"', packet) or re.search(
        rf"<Iptc4xmpExt:{tag}>([^<]*)</", packet
    )
    return html.unescape(hit.group(1)).strip() if hit else ""
