"""The bounded process that lays a watermark over a film or a sound; started by marked.py.

Request: path, reader (the decoder's name for the format), out, medium, mark (the words). A film becomes WebM (VP8, Opus) of
at most 1280 pixels with the words over every picture; a sound becomes MP3 with a short tone at its beginning and every
eight seconds. Writes {} or {"unreadable": "<why>"} to stdout.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from studio.gallery.bounded import limit

if TYPE_CHECKING:
    import numpy as np
    from av.audio.frame import AudioFrame
    from av.container import InputContainer, OutputContainer
    from av.video.frame import VideoFrame
    from numpy.typing import NDArray

SIDE = 1280
RATE = 48_000
TONE_EVERY_S, TONE_S, TONE_LEVEL = 8, 0.5, 0.2
MILLISECONDS = Fraction(1, 1000)


def main() -> None:
    request = json.loads(sys.argv[1])
    limit(request)
    found: dict[str, Any] = {}
    try:
        import av

        with av.open(
            request["path"], format=request["reader"], options={"protocol_whitelist": "file"}, timeout=20
        ) as source:
            if request["medium"] == "video":
                with av.open(request["out"], "w", format="webm") as target:
                    _film(source, target, request["mark"])
            else:
                with av.open(request["out"], "w", format="mp3") as target:
                    _sound(source, target)
    except MemoryError:
        found = {"unreadable": "It needs more memory to mark than the studio allows one file."}
    except Exception as error:  # decoders and encoders have limits of their own
        found = {"unreadable": (str(error) or type(error).__name__).splitlines()[0][:200]}
    json.dump(found, sys.stdout)


def _film(source: InputContainer, target: OutputContainer, words: str) -> None:
    import av

    shown = next(s for s in source.streams.video if not s.disposition & av.stream.Disposition.attached_pic)
    heard = source.streams.audio[0] if source.streams.audio else None
    out: Any = None
    sound = target.add_stream("libopus", rate=RATE, layout="stereo", bit_rate=96_000) if heard else None
    resampler = av.AudioResampler(format="s16", layout="stereo", rate=RATE)
    mark, last = _Mark(words), -1
    for packet in source.demux([stream for stream in (shown, heard) if stream]):
        for frame in packet.decode():
            if isinstance(frame, av.VideoFrame):
                picture = mark.laid_over(_turned(frame))
                if out is None:
                    out = target.add_stream("libvpx", rate=30)
                    out.width, out.height, out.pix_fmt = picture.width, picture.height, "yuv420p"
                    out.codec_context.time_base = MILLISECONDS
                    out.options = {"deadline": "realtime", "cpu-used": "8", "crf": "24", "b": "2M"}
                last = max(last + 1, round((frame.time or 0.0) * 1000))
                picture.pts, picture.time_base = last, MILLISECONDS
                target.mux(out.encode(picture))
            elif sound is not None and isinstance(frame, av.AudioFrame):
                for block in resampler.resample(frame):
                    target.mux(sound.encode(block))
    if out is None:
        raise ValueError("It holds no pictures that can be decoded.")
    target.mux(out.encode())
    if sound is not None:
        target.mux(sound.encode())


def _turned(frame: VideoFrame) -> VideoFrame:
    """The frame as it is to be seen: a telephone films lying down and says so."""
    import av
    import numpy as np

    quarters = frame.rotation // 90 % 4
    if not quarters:
        return frame
    pixels: Any = np.ascontiguousarray(np.rot90(frame.to_ndarray(format="rgb24"), quarters))
    return av.VideoFrame.from_ndarray(pixels, format="rgb24")


class _Mark:
    """The words over frames of one size, in their brightness alone: it is a third of the work, and shows as well."""

    def __init__(self, words: str) -> None:
        self.words = words
        self.size = (0, 0)
        self.bright: NDArray[np.uint16]
        self.keeps: NDArray[np.uint16]

    def laid_over(self, frame: VideoFrame) -> VideoFrame:
        import av
        import numpy as np

        if not self.size[0]:  # the first decides: what changes its size meanwhile is fitted to it
            self._begin(frame.width, frame.height)
        width, height = self.size
        planes = frame.reformat(width=width, height=height, format="yuv420p").to_ndarray()
        bright = planes[:height]
        planes[:height] = ((bright.astype(np.uint16) * self.keeps + self.bright) >> 8).astype(np.uint8)
        return av.VideoFrame.from_ndarray(planes, format="yuv420p")

    def _begin(self, width: int, height: int) -> None:
        import numpy as np

        from studio.gallery.mark import layer

        scale = min(1.0, SIDE / max(width, height))
        # VP8 wants even sides.
        self.size = (max(2, round(width * scale) // 2 * 2), max(2, round(height * scale) // 2 * 2))
        pixels = np.asarray(layer(self.size, self.words)).astype(np.uint16)
        alpha = pixels[:, :, 3]
        self.keeps = (256 - alpha).astype(np.uint16)
        self.bright = (pixels[:, :, 0] * alpha).astype(np.uint16)


def _sound(source: InputContainer, target: OutputContainer) -> None:
    import av

    heard = source.streams.audio[0]
    layout = "mono" if heard.channels == 1 else "stereo"
    out = target.add_stream(
        "libmp3lame", rate=RATE, layout=layout, bit_rate=96_000 if layout == "mono" else 128_000
    )
    resampler = av.AudioResampler(format="s16p", layout=layout, rate=RATE)
    at = 0
    for block in _blocks(source, heard, resampler):
        samples: Any = block.to_ndarray()
        marked = av.AudioFrame.from_ndarray(_with_tone(samples, at), format="s16p", layout=layout)
        marked.sample_rate, marked.pts, marked.time_base = RATE, at, Fraction(1, RATE)
        target.mux(out.encode(marked))
        at += samples.shape[1]
    if not at:
        raise ValueError("It holds no sound that can be decoded.")
    target.mux(out.encode())


def _blocks(source: InputContainer, stream: Any, resampler: Any) -> Iterator[AudioFrame]:
    for frame in source.decode(stream):
        yield from resampler.resample(frame)
    yield from resampler.resample(None)


def _with_tone(samples: NDArray[np.int16], at: int) -> NDArray[np.int16]:
    """Samples of all channels, the first being number `at`, with what falls into them of the tones."""
    import numpy as np

    place = (at + np.arange(samples.shape[1])) % (TONE_EVERY_S * RATE) / RATE
    sounds = place < TONE_S
    if not sounds.any():
        return samples
    pitch = np.where(place < TONE_S / 2, 880.0, 660.0)
    swell = np.sin(np.pi * np.clip(place / TONE_S, 0.0, 1.0))
    tone = np.where(sounds, TONE_LEVEL * 32767 * swell * np.sin(2 * np.pi * pitch * place), 0.0)
    loud = samples.astype(np.float32) * np.where(sounds, 0.7, 1.0) + tone
    return np.clip(loud, -32768, 32767).astype(np.int16)


if __name__ == "__main__":
    main()
