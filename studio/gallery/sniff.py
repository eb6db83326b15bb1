"""What a file is, by its first bytes and never by its name. Standard library only: the probe's child imports it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

HEAD = 4096
"""Bytes from the beginning of a file that are enough to tell."""

Kind = Literal["image", "sound", "video", "text", "refused"]


@dataclass(frozen=True)
class Sniffed:
    """kind; MIME type; `reader` is the decoder's own name for the format; `why` says why it is refused."""

    kind: Kind
    mime: str
    reader: str = ""
    why: str = ""


_IMAGES = [
    (b"\x89PNG\r\n\x1a\n", "image/png", "PNG"),
    (b"\xff\xd8\xff", "image/jpeg", "JPEG"),
    (b"GIF87a", "image/gif", "GIF"),
    (b"GIF89a", "image/gif", "GIF"),
]
_REFUSED = [
    (b"%PDF-", "application/pdf", "A PDF is none of the media here. Save its page as a picture."),
    (b"%!PS", "application/postscript", "PostScript is not read: it is a program. Save it as PNG."),
    (b"PK\x03\x04", "application/zip", "An archive is not read. Add the files in it one by one."),
    (b"\x1f\x8b", "application/gzip", "An archive is not read. Add the files in it one by one."),
    (b"Rar!", "application/vnd.rar", "An archive is not read. Add the files in it one by one."),
    (b"7z\xbc\xaf", "application/x-7z-compressed", "An archive is not read. Add the files in it one by one."),
    (b"\x7fELF", "application/x-executable", "A program is none of the media here."),
    (b"MZ", "application/x-executable", "A program is none of the media here."),
    (b"II*\x00", "image/tiff", "TIFF is not read, since browsers cannot show it. Save it as PNG."),
    (b"MM\x00*", "image/tiff", "TIFF is not read, since browsers cannot show it. Save it as PNG."),
    (b"BM", "image/bmp", "BMP is not read. Save it as PNG."),
    (b"8BPS", "image/vnd.adobe.photoshop", "Photoshop files are not read. Save it as PNG."),
    (b"MThd", "audio/midi", "MIDI alone is no sound. Render it, and add the recording."),
]
_MARKUP = (b"<svg", b"<!doctype svg", b"<html", b"<!doctype html", b"<?xml", b"<script")


def sniff(head: bytes) -> Sniffed:
    """Tell from the first 4096 bytes (fewer where the file is shorter)."""
    for magic, mime, reader in _IMAGES:
        if head.startswith(magic):
            return Sniffed("image", mime, reader)
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return Sniffed("image", "image/webp", "WEBP")
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return Sniffed("sound", "audio/wav", "wav")
    if head[4:8] == b"ftyp":
        return _iso_media(head[8:12], head[16:64])
    if head.startswith(b"fLaC"):
        return Sniffed("sound", "audio/flac", "flac")
    if head.startswith(b"OggS"):
        return Sniffed("sound", "audio/ogg", "ogg")
    if head.startswith(b"ID3") or (len(head) > 2 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2):
        return Sniffed("sound", "audio/mpeg", "mp3")
    if head.startswith(b"\x1aE\xdf\xa3"):
        return Sniffed("video", "video/webm", "matroska")
    for magic, mime, why in _REFUSED:
        # Two letters are a weak sign: a text may begin with them, so they count for binary files only.
        if head.startswith(magic) and (len(magic) > 2 or _is_binary(head)):
            return Sniffed("refused", mime, why=why)
    if _is_binary(head):
        return Sniffed(
            "refused", "application/octet-stream", why="This is no kind of file that can be read here."
        )
    return Sniffed("text", "text/plain")


def is_markup(head: bytes) -> bool:
    """Whether a text is SVG, HTML or XML, which a browser could run: never taken as a picture."""
    return head.removeprefix(b"\xef\xbb\xbf").lstrip().lower().startswith(_MARKUP)


def _iso_media(brand: bytes, others: bytes) -> Sniffed:
    if brand in (b"avif", b"avis") or (brand in (b"mif1", b"msf1") and b"avif" in others):
        return Sniffed("image", "image/avif", "AVIF")
    if brand[:3] in (b"hei", b"hev") or brand in (b"mif1", b"msf1"):
        return Sniffed("refused", "image/heic", why="HEIC is not read. Save it as JPEG or PNG.")
    if brand in (b"M4A ", b"M4B "):
        return Sniffed("sound", "audio/mp4", "mov")
    if brand == b"qt  ":
        return Sniffed("video", "video/quicktime", "mov")
    return Sniffed("video", "video/mp4", "mov")


def _is_binary(head: bytes) -> bool:
    """Control characters that no text has; the cut at 4096 may fall within a character, so UTF-8 is checked later."""
    return any(byte < 32 and byte not in (9, 10, 12, 13, 27) for byte in head)
