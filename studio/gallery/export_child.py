"""The bounded process that writes a picture anew in another format or size; started by export.py.

Request: path, out, format (a key of FORMATS), quality 1 to 100, side (longest, in pixels, or 0), mark (words to lay over
it, or ""), xmp and parameters (texts to write, or ""). Writes {"width", "height"} or {"unreadable": "<why>"} to stdout.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio.gallery.bounded import limit

if TYPE_CHECKING:
    from PIL.Image import Image

_EXIF, _COMMENT = 0x8769, 0x9286
PAPER = (255, 255, 255)  # behind what is transparent, in a format that cannot be


def main() -> None:
    request = json.loads(sys.argv[1])
    limit(request)
    found: dict[str, Any]
    try:
        from generators.image.opened import open_picture

        picture = open_picture(Path(request["path"]))
        found = _write(picture, request)
    except MemoryError:
        found = {"unreadable": "It needs more memory to write than the studio allows one file."}
    except Exception as error:  # encoders have limits of their own
        found = {"unreadable": (str(error) or type(error).__name__).splitlines()[0][:200]}
    json.dump(found, sys.stdout)


def _write(picture: Image, request: dict[str, Any]) -> dict[str, Any]:
    from PIL import Image as Pictures
    from PIL import PngImagePlugin

    side, kind = request["side"], request["format"]
    if side and max(picture.size) > side:
        picture.thumbnail((side, side), Pictures.Resampling.LANCZOS, reducing_gap=3.0)
    if kind == "jpeg" and picture.mode == "RGBA":
        flat = Pictures.new("RGB", picture.size, PAPER)
        flat.paste(picture, mask=picture.getchannel("A"))
        picture = flat
    if request["mark"]:
        picture = _marked(picture, request["mark"])
    out, xmp, words = request["out"], request["xmp"], request["parameters"]
    if kind == "png":
        info = PngImagePlugin.PngInfo()
        if words:
            info.add_itxt("parameters", words)
        if xmp:
            info.add_itxt("XML:com.adobe.xmp", xmp)
        picture.save(out, "PNG", pnginfo=info, compress_level=6)
    else:
        more: dict[str, Any] = {"xmp": xmp.encode()} if xmp else {}
        if words:
            more["exif"] = _comment(words)
        quality = {"quality": request["quality"]}
        if kind == "jpeg":
            picture.save(out, "JPEG", optimize=True, progressive=True, subsampling=0, **quality, **more)
        elif kind == "webp":
            picture.save(out, "WEBP", method=4, **quality, **more)
        else:
            picture.save(out, "AVIF", speed=7, max_threads=1, **quality, **more)
    return {"width": picture.width, "height": picture.height}


def _marked(picture: Image, words: str) -> Image:
    from studio.gallery.mark import layer

    whole = picture.convert("RGBA")
    whole.alpha_composite(layer(picture.size, words))
    return whole if "A" in picture.getbands() else whole.convert("RGB")


def _comment(words: str) -> bytes:
    """EXIF with the text as UserComment, UTF-16 in the byte order of the file, as A1111 writes it."""
    from PIL import Image as Pictures

    exif = Pictures.Exif()
    exif.endian = ">"
    exif.get_ifd(_EXIF)[_COMMENT] = b"UNICODE\x00" + words.encode("utf-16-be", "replace")
    return exif.tobytes()


if __name__ == "__main__":
    main()
