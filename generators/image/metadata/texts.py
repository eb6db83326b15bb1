"""The texts that a picture file carries: PNG text chunks, EXIF comments, XMP. Pillow only.

Meant for a bounded process: the file is a stranger's. Lengths are bounded here, decoders by whoever runs this.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generators.image.opened import FORMATS, PIXELS

if TYPE_CHECKING:
    from PIL.Image import Exif, Image

CHARACTERS = 2_000_000  # of one text; a large ComfyUI graph has some hundred thousand
TEXTS = 64
_MAKE, _MODEL, _DESCRIPTION, _EXIF, _COMMENT, _MAKER_NOTE = 0x010F, 0x0110, 0x010E, 0x8769, 0x9286, 0x927C


def texts_of(path: Path) -> dict[str, str]:
    """Name → text. EXIF tags under their names: Make, Model, ImageDescription, UserComment, MakerNote; XMP as "xmp".

    Pillow's own errors where the file is no picture.
    """
    from PIL import Image as Pictures
    from PIL import PngImagePlugin

    Pictures.MAX_IMAGE_PIXELS = PIXELS
    PngImagePlugin.MAX_TEXT_CHUNK = 4 * CHARACTERS
    PngImagePlugin.MAX_TEXT_MEMORY = 64 << 20
    found: dict[str, str] = {}
    with Pictures.open(path, formats=FORMATS) as image:
        if image.format == "PNG":
            _past_pixels(image)
        for name, value in image.info.items():
            if len(found) < TEXTS and isinstance(name, str) and isinstance(value, str):
                found[name[:80]] = _read_right(value)[:CHARACTERS]
        packet = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp") or b""
        found.update(_exif(image))
    if packet:
        words = packet.decode("utf-8", "replace") if isinstance(packet, bytes) else str(packet)
        found["xmp"] = words[:CHARACTERS]
    return found


def _read_right(value: str) -> str:
    """A text chunk as it was meant: PNG says Latin-1 for the plain kind, and many write UTF-8 into it all the same."""
    from PIL.PngImagePlugin import iTXt

    if isinstance(value, iTXt) or value.isascii():
        return value
    with suppress(UnicodeError):
        return value.encode("latin-1").decode("utf-8")
    return value


def _past_pixels(image: Image) -> None:
    """Texts may stand behind the pixels in a PNG: Pillow reads them once the pixels are loaded."""
    with suppress(Exception):  # a cut file still has the texts before the cut
        image.load()
        image.info.update(getattr(image, "text", {}))


def _exif(image: Image) -> dict[str, str]:
    found: dict[str, str] = {}
    with suppress(Exception):  # broken EXIF is no text
        exif: Exif = image.getexif()
        inner: dict[int, Any] = exif.get_ifd(_EXIF)
        for name, value in (
            ("Make", exif.get(_MAKE)),
            ("Model", exif.get(_MODEL)),
            ("ImageDescription", exif.get(_DESCRIPTION)),
            ("UserComment", inner.get(_COMMENT)),
            ("MakerNote", inner.get(_MAKER_NOTE)),
        ):
            words = _comment(value) if name == "UserComment" else _plain(value)
            if words:
                found[name] = words[:CHARACTERS]
    return found


def _plain(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace").strip("\x00 ")
    return value.strip("\x00 ") if isinstance(value, str) else ""


def _comment(value: object) -> str:
    """EXIF's UserComment: eight bytes name the character code (EXIF 2.32, table 9), the rest is text.

    UNICODE is UTF-16 in either byte order; which, writers do not agree on, so what has more zero bytes is the high half.
    """
    if not isinstance(value, bytes):
        return _plain(value)
    head, body = value[:8], value[8:]
    if head.startswith(b"UNICODE"):
        high_first = body[0::2].count(0) >= body[1::2].count(0)
        if body[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return body.decode("utf-16", "replace").strip("\x00 ")
        return body.decode("utf-16-be" if high_first else "utf-16-le", "replace").strip("\x00 ")
    if head in (b"ASCII\x00\x00\x00", b"JIS\x00\x00\x00\x00\x00", b"\x00" * 8):
        return body.decode("utf-8", "replace").strip("\x00 ")
    return value.decode("utf-8", "replace").strip("\x00 ")
