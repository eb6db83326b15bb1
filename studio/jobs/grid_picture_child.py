"""The bounded process that composes a grid's picture; started by grid_picture.py.

Request: plan, the path of a JSON file with sizes in pixels (cell, top, head, aside, below, gap, letters, line, width,
height), words (title, corner, columns, rows), rows of cells ({path} of a WebP, or {words}; label), format and out.
Writes {} or {"unreadable": "<why>"} to stdout.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio.gallery.bounded import limit

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw as Draw
    from PIL.ImageFont import FreeTypeFont, ImageFont

PAPER, INK, QUIET, PLACE = (20, 20, 19), (230, 228, 223), (148, 145, 138), (29, 29, 27)
WIDER = ("NotoSansCJK-Regular.ttc", "NotoSans-Regular.ttf", "DejaVuSans.ttf")
"""Of the machine's own fonts the first that is there draws what the built-in one has no letters for."""


def main() -> None:
    request = json.loads(sys.argv[1])
    limit(request)
    found: dict[str, Any] = {}
    try:
        plan = json.loads(Path(request["plan"]).read_text("utf-8"))
        picture = _Sheet(plan).draw()
        if plan["format"] == "png":
            picture.save(plan["out"], "PNG", compress_level=6)
        else:
            picture.save(plan["out"], "WEBP", method=4, quality=90)
    except MemoryError:
        found = {"unreadable": "It needs more memory to write than the studio allows one file."}
    except Exception as error:  # encoders have limits of their own
        found = {"unreadable": (str(error) or type(error).__name__).splitlines()[0][:200]}
    json.dump(found, sys.stdout)


class _Sheet:
    """The picture while it is drawn."""

    def __init__(self, plan: dict[str, Any]) -> None:
        from PIL import Image as Pictures
        from PIL import ImageDraw

        self.plan = plan
        self.picture = Pictures.new("RGB", (plan["width"], plan["height"]), PAPER)
        self.pen: Draw = ImageDraw.Draw(self.picture)
        self.fonts: dict[bool, FreeTypeFont | ImageFont] = {}

    def draw(self) -> Image:
        plan = self.plan
        gap, (wide, high), line = plan["gap"], plan["cell"], plan["line"]
        self.words(plan["title"], (gap, gap), plan["width"] - 2 * gap, 1)
        left, top = gap + plan["aside"] + (gap if plan["aside"] else 0), plan["top"] + plan["head"]
        if plan["head"]:
            self.words(plan["corner"], (gap, plan["top"]), plan["aside"], 3, QUIET)
        for column, label in enumerate(plan["columns"]):
            self.words(label, (left + column * (wide + gap), plan["top"]), wide, 3)
        for number, row in enumerate(plan["cells"]):
            y = top + number * (high + plan["below"] + gap)
            if plan["rows"]:
                self.words(plan["rows"][number], (gap, y), plan["aside"], max(1, high // line))
            for column, cell in enumerate(row):
                x = left + column * (wide + gap)
                self.cell(cell, x, y)
                if plan["below"]:
                    self.words(cell["label"], (x, y + high + gap // 2), wide, 2)
        return self.picture

    def cell(self, cell: dict[str, Any], x: int, y: int) -> None:
        from PIL import Image as Pictures

        wide, high = self.plan["cell"]
        self.pen.rectangle((x, y, x + wide - 1, y + high - 1), PLACE)
        if "path" not in cell:
            pad = self.plan["gap"]
            lines = max(1, (high - 2 * pad) // self.plan["line"])
            self.words(
                cell["words"], (x + pad, y + pad), wide - 2 * pad, lines, QUIET if cell.get("quiet") else INK
            )
            return
        with Pictures.open(cell["path"], formats=["WEBP"]) as opened:
            picture = opened.convert("RGBA")
        scale = min(wide / picture.width, high / picture.height)
        size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
        picture = picture.resize(size, Pictures.Resampling.LANCZOS)
        self.picture.paste(picture, (x + (wide - size[0]) // 2, y + (high - size[1]) // 2), picture)

    def words(
        self, text: str, at: tuple[int, int], wide: int, lines: int, ink: tuple[int, int, int] = INK
    ) -> None:
        font = self.font(text)
        for number, line in enumerate(self.wrapped(text, font, wide, lines)):
            self.pen.text((at[0], at[1] + number * self.plan["line"]), line, ink, font)

    def wrapped(self, text: str, font: FreeTypeFont | ImageFont, wide: int, lines: int) -> list[str]:
        """As many lines as there is room for, broken at blanks, long words anywhere; the last ends in … where words are
        left."""
        found: list[str] = []
        rest = " ".join(text.split())
        while rest and len(found) < lines:
            fits = self.fitting(rest, font, wide)
            if fits < len(rest) and len(found) + 1 < lines:
                at = rest.rfind(" ", 0, fits + 1)
                fits = at if at > 0 else fits
            elif fits < len(rest):
                found.append(rest[: self.fitting(rest, font, wide - self.pen.textlength("…", font))] + "…")
                break
            found.append(rest[:fits])
            rest = rest[fits:].lstrip()
        return found

    def fitting(self, text: str, font: FreeTypeFont | ImageFont, wide: float) -> int:
        """How many letters of it fit, one at least."""
        low, high = 1, len(text)
        while low < high:
            middle = (low + high + 1) // 2
            if self.pen.textlength(text[:middle], font) <= wide:
                low = middle
            else:
                high = middle - 1
        return low

    def font(self, text: str) -> FreeTypeFont | ImageFont:
        from PIL import ImageFont

        wider = any(ord(letter) > 0x24F and letter not in "…–“”‘’·" for letter in text)
        if wider not in self.fonts:
            self.fonts[wider] = ImageFont.load_default(self.plan["letters"])
            for name in WIDER if wider else ():
                try:
                    self.fonts[wider] = ImageFont.truetype(name, self.plan["letters"])
                    break
                except OSError:
                    continue
        return self.fonts[wider]


if __name__ == "__main__":
    main()
