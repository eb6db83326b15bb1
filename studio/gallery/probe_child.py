"""The process in which a stranger's file is decoded: short-lived, bounded, without the studio's secrets.

Started by probe.py through bounded.py. Writes one JSON object to stdout:
the measures, or {"unreadable": "<a sentence>"}. Imports neither Django nor torch, so that it starts in
milliseconds; numpy and PyAV only for sound and video (see probe_media.py).
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio.gallery.bounded import limit

if TYPE_CHECKING:
    from PIL.Image import Image

THUMBNAIL, PREVIEW = 512, 1600  # longest sides, in pixels
THUMBNAIL_BYTES = 25_000
FRAMES_BUDGET = 5  # the frames of an animation together hold at most this many times the pixel limit


class Refused(Exception):
    """Why this file cannot be taken, as a sentence for the person."""


def main() -> None:
    request = json.loads(sys.argv[1])
    limit(request)
    try:
        if request["kind"] == "image":
            found = _image(request)
        else:
            from studio.gallery.probe_media import measure

            found = measure(request)
    except Refused as reason:
        found = {"unreadable": str(reason)}
    except MemoryError:
        found = {"unreadable": "It needs more memory to decode than the studio allows one file."}
    json.dump(found, sys.stdout)


def _image(request: dict[str, Any]) -> dict[str, Any]:
    from PIL import Image as Pillow
    from PIL import ImageFile, PngImagePlugin

    from generators.image.opened import upright

    _plugin(request["reader"])
    Pillow.MAX_IMAGE_PIXELS = request["pixels"]
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    PngImagePlugin.MAX_TEXT_CHUNK = 8 << 20
    import warnings

    warnings.simplefilter("ignore")
    try:
        with Pillow.open(request["path"], formats=[request["reader"]]) as image:
            width, height = image.size
            if width * height > request["pixels"]:
                raise _bomb(width, height, request["pixels"])
            frames = 1 if image.format == "MPO" else getattr(image, "n_frames", 1)
            if width * height * frames > request["pixels"] * FRAMES_BUDGET:
                raise Refused(
                    f"Its {frames} frames of {width} × {height} are more than is decoded here. Shorten it."
                )
            marked = _source_type(image)
            duration = 0.0
            first = upright(image)
            digest = _pixels_digest(first, None)
            if frames > 1:
                hasher = hashlib.sha256(digest.encode())
                for at in range(frames):
                    image.seek(at)
                    image.load()
                    duration += float(image.info.get("duration", 0)) / 1000
                    _pixels_digest(image, hasher)
                digest = hasher.hexdigest()
            width, height = first.size
            small = _for_people(first, image.info.get("icc_profile"))
    except Pillow.DecompressionBombError:
        raise _bomb(0, 0, request["pixels"]) from None
    except (Refused, MemoryError):
        raise
    except Exception as error:  # decoders raise whatever they like on broken files
        raise Refused(f"It is broken or cut short ({_said(error)}).") from error
    out = Path(request["out"])
    return {
        "width": width,
        "height": height,
        "duration_s": round(duration, 3) or None,
        "content_digest": digest,
        "marked": marked,
        **seen(small),
        **renditions(small, out, preview=max(width, height) > THUMBNAIL),
    }


def _plugin(reader: str) -> None:
    """Import the two decoders that are needed; Pillow would import all of them."""
    from PIL import WebPImagePlugin  # noqa: F401 - renditions are WebP

    if reader == "PNG":
        from PIL import PngImagePlugin  # noqa: F401
    elif reader == "JPEG":
        from PIL import JpegImagePlugin  # noqa: F401
    elif reader == "GIF":
        from PIL import GifImagePlugin  # noqa: F401
    elif reader == "AVIF":
        from PIL import AvifImagePlugin  # noqa: F401


def _bomb(width: int, height: int, limit: int) -> Refused:
    size = f"{width} × {height} pixels are" if width else "It has"
    return Refused(
        f"{size} more than the {limit // 1_000_000} million that are decoded here. Make it smaller."
    )


def _said(error: Exception) -> str:
    """The decoder's words, but for those that name a place on this machine."""
    from PIL import UnidentifiedImageError

    if isinstance(error, UnidentifiedImageError | OSError) and "/" in str(error):
        return "only its beginning is that of a picture"
    return (str(error) or type(error).__name__).splitlines()[0][:120]


def _pixels_digest(image: Image, hasher: hashlib._Hash | None) -> str:
    """SHA-256 over mode, size and pixels. A palette is looked up first: the same picture, the same digest."""
    if image.mode in ("P", "PA"):
        image = image.convert("RGBA" if "transparency" in image.info or image.mode == "PA" else "RGB")
    elif image.mode == "1":
        image = image.convert("L")
    hasher = hashlib.sha256() if hasher is None else hasher
    hasher.update(f"{image.mode} {image.width}x{image.height}\n".encode())
    band = max(
        1, (16 << 20) // (image.width * 4)
    )  # rows at a time: tobytes() of it all would double the memory
    for top in range(0, image.height, band):
        hasher.update(image.crop((0, top, image.width, min(image.height, top + band))).tobytes())
    return hasher.hexdigest()


def _for_people(image: Image, profile: bytes | None) -> Image:
    """At most 1600 pixels long, RGB or RGBA, 8 bits, colours in sRGB; as `open_picture` shows it to tools."""
    from PIL import Image as Pillow

    from generators.image.opened import eight_bits, in_srgb

    small = eight_bits(image)
    if max(small.size) > PREVIEW:
        small = small.copy() if small.readonly else small
        small.thumbnail((PREVIEW, PREVIEW), Pillow.Resampling.LANCZOS, reducing_gap=3.0)
    return in_srgb(small, profile)


def seen(image: Image) -> dict[str, Any]:
    """What the picture looks like: see likeness.py."""
    from studio.gallery.likeness import looks

    phash, colours = looks(image)
    return {"phash": phash, "colours": colours}


def renditions(image: Image, out: Path, *, preview: bool) -> dict[str, Any]:
    """Write thumbnail.webp and, where asked, preview.webp; gives their paths and the thumbhash (base64)."""
    import base64

    from PIL import Image as Pillow

    from studio.gallery.thumbhash import thumbhash

    found: dict[str, Any] = {}
    if preview:
        path = out / "preview.webp"
        image.save(path, "WEBP", quality=80, method=2)
        found["preview"] = str(path)
    path = out / "thumbnail.webp"
    # Noise does not compress: first the quality gives way, then the size.
    for side, quality in ((THUMBNAIL, 80), (THUMBNAIL, 60), (THUMBNAIL, 40), (384, 40), (256, 30)):
        small = image.copy()
        small.thumbnail((side, side), Pillow.Resampling.LANCZOS, reducing_gap=3.0)
        small.save(path, "WEBP", quality=quality, method=3)
        if path.stat().st_size <= THUMBNAIL_BYTES:
            break
    found["thumbnail"] = str(path)
    found["thumbhash"] = base64.b64encode(thumbhash(small)).decode()
    return found


def _source_type(image: Image) -> str:
    """The IPTC digital source type that the file's own XMP names, or ""."""
    import re

    raw = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp") or b""
    text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else str(raw)
    hit = re.search(r"cv\.iptc\.org/newscodes/digitalsourcetype/([A-Za-z]{1,60})", text)
    return hit.group(1) if hit else ""


if __name__ == "__main__":
    main()
