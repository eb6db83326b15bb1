"""Pictures written anew: what other programs find in them, read here by Pillow and by a parser of A1111's text of our own."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from studio.gallery.models import Asset
from studio.teams.models import User
from tests.gallery.conftest import People
from tests.gallery.test_files import body as bytes_of

Picture = Callable[..., Path]
SignedIn = Callable[[User], Client]
pytestmark = pytest.mark.django_db
PROMPT = 'a fox, "red": snow\nsecond line'
INPUTS = {
    "prompt": PROMPT,
    "negative_prompt": "rain, fog",
    "seed": 4294967295,
    "steps": 20,
    "guidance": 3.5,
    "width": 40,
    "height": 30,
}
FACTS = {"inputs": INPUTS, "model": {"name": "pocket-image", "digest": "sha256:0123456789abcdef"}}


@pytest.fixture
def made(people: People, picture: Picture) -> Asset:
    """A picture as image.generate leaves it."""
    from studio.gallery.actions import add

    return add(
        team=people.team,
        author=people.carol,
        path=picture("made.png", (40, 30), "RGB", (200, 80, 40)),
        tool="image.generate",
        model="pocket-image",
        prompt=PROMPT,
        facts=FACTS,
    )


def fetched(client: Client, asset: Asset, **query: Any) -> tuple[Any, Image.Image]:
    answer = client.get(f"/api/v1/assets/{asset.pk}/export", query)
    assert answer.status_code == 200, answer.content
    body = bytes_of(answer)
    assert len(body) == int(answer["Content-Length"])
    return answer, Image.open(io.BytesIO(body))


def settings_of(text: str) -> dict[str, str]:
    """The last line of A1111's text, as that program splits it: pairs with commas between, quoted where need be."""
    pairs = re.findall(r'\s*(\w[\w \-/]+):\s*("(?:\\.|[^\\"])+"|[^,]*)(?:,|$)', text.strip().split("\n")[-1])
    assert len(pairs) >= 3, "fewer pairs than that are taken for a part of the prompt"
    return dict(pairs)


def comment_of(image: Image.Image) -> str:
    raw = image.getexif().get_ifd(0x8769)[0x9286]
    assert raw[:8] == b"UNICODE\x00"
    return str(raw[8:].decode("utf-16-be"))


@pytest.mark.parametrize(
    ("format", "mime", "ending"),
    [
        ("png", "image/png", ".png"),
        ("jpeg", "image/jpeg", ".jpg"),
        ("webp", "image/webp", ".webp"),
        ("avif", "image/avif", ".avif"),
    ],
)
def test_formats(
    made: Asset, people: People, signed_in: SignedIn, format: str, mime: str, ending: str
) -> None:
    client = signed_in(people.victor)
    answer, image = fetched(client, made, format=format, parameters="true", prompt="true")
    assert (answer["Content-Type"], image.size, image.format) == (mime, (40, 30), format.upper())
    assert ending in answer["Content-Disposition"]
    assert answer["Content-Disposition"].startswith("attachment")
    red, green, blue = image.convert("RGB").getpixel((20, 15))  # type: ignore[misc]
    assert max(abs(red - 200), abs(green - 80), abs(blue - 40)) <= (0 if format == "png" else 12)
    text = image.info["parameters"] if format == "png" else comment_of(image)
    assert text.startswith(f"{PROMPT}\nNegative prompt: rain, fog\nSteps: 20, ")
    told = settings_of(text)
    assert (told["Seed"], told["CFG scale"], told["Size"]) == ("4294967295", "3.5", "40x30")
    assert (told["Model"], told["Model hash"]) == ("pocket-image", "0123456789")
    xmp = image.info.get("xmp") or image.info["XML:com.adobe.xmp"]
    xmp = xmp.decode() if isinstance(xmp, bytes) else xmp
    assert "digitalsourcetype/trainedAlgorithmicMedia" in xmp
    assert "a fox, &quot;red&quot;: snow" in xmp or '\'a fox, "red": snow' in xmp
    # And our own reader understands it.
    from generators.image.metadata import read

    said = read({"parameters": text})
    assert said is not None
    assert (said.prompt, said.negative_prompt, said.seed) == (PROMPT, "rain, fog", 4294967295)


def test_nothing_is_said_that_was_not_asked_for(made: Asset, people: People, signed_in: SignedIn) -> None:
    answer, image = fetched(signed_in(people.victor), made, format="jpeg")
    assert "fox" not in str(image.info)
    assert not image.getexif()
    assert b"trainedAlgorithmicMedia" in image.info["xmp"]
    assert answer["Cache-Control"] == "private, no-store"


def test_transparent_turned_and_smaller(people: People, picture: Picture, signed_in: SignedIn) -> None:
    from studio.gallery.actions import add

    clear = Image.new("RGBA", (60, 20), (10, 20, 30, 255))
    clear.putpixel((0, 0), (0, 0, 0, 0))
    path = picture("clear.png")
    clear.save(path)
    asset = add(team=people.team, author=people.carol, path=path)
    client = signed_in(people.carol)
    image = fetched(client, asset, format="png")[1]
    assert image.tobytes() == clear.tobytes()
    assert "xmp" not in str(image.info).lower(), "an upload says nothing of itself"
    assert fetched(client, asset, format="webp", quality=100)[1].mode == "RGBA"
    white = fetched(client, asset, format="jpeg", quality=100)[1].getpixel((0, 0))
    assert min(white) > 150  # type: ignore[arg-type]
    assert fetched(client, asset, format="avif", side=30)[1].size == (30, 10)
    turned = picture("turned.jpg", (40, 30), "RGB", (1, 2, 3), exif=_turned())
    asset = add(team=people.team, author=people.carol, path=turned)
    assert fetched(client, asset, format="png")[1].size == (30, 40)


def _turned() -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = 6
    return exif


def test_what_is_no_picture_and_whose_it_is_not(
    made: Asset, people: People, asset: Callable[..., Asset], signed_in: SignedIn
) -> None:
    answer = signed_in(people.carol).get(f"/api/v1/assets/{asset().pk}/export")
    assert (answer.status_code, answer.json()["detail"]) == (
        415,
        "Only pictures can be written in another format.",
    )
    address = f"/api/v1/assets/{made.pk}/export"
    assert signed_in(people.otto).get(address).status_code == 404
    assert signed_in(people.carol).get(address, {"format": "bmp"}).status_code == 422
