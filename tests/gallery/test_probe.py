"""What pictures are, and what is refused."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import struct
import subprocess
import sys
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from PIL import Image, ImageOps

from studio.gallery.bounded import Limits
from studio.gallery.probe import Unreadable, probe

Picture = Callable[..., Path]


def digest(image: Image.Image) -> str:
    head = f"{image.mode} {image.width}x{image.height}\n".encode()
    return "sha256:" + hashlib.sha256(head + image.tobytes()).hexdigest()


def test_it_works(picture: Picture) -> None:
    path = picture("wide.png", (700, 350), colour=(10, 200, 30))
    with probe(path) as found:
        assert (found.medium, found.mime, found.width, found.height) == ("image", "image/png", 700, 350)
        assert found.content_digest == digest(Image.open(path))
        assert found.thumbnail is not None
        assert found.preview is not None
        thumbnail, preview = Image.open(found.thumbnail), Image.open(found.preview)
        assert (thumbnail.format, thumbnail.size) == ("WEBP", (512, 256))
        assert (preview.format, preview.size) == ("WEBP", (700, 350))
        assert found.thumbnail.stat().st_size < 25_000
        assert len(base64.b64decode(found.thumbhash)) > 5
    assert found.folder is not None
    assert not found.folder.exists()


def test_a_large_picture_keeps_its_size_and_gets_a_preview(picture: Picture) -> None:
    with probe(picture("large.jpg", (3000, 2000), quality=60)) as found:
        assert (found.width, found.height) == (3000, 2000)
        assert found.preview is not None
        assert Image.open(found.preview).size == (1600, 1067)


def test_a_thumbnail_of_noise_stays_small(tmp_path: Path) -> None:
    path = tmp_path / "noise.png"
    Image.effect_noise((512, 512), 90).convert("RGB").save(path)
    with probe(path) as found:
        assert found.thumbnail is not None
        assert found.thumbnail.stat().st_size < 40_000  # noise is the worst case


def test_exif_orientation(tmp_path: Path) -> None:
    """Turned pictures stand upright everywhere, and are the same picture as when they had been saved upright."""
    image = Image.new("RGB", (60, 20), (0, 0, 255))
    image.paste((255, 0, 0), (0, 0, 20, 20))
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90° to the right
    turned, upright = tmp_path / "turned.png", tmp_path / "upright.png"
    image.save(turned, exif=exif)
    ImageOps.exif_transpose(Image.open(turned)).save(upright)
    with probe(turned) as a, probe(upright) as b:
        assert (a.width, a.height) == (20, 60)
        assert a.content_digest == b.content_digest
        assert a.thumbnail is not None
        top = Image.open(a.thumbnail).convert("RGB").getpixel((10, 5))
        assert isinstance(top, tuple)
        assert top[0] > 200 > top[2]


def test_cmyk(picture: Picture) -> None:
    with probe(picture("print.jpg", (64, 64), "CMYK", (0, 255, 255, 0))) as found:
        assert found.thumbnail is not None
        red = Image.open(found.thumbnail).convert("RGB").getpixel((5, 5))
        assert isinstance(red, tuple)
        assert red[0] > 180 > red[1]


def test_sixteen_bits(tmp_path: Path) -> None:
    """Half of 65535 is a middle grey, not white."""
    path = tmp_path / "deep.png"
    Image.new("I;16", (64, 64), 32768).save(path)
    with probe(path) as found:
        assert found.thumbnail is not None
        grey = Image.open(found.thumbnail).convert("RGB").getpixel((5, 5))
        assert isinstance(grey, tuple)
        assert abs(grey[0] - 128) < 6


def test_a_palette_and_its_colours_are_one_picture(tmp_path: Path) -> None:
    image = Image.new("RGB", (32, 32), (250, 10, 10))
    image.paste((10, 10, 250), (0, 0, 16, 32))
    colours, palette = tmp_path / "rgb.png", tmp_path / "p.png"
    image.save(colours)
    image.quantize(2).save(palette)
    with probe(colours) as a, probe(palette) as b:
        assert a.content_digest == b.content_digest


def test_alpha_is_kept(picture: Picture) -> None:
    with probe(picture("clear.png", (64, 64), "RGBA", (255, 0, 0, 0))) as found:
        assert found.thumbnail is not None
        assert Image.open(found.thumbnail).mode == "RGBA"
        assert base64.b64decode(found.thumbhash)[2] & 0x80  # the hash says so too


@pytest.mark.parametrize("format", ["GIF", "WEBP", "PNG"])
def test_animated(tmp_path: Path, format: str) -> None:
    frames = [Image.new("RGB", (40, 40), (80 * n, 20, 20)) for n in range(3)]
    path, still = tmp_path / "moving", tmp_path / "still"
    frames[0].save(path, format, save_all=True, append_images=frames[1:], duration=200)
    frames[0].save(still, format)
    with probe(path) as found, probe(still) as one:
        assert found.medium == "image"
        assert found.duration_s == pytest.approx(0.6)
        assert found.content_digest != one.content_digest
        assert one.duration_s is None


@pytest.mark.parametrize("name", ["cut.png", "cut.jpg", "cut.webp", "cut.gif"])
def test_truncated(picture: Picture, name: str) -> None:
    path = picture(name, (400, 400))
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(Unreadable, match="broken or cut short"):
        probe(path)


def test_mislabelled(picture: Picture) -> None:
    """The bytes say what it is; what somebody says is put right where the medium is the same."""
    jpeg = picture("really.jpg", (20, 20)).rename(picture("x.png").with_name("fake.png"))
    with probe(jpeg, medium="image", mime="image/png") as found:
        assert found.mime == "image/jpeg"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        (b"<!DOCTYPE html><script>alert(1)</script>", "HTML"),
        (b"just words", "a text, not an image"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"PK\x03\x04....", "archive"),
        (b"\x00\x01\x02\x03nonsense", "no kind of file"),
        (b"\x89PNG\r\n\x1a\nnot really", "broken"),
        (b"%!PS-Adobe-3.0 EPSF", "program"),
    ],
)
def test_refused_as_an_image(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "picture.png"
    path.write_bytes(content)
    with pytest.raises(Unreadable, match=words):
        probe(path, medium="image", mime="image/png")


def test_an_image_is_no_text(picture: Picture) -> None:
    with pytest.raises(Unreadable, match="an image, not a text"):
        probe(picture(), medium="text")


def bomb(path: Path, width: int, height: int) -> Path:
    """A PNG of a few kB whose header promises width × height pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\x00" * 100_000)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b""))
    return path


