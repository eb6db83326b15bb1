"""Field types of inputs: what a value is decides its widget, its checks and what the studio does with it.

A field type is an `Annotated` alias that carries a `FieldType` marker. Scripts and templates know field types, never
a tool's field names.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.fields import FieldInfo


@dataclass(frozen=True)
class FieldType:
    """Marker: `kind` names the widget; `medium` of an asset reference; `task` of a model reference.

    `also`: further tasks whose models may be chosen, though never by default. `optional`: the tool runs without a
    model where none is installed. `unit` is shown behind the number; `primary` fields stand open on the form, others
    under one disclosure. `beside`, `match` and `when`: of add-ons, see `addon_of`.
    """

    kind: str
    medium: str | None = None
    task: str | None = None
    also: tuple[str, ...] = ()
    optional: bool = False
    unit: str = ""
    primary: bool = False
    beside: str = ""
    match: str = ""
    when: str = ""


Prompt = Annotated[str, Field(min_length=1, max_length=20_000), FieldType("prompt", primary=True)]
"""What the person asks for; 1 to 20,000 characters."""

LongText = Annotated[str, Field(max_length=200_000), FieldType("text")]
"""A text that is worked on; up to 200,000 characters."""

Seed = Annotated[int | None, Field(ge=0, le=2**32 - 1), FieldType("seed", primary=True)]
"""0 to 2**32-1; None asks for a random one, which is resolved when the job is stored."""

Width = Annotated[int, FieldType("width", unit="px", primary=True)]
"""Width of a picture in pixels; with a `Height` beside it the form shows one widget, the shape. Bounds are the tool's."""

Height = Annotated[int, FieldType("height", unit="px", primary=True)]
"""Height of a picture in pixels."""

ImageAsset = Annotated[str, FieldType("asset", medium="image", primary=True)]
"""The id of an image asset that the person may see."""

MaskAsset = Annotated[str | None, FieldType("mask", medium="image", primary=True)]
"""The id of an image asset used as a mask: white is changed, black is kept; None for none."""


class FrameSize(BaseModel):
    """Pixels that a picture gains at each side, 0 to 2048."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    left: Annotated[int, Field(ge=0, le=2048)] = 0
    top: Annotated[int, Field(ge=0, le=2048)] = 0
    right: Annotated[int, Field(ge=0, le=2048)] = 0
    bottom: Annotated[int, Field(ge=0, le=2048)] = 0

    def __bool__(self) -> bool:
        return bool(self.left or self.top or self.right or self.bottom)


Frame = Annotated[FrameSize | None, FieldType("frame", unit="px")]
"""Ground added around a picture; None adds nothing."""

AudioAsset = Annotated[str, FieldType("asset", medium="music", primary=True)]
"""The id of a sound asset (music or speech)."""

TextAsset = Annotated[str, FieldType("asset", medium="text", primary=True)]
"""The id of a text asset."""

SideImage = Annotated[str | None, FieldType("asset", medium="image")]
"""The id of an image asset that helps along and is not what the tool works on; None for none."""

ASSET_KINDS = frozenset({"asset", "mask"})


class LoraUse(BaseModel):
    """A LoRA of the catalogue by its name, and how strongly it works: -2 to 2, 1 as it was trained."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: Annotated[str, Field(min_length=1, max_length=120)]
    weight: Annotated[float, Field(ge=-2, le=2)] = 1.0


Loras = Annotated[list[LoraUse], Field(max_length=8), FieldType("loras", task="lora")]
"""LoRAs worn together, at most eight."""


def addon_of(task: str, *, beside: str, match: str = "", when: str = "") -> Any:
    """An add-on field: the name of a model of `task` that goes with the job's model where the input `beside` is given.

    None asks for one that is installed and has the same base; of several one whose `kind` is the value of `match`. With
    `when` it is used only where that is the value of `match`, and goes with models of any base.
    """
    return Annotated[str | None, FieldType("addon", task=task, beside=beside, match=match, when=when)]


def model_of(task: str, *also: str, optional: bool = False) -> Any:
    """A model field: the name of a model card whose task is `task`; None asks for the best that is installed.

    also: further tasks whose models may be named. optional: None stands where no model is installed either.
    """
    return Annotated[str | None, FieldType("model", task=task, also=also, optional=optional, primary=True)]


TextModel = model_of("text-generation")
ImageModel = model_of("text-to-image")
EditModel = model_of("text-to-image", "image-to-image")
UpscaleModel = model_of("upscale", optional=True)
CutOutModel = model_of("cut-out")
CaptionModel = model_of("image-to-text", optional=True)
ControlModel = addon_of("control", beside="control", match="control_kind")
DepthModel = addon_of("depth-estimation", beside="control", match="control_kind", when="depth")
ReferenceModel = addon_of("reference", beside="reference")


def marker(info: FieldInfo) -> FieldType | None:
    """The `FieldType` of a pydantic field, or None where it is a plain one."""
    return next((item for item in info.metadata if isinstance(item, FieldType)), None)


def marked(inputs: type[BaseModel]) -> Iterator[tuple[str, FieldType]]:
    """(name, field type) of each marked field of an inputs class, in order of declaration."""
    for name, info in inputs.model_fields.items():
        kind = marker(info)
        if kind is not None:
            yield name, kind


def task_of(inputs: type[BaseModel]) -> str | None:
    """The task of the inputs' model field, or None."""
    return next(iter(tasks_of(inputs)), None)


def tasks_of(inputs: type[BaseModel]) -> tuple[str, ...]:
    """The tasks whose models the inputs' model field takes, that of the default first; empty without such a field."""
    for _, kind in marked(inputs):
        if kind.kind == "model" and kind.task:
            return kind.task, *kind.also
    return ()


def asset_refs(inputs: BaseModel) -> list[tuple[str, str, str | None]]:
    """(field, asset id, wanted medium) of each asset that these inputs name; fields may hold one id or a list."""
    refs: list[tuple[str, str, str | None]] = []
    for name, kind in marked(type(inputs)):
        if kind.kind not in ASSET_KINDS:
            continue
        value = getattr(inputs, name)
        for item in value if isinstance(value, list | tuple) else [value]:
            if item:
                refs.append((name, str(item), kind.medium))
    return refs


def addon_tasks(inputs: type[BaseModel]) -> tuple[str, ...]:
    """The tasks of the add-ons that the inputs take."""
    return tuple(kind.task for _, kind in marked(inputs) if kind.kind in ("addon", "loras") and kind.task)


def works_on(inputs: type[BaseModel]) -> Iterator[tuple[str, FieldType]]:
    """The marked asset fields that the tool works on; pictures that only help along are none."""
    for name, kind in marked(inputs):
        if kind.kind in ASSET_KINDS and kind.primary:
            yield name, kind


def asks_for(inputs: BaseModel, kind: FieldType) -> bool:
    """Whether these inputs have a use for the add-on of a field."""
    return bool(getattr(inputs, kind.beside)) and kind.when in ("", getattr(inputs, kind.match, ""))


def addon_names(inputs: BaseModel) -> list[str]:
    """The names of all add-ons that these inputs name, each once."""
    names: list[str] = []
    for name, kind in marked(type(inputs)):
        value = getattr(inputs, name)
        if kind.kind == "loras":
            names += [use.model for use in value]
        elif kind.kind == "addon" and value and asks_for(inputs, kind):
            names.append(value)
    return list(dict.fromkeys(names))
