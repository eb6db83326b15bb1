"""Texts, sounds and films: what they are, and what is refused."""

from __future__ import annotations

import wave
from pathlib import Path

import pytest
from PIL import Image

from studio.gallery.bounded import Limits
from studio.gallery.probe import Unreadable, probe


def test_text(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_bytes("\ufeff# Für dich\r\nzwei".encode())
    found = probe(path, medium="text", mime="text/markdown")
    assert (found.medium, found.mime, found.text) == ("text", "text/markdown", "# Für dich\nzwei")
    path.write_bytes("# Für dich\nzwei".encode())
    assert probe(path).content_digest == found.content_digest
    assert probe(path).mime == "text/plain"


def test_html_is_kept_as_plain_text(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text("<html><script>alert(1)</script>")
    assert probe(path, medium="text", mime="text/html").mime == "text/plain"


def test_text_that_is_none(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("é".encode("latin-1") * 10)
    with pytest.raises(Unreadable, match="UTF-8"):
        probe(path)
    path.write_bytes(b"x" * 2000)
    with pytest.raises(Unreadable, match="at most"):
        probe(path, limits=Limits(text_bytes=1000))


def sound(path: Path, seconds: float = 0.5, rate: int = 44_100, channels: int = 2) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(b"\x00\x20" * channels * int(seconds * rate))
    return path


def test_sound(tmp_path: Path) -> None:
    with probe(sound(tmp_path / "a.wav")) as found:
        assert (found.medium, found.mime) == ("music", "audio/wav")
        assert found.duration_s == pytest.approx(0.5, abs=0.01)
        assert found.thumbnail is not None
        assert Image.open(found.thumbnail).size == (512, 256)
    with probe(sound(tmp_path / "b.wav", rate=16_000, channels=1)) as found:
        assert found.medium == "speech"
    with probe(sound(tmp_path / "b.wav"), medium="speech") as found:
        assert found.medium == "speech"


def test_sound_that_is_cut_short(tmp_path: Path) -> None:
    path = tmp_path / "a.flac"
    path.write_bytes(b"fLaC\x00\x00\x00\x22" + b"\x00" * 20)
    with pytest.raises(Unreadable):
        probe(path)


def film(path: Path) -> Path:
    """A second of video, which turns from black to red."""
    import av
    import numpy as np

    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height = 64, 48
        for n in range(10):
            pixels = np.full((48, 64, 3), (20 * n, 0, 0), dtype=np.uint8)
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def test_video(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4")
    with probe(path) as found:
        assert (found.medium, found.mime, found.width, found.height) == ("video", "video/mp4", 64, 48)
        assert found.duration_s == pytest.approx(1.0, abs=0.2)
        assert found.thumbnail is not None
    with pytest.raises(Unreadable, match="not an image"):
        probe(path, medium="image")


def test_a_long_video_is_not_decoded_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from studio.gallery import probe_media

    request = {
        "path": str(film(tmp_path / "a.mp4")),
        "out": str(tmp_path),
        "reader": "mov",
        "mime": "video/mp4",
    }
    whole = probe_media.measure({**request, "pixels": 10_000})
    monkeypatch.setattr(probe_media, "DECODED_PIXELS", 1)
    coded = probe_media.measure({**request, "pixels": 10_000})
    assert (coded["width"], coded["duration_s"]) == (whole["width"], whole["duration_s"])
    assert coded["content_digest"] != whole["content_digest"]
    assert Path(coded["thumbnail"]).exists()