def test_a_bomb(tmp_path: Path) -> None:
    begun = time.monotonic()
    with pytest.raises(Unreadable, match="million"):
        probe(bomb(tmp_path / "bomb.png", 60_000, 60_000))
    assert time.monotonic() - begun < 20  # decoding 3.6 thousand million pixels takes minutes


def test_a_bomb_of_frames(tmp_path: Path) -> None:
    frames = [Image.new("L", (100, 100), n) for n in range(40)]
    path = tmp_path / "many.gif"
    frames[0].save(path, save_all=True, append_images=frames[1:])
    with pytest.raises(Unreadable, match="frames"):
        probe(path, limits=Limits(pixels=50_000))


def test_memory_is_bounded(picture: Picture) -> None:
    with pytest.raises(Unreadable, match=r"memory|limits"):
        probe(picture("big.png", (9000, 9000)), limits=Limits(memory=220 << 20))


def test_time_is_bounded(picture: Picture) -> None:
    with pytest.raises(Unreadable, match="longer"):
        probe(picture("slow.png", (6000, 6000)), limits=Limits(wall_s=0))


def test_renditions_carry_nothing_private(tmp_path: Path) -> None:
    """Neither the place where a picture was taken nor any other mark gets into what is shown."""
    path = tmp_path / "photo.jpg"
    exif = Image.Exif()
    exif[0x010E] = "secret"
    exif.get_ifd(0x8825)[1] = "N"
    Image.new("RGB", (900, 600), (90, 120, 30)).save(path, exif=exif, comment=b"secret", xmp=b"<x>secret</x>")
    with probe(path) as found:
        assert found.thumbnail is not None
        assert found.preview is not None
        for file in (found.thumbnail, found.preview):
            assert b"secret" not in file.read_bytes()
            assert not Image.open(file).getexif()


