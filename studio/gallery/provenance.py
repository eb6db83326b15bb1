"""Says inside the file what it is: IPTC's digital source type, the tool and its version, in an XMP packet.

The packet is put between the file's own pieces; no pixel is encoded anew. What people upload is never marked or
changed: a mark that it brought (a signature, say) stays valid.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

from studio.gallery.models import Asset
from studio.gallery.probe import Probed

VOCABULARY = "http://cv.iptc.org/newscodes/digitalsourcetype/"
UPLOADED = "upload"
PROMPT_CHARACTERS = 8000  # a JPEG's packet has to stay below 64 kB

_PNG_KEY = b"XML:com.adobe.xmp"
_JPEG_KEY = b"http://ns.adobe.com/xap/1.0/\x00"


@dataclass(frozen=True)
class Provenance:
    """What is known of where an asset came from; kept on the asset as it is.

    source_type: a term of IPTC's vocabulary. prompt: only what the person chose to write into the file.
    written: whether the file itself says so.
    """

    source_type: str
    tool: str = ""
    tool_version: str = ""
    model: str = ""
    prompt: str = ""
    written: bool = False

    def as_dict(self) -> dict[str, Any]:
        kept = {key: value for key, value in asdict(self).items() if key != "prompt"}
        return {**kept, "source_type_url": VOCABULARY + self.source_type, "prompt_written": bool(self.prompt)}


def source_type(*, model: str, uses_other_media: bool) -> str:
    """The rule: no trained model took part → algorithmicMedia; somebody's own picture or sound stays in it →
    compositeWithTrainedAlgorithmicMedia; else trainedAlgorithmicMedia.
    """
    if not model:
        return "algorithmicMedia"
    return "compositeWithTrainedAlgorithmicMedia" if uses_other_media else "trainedAlgorithmicMedia"


def of(
    found: Probed,
    tool: str,
    model: str,
    prompt: str,
    facts: Mapping[str, Any],
    asked: Mapping[str, Any],
    parents: Sequence[tuple[Asset, str]],
) -> Provenance:
    """What is known of a file. asked: what the caller chose (see actions.add); parents: (asset, role)."""
    if not tool:
        return Provenance(str(asked.get("source_type") or found.marked or UPLOADED))
    composite = source_type(model="any", uses_other_media=True)
    others = any(
        role != "parent"
        and parent.medium == found.medium
        and (not parent.tool or parent.provenance.get("source_type") == composite)
        for parent, role in parents
    )
    return Provenance(
        str(asked.get("source_type") or source_type(model=model, uses_other_media=others)),
        tool=tool,
        tool_version=str(facts.get("tool_version", "")),
        model=model,
        prompt=prompt if asked.get("include_prompt") else "",
    )


def mark(path: Path, scratch: Path, mime: str, told: Provenance) -> tuple[Path, Provenance]:
    """The file to keep: a marked copy where it was made here and its format has a place for the mark.

    A signature over the file will come here, behind the mark, as the last thing before the hash.
    """
    if not told.tool:
        return path, told
    marked = scratch / "marked"
    if not write(path, marked, mime, told):
        return path, told
    return marked, replace(told, written=True)


def packet(told: Provenance) -> bytes:
    """The XMP packet, UTF-8."""
    fields: Mapping[str, str] = {
        "Iptc4xmpExt:DigitalSourceType": VOCABULARY + told.source_type,
        "xmp:CreatorTool": f"Studio: {told.tool} {told.tool_version}".strip(),
        "Iptc4xmpExt:AISystemUsed": told.model,
        "Iptc4xmpExt:AIPromptInformation": told.prompt[:PROMPT_CHARACTERS],
    }
    attributes = "\n   ".join(f"{name}={quoteattr(_clean(value))}" for name, value in fields.items() if value)
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">\n'
        ' <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n'
        '  <rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/"\n'
        '   xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"\n'
        f"   {attributes}/>\n"
        " </rdf:RDF>\n"
        "</x:xmpmeta>\n"
        '<?xpacket end="w"?>'
    ).encode()


def _clean(value: str) -> str:
    """XML 1.0 cannot hold control characters, not even escaped."""
    return "".join(c for c in value if (c >= " " or c in "\t\n") and not "\ud800" <= c <= "\udfff")


def write(source: Path, target: Path, mime: str, told: Provenance) -> bool:
    """Write `source` with the packet to `target`; False, and no target, where the format has no place for it."""
    put = {"image/png": _png, "image/jpeg": _jpeg, "image/webp": _webp}.get(mime)
    if put is None:
        return False
    target.write_bytes(put(source.read_bytes(), packet(told)))
    return True


def _png(data: bytes, xmp: bytes) -> bytes:
    """An iTXt chunk right after IHDR; an earlier XMP chunk goes."""
    out = bytearray(data[:8])
    at = 8
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        kind, end = data[at + 4 : at + 8], at + 12 + length
        if not (kind == b"iTXt" and data[at + 8 : at + 8 + len(_PNG_KEY)] == _PNG_KEY):
            out += data[at:end]
        if kind == b"IHDR":
            body = b"iTXt" + _PNG_KEY + b"\x00\x00\x00\x00\x00" + xmp
            out += (len(body) - 4).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")
        at = end
    return bytes(out)


def _jpeg(data: bytes, xmp: bytes) -> bytes:
    """An APP1 segment behind the file's own JFIF and Exif segments; an earlier XMP segment goes."""
    out = bytearray(data[:2])
    segment = b"\xff\xe1" + (2 + len(_JPEG_KEY) + len(xmp)).to_bytes(2, "big") + _JPEG_KEY + xmp
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] in (0xE0, 0xE1):
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if not data[at + 4 : end].startswith(_JPEG_KEY):
            out += data[at:end]
        at = end
    return bytes(out) + segment + data[at:]


def _webp(data: bytes, xmp: bytes) -> bytes:
    """A chunk "XMP " at the end, announced in the header VP8X, which is made where the file has none."""
    chunks: list[tuple[bytes, bytes]] = []
    at = 12
    while at + 8 <= len(data):
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        chunks.append((data[at : at + 4], data[at + 8 : at + 8 + length]))
        at += 8 + length + length % 2
    chunks = [chunk for chunk in chunks if chunk[0] != b"XMP "]
    if chunks[0][0] != b"VP8X":
        chunks.insert(0, (b"VP8X", _vp8x(*chunks[0])))
    head = bytearray(chunks[0][1])
    head[0] |= 0x04
    chunks[0] = (b"VP8X", bytes(head))
    chunks.append((b"XMP ", xmp))
    body = b"".join(
        name + len(part).to_bytes(4, "little") + part + b"\x00" * (len(part) % 2) for name, part in chunks
    )
    return b"RIFF" + (len(body) + 4).to_bytes(4, "little") + b"WEBP" + body


def _vp8x(name: bytes, stream: bytes) -> bytes:
    """The extended header for a simple file: flags, then width and height less one, three bytes each."""
    if name == b"VP8L":
        bits = int.from_bytes(stream[1:5], "little")
        width, height, alpha = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, bits >> 28 & 1
    else:
        width = int.from_bytes(stream[6:8], "little") & 0x3FFF
        height = int.from_bytes(stream[8:10], "little") & 0x3FFF
        alpha = 0
    return (
        bytes([alpha << 4, 0, 0, 0]) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    )
