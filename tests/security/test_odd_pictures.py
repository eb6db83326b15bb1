"""What is stored, what people are shown and what a model is given are the same picture; or it is refused, with the reason."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from generators.context import AssetFile, Context, ModelFiles
from generators.events import NewAsset
from generators.image import opened, upscale, upscaler
from studio.gallery import storage
from studio.gallery.models import Asset
from tests.security.pictures import PICTURES, SIZE, alike, halves, sides

pytestmark = pytest.mark.django_db


def body(answer: object) -> bytes:
    """The bytes of an answer that may come in pieces."""
    content = getattr(answer, "content", None)
    return content if content is not None else b"".join(answer.streaming_content)  # type: ignore[attr-defined]


def send(client: Client, name: str, content: bytes) -> dict[str, object]:
    answer = client.post("/api/v1/assets", {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 201, answer.content
    found: dict[str, object] = answer.json()
    return found


@pytest.mark.parametrize("name", list(PICTURES))
def test_stored_shown_and_given_agree(name: str, as_alice: Client, tmp_path: Path) -> None:
    write, left, right = PICTURES[name]
    path = tmp_path / name
    write(path)
    asset = send(as_alice, name, path.read_bytes())
    stored = storage.current().path(str(asset["digest"]))
    assert stored is not None
    assert stored.read_bytes() == path.read_bytes()  # not a bit of what one gave is changed
    assert (asset["width"], asset["height"]) == SIZE

    given = opened.open_picture(stored)
    assert given.size == SIZE
    assert given.mode == ("RGBA" if len(left) == 4 else "RGB")
    for found, wanted in zip(sides(given), (left, right), strict=True):
        assert alike(found, wanted, 6), (name, found, wanted)

    shown = Image.open(io.BytesIO(as_alice.get(f"/api/v1/assets/{asset['id']}/thumbnail").content))
    assert shown.size == SIZE
    for found, wanted in zip(sides(shown.convert(given.mode)), sides(given), strict=True):
        assert alike(found, wanted, 24), (name, found, wanted)  # WebP is lossy


@pytest.mark.parametrize(
    "name", ["turned-6.jpg", "profile.png", "deep.png", "palette-clear.png", "moving.gif"]
)
def test_a_tool_works_on_what_people_see(name: str, tmp_path: Path) -> None:
    folder = upscaler.weights_folder()
    assert folder is not None
    write, left, right = PICTURES[name]
    path = tmp_path / name
    write(path)
    model = ModelFiles("real-esrgan", "sha256:x4", folder, "ncnn", "upscale", meta={"stem": upscaler.FAST})
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    context = Context(
        seed=1,
        scratch=scratch,
        threads=2,
        model_files=model,
        assets={"one": AssetFile("one", path, "image", "image/png")},
    )
    events = upscale.upscale.run(context, upscale.UpscaleInputs(image="one"))
    made = next(event for event in events if isinstance(event, NewAsset))
    with Image.open(made.path) as large:
        assert large.size == (SIZE[0] * 4, SIZE[1] * 4)
        for found, wanted in zip(
            sides(large.convert("RGBA" if len(left) == 4 else "RGB")), (left, right), strict=True
        ):
            assert alike(found, wanted, 12), (found, wanted)


def png_header(width: int, height: int) -> bytes:
    """The beginning of a PNG that says it is this large."""
    import zlib

    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    begin = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head))
    return begin + struct.pack(">I", 1000) + b"IDAT"


def refused() -> Iterator[tuple[str, bytes, str]]:
    whole = io.BytesIO()
    halves(size=(400, 400)).save(whole, "PNG")
    yield "cut.png", whole.getvalue()[: len(whole.getvalue()) // 2], "cut short"
    yield "photo.heic", b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(100), "HEIC is not read"
    yield "photo.jpg", b"\x00\x00\x00\x18ftypheix\x00\x00\x00\x00mif1heix" + bytes(100), "HEIC is not read"
    yield "burst.mp4", b"\x00\x00\x00\x18ftyphevx\x00\x00\x00\x00msf1hevx" + bytes(100), "HEIC is not read"
    yield "picture.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "SVG"
    yield "fake.png", b"<!doctype html><script>alert(1)</script>", "SVG and HTML"
    yield "scan.tiff", b"II*\x00" + bytes(100), "TIFF"
    yield "drawing.png", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n" + bytes(50), "PostScript"
    yield "huge.png", png_header(64_000, 64_000) + bytes(100), "more than the 200 million"
    yield "words.png", b"These are words and no picture at all.", "not an image"


@pytest.mark.parametrize(("name", "content", "why"), list(refused()), ids=lambda value: str(value)[:12])
def test_what_cannot_be_right_is_refused_with_the_reason(
    name: str, content: bytes, why: str, as_alice: Client
) -> None:
    answer = as_alice.post("/api/v1/assets", {"file": SimpleUploadedFile(name, content), "medium": "image"})
    assert answer.status_code == 415, answer.content
    assert why in answer.json()["detail"]
    assert not Asset.objects.exists()


def test_what_it_is_goes_by_its_bytes(as_alice: Client) -> None:
    whole = io.BytesIO()
    halves().save(whole, "WEBP", lossless=True)
    answer = as_alice.post(
        "/api/v1/assets", {"file": SimpleUploadedFile("a.png", whole.getvalue(), content_type="text/html")}
    )
    assert answer.json()["mime"] == "image/webp"
    served = as_alice.get(f"/api/v1/assets/{answer.json()['id']}/content")
    assert served.headers["Content-Type"] == "image/webp"
    assert ".webp" in served.headers["Content-Disposition"]


def test_a_name_of_300_emoji(as_alice: Client) -> None:
    whole = io.BytesIO()
    halves().save(whole, "PNG")
    name = "🎨" * 300
    asset = send(as_alice, f"{name}.png", whole.getvalue())
    title = str(asset["title"])
    assert title
    assert name.startswith(title.rstrip("…"))
    served = as_alice.get(f"/api/v1/assets/{asset['id']}/content?download=1")
    assert served.status_code == 200
    assert served.headers["Content-Disposition"].isascii()
    assert len(served.headers["Content-Disposition"]) < 4000  # a header that servers and proxies take
    assert as_alice.get("/api/v1/assets", {"q": "🎨"}).status_code == 200


def test_large_pictures_are_refused_before_they_are_decoded(tmp_path: Path) -> None:
    path = tmp_path / "huge.png"
    path.write_bytes(png_header(30_000, 30_000) + bytes(100))
    with pytest.raises(opened.TooLarge):
        opened.open_picture(path)
    path.write_bytes(png_header(4096, 8) + bytes(100))
    with pytest.raises(opened.TooLarge):
        opened.open_picture(path, side=2048)