def test_a_colour_profile_is_applied(tmp_path: Path) -> None:
    """A picture whose profile swaps nothing looks the same; the renditions are plain sRGB."""
    from PIL import ImageCms

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    path = tmp_path / "profiled.png"
    Image.new("RGB", (64, 64), (200, 100, 50)).save(path, icc_profile=profile)
    with probe(path) as found:
        assert found.thumbnail is not None
        shown = Image.open(found.thumbnail)
        assert "icc_profile" not in shown.info
        colour = shown.convert("RGB").getpixel((30, 30))
        assert isinstance(colour, tuple)
        assert colour == pytest.approx((200, 100, 50), abs=6)


def test_the_child_starts_light(picture: Picture) -> None:
    """Neither Django nor numpy nor torch for a picture; that is what makes it quick."""
    request = json.dumps(
        {
            "path": str(picture()),
            "out": str(picture().parent),
            "kind": "image",
            "mime": "image/png",
            "reader": "PNG",
            "pixels": 1_000_000,
            "memory": 2 << 30,
            "cpu_s": 20,
        }
    )
    code = (
        "import sys; from studio.gallery import probe_child; sys.argv = ['', sys.argv[1]]; probe_child.main(); "
        "print(); print(sorted({'django', 'numpy', 'torch', 'av'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, request], cwd=settings.BASE, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_secret_does_not_reach_the_child(picture: Picture, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[dict[str, str]] = []
    run = subprocess.run

    def watch(*args: object, **more: object) -> object:
        seen.append(more["env"])  # type: ignore[arg-type]
        return run(*args, **more)  # type: ignore[call-overload]

    monkeypatch.setenv("DATABASE_URL", "postgresql://secret")
    monkeypatch.setattr(subprocess, "run", watch)
    probe(picture()).discard()
    assert seen
    assert set(seen[0]) == {"PATH", "LANG", "TMPDIR", "HOME"}


def test_thumbhash_holds_the_average_colour() -> None:
    """Decoded as the format says: the first 18 bits are the mean lightness and the two mean differences."""
    from studio.gallery.thumbhash import thumbhash

    raw = thumbhash(Image.new("RGB", (80, 40), (200, 100, 50)))
    head = int.from_bytes(raw[:3], "little")
    light, yellow, red = (head & 63) / 63, (head >> 6 & 63) / 31.5 - 1, (head >> 12 & 63) / 31.5 - 1
    b = light - 2 / 3 * yellow
    r = (3 * light - b + red) / 2
    assert (r * 255, (r - red) * 255, b * 255) == pytest.approx((200, 100, 50), abs=6)
    assert raw[4] & 0x80  # landscape


def test_thumbhash_of_an_empty_picture() -> None:
    from studio.gallery.thumbhash import thumbhash

    assert thumbhash(Image.new("RGBA", (1, 1), (0, 0, 0, 0)))


def test_a_picture_of_one_pixel(picture: Picture) -> None:
    with probe(picture("dot.png", (1, 1))) as found:
        assert (found.width, found.height) == (1, 1)


def test_a_very_long_strip(picture: Picture) -> None:
    with probe(picture("strip.png", (20_000, 2))) as found:
        assert found.width == 20_000


def test_a_digital_source_type_that_the_file_brought(tmp_path: Path) -> None:
    from studio.gallery.provenance import Provenance, packet

    path = tmp_path / "marked.webp"
    buffer = io.BytesIO()
    Image.new("RGB", (10, 10)).save(
        buffer, "WEBP", xmp=packet(Provenance("trainedAlgorithmicMedia", tool="x"))
    )
    path.write_bytes(buffer.getvalue())
    with probe(path) as found:
        assert found.marked == "trainedAlgorithmicMedia"
