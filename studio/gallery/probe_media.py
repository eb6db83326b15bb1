"""The part of the probe's child that reads sound and video, by PyAV. No file may name another: one protocol, our format."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio.gallery.probe_child import PREVIEW, THUMBNAIL, Refused, renditions, seen

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream
    from PIL.Image import Image

PEAKS = 128  # bars of a waveform
DECODED_S = 15 * 60  # seconds of sound that are decoded whole
DECODED_PIXELS = 2_000_000_000  # of video: half a minute in 1080p, minutes of what is made here
SPEECH_RATE = 24_000


def measure(request: dict[str, Any]) -> dict[str, Any]:
    """Medium, size, length, digest and renditions of a sound or a video."""
    import av

    try:
        with av.open(
            request["path"], format=request["reader"], options={"protocol_whitelist": "file"}, timeout=20
        ) as container:
            # The cover of a record is a "video" of one picture: it makes no film.
            films = [
                s for s in container.streams.video if not s.disposition & av.stream.Disposition.attached_pic
            ]
            if films:
                return _video(container, films[0], request)
            if container.streams.audio:
                return _sound(container, container.streams.audio[0], request)
    except av.error.FFmpegError as error:
        raise Refused(f"It is broken or cut short ({error.strerror or error}).") from error
    raise Refused("It holds neither sound nor pictures.")


def _length(container: InputContainer, stream: AudioStream | VideoStream) -> float | None:
    if stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    return container.duration / 1_000_000 if container.duration else None


def _packets_digest(container: InputContainer, stream: AudioStream | VideoStream) -> str:
    """Of the coded stream: what is long is not decoded whole. The container's own marks are not in it."""
    hasher = hashlib.sha256(f"coded {stream.codec_context.name}\n".encode())
    for packet in container.demux(stream):
        hasher.update(bytes(packet))
    return hasher.hexdigest()


def _sound(container: InputContainer, stream: AudioStream, request: dict[str, Any]) -> dict[str, Any]:
    import numpy as np

    rate, channels = stream.rate, stream.channels
    hasher = hashlib.sha256(f"sound {rate} {channels} {stream.format.name}\n".encode())
    levels: list[float] = []
    samples = 0
    for frame in container.decode(stream):
        block = frame.to_ndarray()
        hasher.update(np.ascontiguousarray(block).tobytes())
        levels.append(_peak(block))
        samples += frame.samples
        if samples > DECODED_S * rate:
            break
    if not samples:
        raise Refused("It holds no sound that can be decoded.")
    seconds = samples / rate
    digest = hasher.hexdigest()
    if samples > DECODED_S * rate:
        seconds = _length(container, stream) or seconds
        container.seek(0)
        digest = _packets_digest(container, stream)
    mime = {"video/webm": "audio/webm", "video/mp4": "audio/mp4", "video/quicktime": "audio/mp4"}
    return {
        "medium": "speech" if channels == 1 and rate <= SPEECH_RATE else "music",
        "mime": mime.get(request["mime"], request["mime"]),
        "duration_s": round(seconds, 3),
        "content_digest": digest,
        **renditions(_waveform(levels), Path(request["out"]), preview=False),
    }


def _peak(block: Any) -> float:
    """The largest swing of a block of samples, 0 to 1; whole numbers count to their format's largest."""
    import numpy as np

    wave = block.astype(np.float32)
    if block.dtype.kind == "u":  # 8 bits, with silence in the middle
        wave = wave - 128.0
    full = 1.0 if block.dtype.kind == "f" else 2.0 ** (8 * block.dtype.itemsize - 1)
    return float(np.abs(wave).max(initial=0.0)) / full


def _waveform(levels: list[float]) -> Image:
    """Bars of the peaks in a middle grey on nothing: it stands on dark and on light alike."""
    from PIL import Image as Pillow
    from PIL import ImageDraw

    width, height = THUMBNAIL, THUMBNAIL // 2
    picture = Pillow.new("RGBA", (width, height), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    step = width / PEAKS
    for bar in range(PEAKS):
        begin = bar * len(levels) // PEAKS
        part = levels[begin : max(begin + 1, (bar + 1) * len(levels) // PEAKS)]
        half = max(1.0, min(1.0, max(part, default=0.0)) * height * 0.46)
        box = (bar * step, height / 2 - half, bar * step + step * 0.6, height / 2 + half)
        draw.rounded_rectangle(box, radius=step * 0.3, fill=(128, 134, 145, 255))
    return picture


def _video(container: InputContainer, stream: VideoStream, request: dict[str, Any]) -> dict[str, Any]:
    import numpy as np

    width, height = stream.codec_context.width, stream.codec_context.height
    if width * height > request["pixels"]:
        raise Refused(f"Frames of {width} × {height} are more than is decoded here.")
    stream.thread_count = 2
    seconds = _length(container, stream)
    rate = float(stream.average_rate or 30)
    decoded = seconds is not None and width * height * rate * seconds <= DECODED_PIXELS
    hasher = hashlib.sha256(f"video {width}x{height} {stream.codec_context.pix_fmt}\n".encode())
    poster_at = (seconds or 0.0) / 10  # the very first frame is often black
    if not decoded:
        digest = _packets_digest(container, stream)
        container.seek(int(poster_at * 1_000_000))
    poster: VideoFrame | None = None
    last = 0.0
    for frame in container.decode(stream):
        last = frame.time or last
        if poster is None or last <= poster_at:
            poster = frame
        if not decoded:
            break
        hasher.update(np.ascontiguousarray(frame.to_ndarray()).tobytes())
    if poster is None:
        raise Refused("It holds no pictures that can be decoded.")
    image = poster.to_image()  # type: ignore[no-untyped-call]
    if poster.rotation % 360:  # a telephone films lying down and says so
        image = image.rotate(poster.rotation, expand=True)
    if poster.rotation % 180:
        width, height = height, width
    image.thumbnail((PREVIEW, PREVIEW))
    return {
        "medium": "video",
        "mime": request["mime"],
        "width": width,
        "height": height,
        "duration_s": round(seconds if seconds is not None else last, 3),
        "content_digest": hasher.hexdigest() if decoded else digest,
        **seen(image),
        **renditions(image, Path(request["out"]), preview=max(width, height) > THUMBNAIL),
    }
