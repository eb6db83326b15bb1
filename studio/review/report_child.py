"""The bounded process that lays a review out as a PDF; started by report.py.

Request: data (path of the JSON that `report.content` made), out (path to write). Words in it are data: nothing in them
is read as markup. Writes {"pages": n} to stdout.
"""

from __future__ import annotations

import io
import json
import sys
import unicodedata
from collections.abc import Sequence
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor, white
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFError, TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer

from studio.gallery.bounded import limit

SYSTEM_FONTS = [
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
    "/usr/share/fonts/dejavu-sans-fonts/DejaVuSans.ttf",
    "/usr/share/fonts/TTF/DejaVuSans.ttf",
    "/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf",
    "/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf",
    "/System/Library/Fonts/Supplemental/Arial Unicode.ttf",
    "/Library/Fonts/Arial Unicode.ttf",
]
"""With more letters than reportlab's own; the first that is there is used."""
OWN_FONT, OWN_BOLD = "Vera.ttf", "VeraBd.ttf"  # lie in reportlab
EAST = [
    ("HeiseiKakuGo-W5", 0x3040, 0x30FF),
    ("HYGothic-Medium", 0xAC00, 0xD7A3),
    ("STSong-Light", 0x3000, 0x9FFF),
]
"""Every PDF reader brings these for Japanese, Korean and Chinese: (name, first, last)."""
SIDE = 1100  # pixels of a picture's longest side
HIGHEST = 330  # points
ACCENT, INK, QUIET = HexColor("#c2410c"), HexColor("#1c1917"), HexColor("#57534e")
MARGIN = 54


class Letters:
    """Finds a font for each letter. What none has is told by its name."""

    def __init__(self) -> None:
        self.fonts: list[tuple[str, Any]] = []
        for name, paths in [("body", [*SYSTEM_FONTS, OWN_FONT]), ("own", [OWN_FONT])]:
            for path in paths:
                try:
                    font = TTFont(name, path)
                except (TTFError, OSError):
                    continue
                pdfmetrics.registerFont(font)
                self.fonts.append((name, font.face.charToGlyph))
                break
        beside = [path.replace("-Regular", "").replace(".ttf", "-Bold.ttf") for path in SYSTEM_FONTS]
        bold = next(path for path in [*(each for each in beside if Path(each).exists()), OWN_BOLD])
        pdfmetrics.registerFont(TTFont("bold", bold))
        self.bold = pdfmetrics.getFont("bold").face.charToGlyph
        self.east: set[str] = set()

    def font_of(self, letter: str, *, bold: bool) -> str | None:
        code = ord(letter)
        if bold and code in self.bold:
            return "bold"
        for name, has in self.fonts:
            if code in has:
                return name
        for name, first, last in EAST:
            if first <= code <= last:
                if name not in self.east:
                    pdfmetrics.registerFont(UnicodeCIDFont(name))
                    self.east.add(name)
                return name
        return None

    def markup(self, words: str, *, bold: bool = False) -> str:
        """reportlab's markup of plain words: each run in a font that has its letters, line ends kept."""
        runs: list[tuple[str, str]] = []
        for letter in words.replace("\r\n", "\n").replace("\t", "    "):
            if letter == "\n":
                runs.append(("", "<br/>"))
                continue
            if unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Mn", "Sk"} and not self.font_of(
                letter, bold=bold
            ):
                continue
            name = self.font_of(letter, bold=bold)
            told = letter if name else f"[{unicodedata.name(letter, f'U+{ord(letter):04X}').lower()}]"
            font = name or self.fonts[0][0]
            if runs and runs[-1][0] == font:
                runs[-1] = (font, runs[-1][1] + escape(told))
            else:
                runs.append((font, escape(told)))
        return "".join(f'<font name="{font}">{told}</font>' if font else told for font, told in runs)


STYLES = {
    "title": ParagraphStyle("title", fontSize=20, leading=25, textColor=INK, spaceAfter=8),
    "section": ParagraphStyle(
        "section", fontSize=14, leading=18, textColor=INK, spaceBefore=18, spaceAfter=4, keepWithNext=1
    ),
    "heading": ParagraphStyle(
        "heading", fontSize=11, leading=15, textColor=INK, spaceBefore=8, keepWithNext=1
    ),
    "strong": ParagraphStyle("strong", fontSize=10, leading=14, textColor=INK, spaceAfter=2),
    "body": ParagraphStyle("body", fontSize=10, leading=14, textColor=INK, spaceAfter=4),
    "quiet": ParagraphStyle("quiet", fontSize=9, leading=12, textColor=QUIET, spaceAfter=2),
    "comment": ParagraphStyle(
        "comment", fontSize=9, leading=12, textColor=ACCENT, spaceBefore=6, keepWithNext=1
    ),
    "said": ParagraphStyle("said", fontSize=10, leading=14, textColor=INK, leftIndent=12),
    "replied": ParagraphStyle(
        "replied", fontSize=9, leading=12, textColor=QUIET, leftIndent=24, spaceBefore=2, keepWithNext=1
    ),
    "reply": ParagraphStyle("reply", fontSize=10, leading=14, textColor=INK, leftIndent=24),
}
BOLD = {"title", "section", "heading", "strong", "comment"}


