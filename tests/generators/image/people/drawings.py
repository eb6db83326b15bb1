"""People drawn by us: simple enough to know where everything is, and enough for networks that know photographs."""

from __future__ import annotations

from PIL import Image, ImageDraw, ImageFilter

SKIN, SHADE, HAIR = (224, 178, 148), (205, 155, 125), (60, 40, 30)
FACE = (80, 62, 176, 190)  # of a portrait of 256 pixels


def portrait(side: int = 256) -> tuple[Image.Image, Image.Image]:
    """(head and shoulders from the front on a bluish ground, their alpha)."""
    large = side * 4
    unit = large / 256
    picture = Image.new("RGB", (large, large), (120, 150, 170))
    alpha = Image.new("L", picture.size)
    colours, shape = ImageDraw.Draw(picture), ImageDraw.Draw(alpha)

    def ellipse(left: float, top: float, right: float, bottom: float, fill: tuple[int, int, int]) -> None:
        for pen, value in ((colours, fill), (shape, 255)):
            pen.ellipse((left * unit, top * unit, right * unit, bottom * unit), fill=value)

    def polygon(points: list[tuple[float, float]], fill: tuple[int, int, int]) -> None:
        for pen, value in ((colours, fill), (shape, 255)):
            pen.polygon([(x * unit, y * unit) for x, y in points], fill=value)

    ellipse(40, 190, 216, 400, (40, 60, 110))
    polygon([(108, 170), (148, 170), (156, 215), (100, 215)], SHADE)
    ellipse(72, 40, 184, 150, HAIR)
    ellipse(80, 55, 176, 190, SKIN)
    ellipse(72, 40, 184, 100, HAIR)
    ellipse(86, 72, 170, 130, SKIN)
    for x in (108, 148):
        ellipse(x - 13, 108, x + 13, 122, (245, 240, 235))
        ellipse(x - 6, 108, x + 6, 121, HAIR)
        ellipse(x - 3, 111, x + 3, 118, (10, 10, 10))
        polygon([(x - 15, 100), (x, 96), (x + 15, 100), (x + 15, 103), (x, 100), (x - 15, 103)], HAIR)
    polygon([(128, 118), (120, 146), (136, 146)], SHADE)
    ellipse(119, 140, 137, 150, SHADE)
    ellipse(106, 158, 150, 172, (190, 80, 80))
    return _small(picture, side), alpha.resize((side, side), Image.Resampling.BOX)


JOINTS = {  # of `standing`, of 256 pixels; the person's left is at our right
    "left_shoulder": (152, 80), "right_shoulder": (104, 80),
    "left_elbow": (182, 108), "right_elbow": (74, 108),
    "left_wrist": (200, 72), "right_wrist": (84, 142),
    "left_hip": (142, 150), "right_hip": (114, 150),
    "left_knee": (146, 194), "right_knee": (110, 194),
    "left_ankle": (148, 236), "right_ankle": (108, 236),
}  # fmt: skip


def standing(side: int = 256) -> Image.Image:
    """Somebody from the front, whole, the left arm raised."""
    large = side * 4
    unit = large / 256
    picture = Image.new("RGB", (large, large), (190, 200, 190))
    pen = ImageDraw.Draw(picture)

    def limb(*names: str, width: float, fill: tuple[int, int, int]) -> None:
        points = [(JOINTS[name][0] * unit, JOINTS[name][1] * unit) for name in names]
        pen.line(points, fill=fill, width=round(width * unit), joint="curve")
        for x, y in points:
            reach = width * unit / 2
            pen.ellipse((x - reach, y - reach, x + reach, y + reach), fill=fill)

    for one in ("left", "right"):
        limb(f"{one}_hip", f"{one}_knee", f"{one}_ankle", width=20, fill=(50, 60, 90))
        x, y = JOINTS[f"{one}_ankle"]
        pen.ellipse(((x - 12) * unit, y * unit, (x + 12) * unit, (y + 14) * unit), fill=(40, 30, 30))
    corners = ("left_shoulder", "right_shoulder", "right_hip", "left_hip")
    pen.polygon([(JOINTS[name][0] * unit, JOINTS[name][1] * unit) for name in corners], fill=(170, 60, 60))
    limb("left_shoulder", "right_shoulder", width=20, fill=(170, 60, 60))
    limb("left_hip", "right_hip", width=22, fill=(50, 60, 90))
    for one in ("left", "right"):
        limb(f"{one}_shoulder", f"{one}_elbow", width=16, fill=(150, 50, 50))
        limb(f"{one}_elbow", f"{one}_wrist", width=12, fill=SKIN)
    head, _ = portrait(round(110 * unit / 4))
    _, alpha = portrait(round(110 * unit / 4))
    part = (0, 0, alpha.width, round(alpha.height * 0.76))
    scale = (round(110 * unit), round(110 * unit * 0.76))
    at = (round(73 * unit), round(-8 * unit))
    picture.paste(head.crop(part).resize(scale), at, alpha.crop(part).resize(scale))
    return _small(picture, side)


def _small(picture: Image.Image, side: int) -> Image.Image:
    return picture.resize((side, side), Image.Resampling.BOX).filter(ImageFilter.GaussianBlur(side / 256))