class Pinned(Flowable):  # type: ignore[misc]  # reportlab has no types
    """A picture with the numbers of its comments where they are pinned."""

    def __init__(self, path: str, places: Sequence[dict[str, Any]], widest: float) -> None:
        super().__init__()
        from generators.image.opened import open_picture

        picture = open_picture(Path(path))
        picture.thumbnail((SIDE, SIDE))
        if picture.mode == "RGBA":
            from PIL import Image

            flat = Image.new("RGB", picture.size, "white")
            flat.paste(picture, mask=picture.getchannel("A"))
            picture = flat
        held = io.BytesIO()
        picture.convert("RGB").save(held, "JPEG", quality=82)  # goes into the PDF as it is
        held.seek(0)
        self.picture = ImageReader(held)
        scale = min(widest / picture.width, HIGHEST / picture.height)
        self.width, self.height = picture.width * scale, picture.height * scale
        self.places = places

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        return self.width, self.height + 8

    def draw(self) -> None:
        canvas: Canvas = self.canv
        canvas.drawImage(self.picture, 0, 4, self.width, self.height)
        canvas.setStrokeColor(ACCENT)
        canvas.setLineWidth(1.5)
        for place in self.places:
            pin = place["pin"]
            if pin["kind"] == "box":
                right, down = pin["x"] + pin["width"], pin["y"] + pin["height"]
                (x, y), (x1, y1) = self._at(pin["x"], pin["y"]), self._at(right, down)
                canvas.rect(x, y1, x1 - x, y - y1)
                mark = self._at(right, pin["y"])
            elif pin["kind"] == "line":
                points = [self._at(*point) for point in pin["points"]]
                for (x, y), (x1, y1) in pairwise(points):
                    canvas.line(x, y, x1, y1)
                mark = points[-1]
            else:
                mark = self._at(pin["x"], pin["y"])
            canvas.setFillColor(ACCENT)
            canvas.circle(*mark, 7, stroke=0, fill=1)
            canvas.setFillColor(white)
            canvas.setFont("bold", 8)
            canvas.drawCentredString(mark[0], mark[1] - 3, str(place["number"]))

    def _at(self, x: float, y: float) -> tuple[float, float]:
        return x * self.width, 4 + (1 - y) * self.height


def write(data: dict[str, Any], out: str) -> int:
    """Lay it out; returns how many pages."""
    letters = Letters()
    document = SimpleDocTemplate(
        out, pagesize=A4, leftMargin=MARGIN, rightMargin=MARGIN, topMargin=MARGIN, bottomMargin=MARGIN,
        title=data["title"],
    )  # fmt: skip

    def para(style: str, words: str) -> Paragraph:
        return Paragraph(letters.markup(words, bold=style in BOLD), STYLES[style])

    story: list[Flowable] = [para("title", data["title"]), *(para(*line) for line in data["lines"])]
    for section in data["sections"]:
        story.append(para("section", section["title"]))
        if section["picture"]:
            with suppress(Exception):  # whatever a decoder says: the words are worth having without it
                story.append(Pinned(section["picture"], section["pins"], A4[0] - 2 * MARGIN))
        story += [para(*line) for line in section["lines"] if line[1].strip()]
        story.append(Spacer(1, 6))

    def foot(canvas: Canvas, laid: SimpleDocTemplate) -> None:
        line = Paragraph(letters.markup(f"{data['footer']}. {data['page']} {laid.page}"), STYLES["quiet"])
        line.wrapOn(canvas, A4[0] - 2 * MARGIN, 30)
        line.drawOn(canvas, MARGIN, 24)

    document.build(story, onFirstPage=foot, onLaterPages=foot)
    return int(document.page)


def main() -> None:
    request = json.loads(sys.argv[1])
    limit(request)
    data = json.loads(Path(request["data"]).read_text(encoding="utf-8"))
    json.dump({"pages": write(data, request["out"])}, sys.stdout)


if __name__ == "__main__":
    main()
