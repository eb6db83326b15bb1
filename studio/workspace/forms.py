"""A tool's inputs as a form: an ordered list of field descriptions, derived from the inputs class.

A field's type decides its widget (templates/fields/<widget>.html); neither templates nor scripts know a tool's field
names. Two inputs of the types width and height make one widget, the shape.
"""

from __future__ import annotations

import json
import math
import types
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt, MaxLen, MultipleOf
from django.utils.translation import gettext as _
from pydantic.fields import FieldInfo

from generators.fields import FieldType
from generators.tool import Tool

SEGMENTS = 4
"""A choice of at most so many short words is shown as a row of buttons, a longer one as a list."""

WIDGETS = frozenset(
    {"prompt", "text", "seed", "asset", "mask", "model", "width", "height", "frame", "loras", "brand"}
)
"""Field types that have a widget of their own."""

OPEN = 5
"""So many fields are shown at once where there are sliders to fill up with; the rest stands under one disclosure."""

ORDER = {"asset": 0, "mask": 0, "model": 1, "seed": 3}
"""What is worked on comes first, then the model; the seed comes last."""

SHAPES = ((1, 1), (3, 2), (2, 3), (16, 9), (9, 16))


@dataclass(frozen=True)
class Choice:
    """One value of a field. `note` stands beside the label; `off` says why it cannot be taken now, "" where it can.
    words: of a LoRA, those that call it up. own: of a model, inputs whose defaults differ with it."""

    value: Any
    label: str
    note: str = ""
    off: str = ""
    words: str = ""
    own: Mapping[str, Any] = field(default_factory=dict)

    @property
    def own_json(self) -> str:
        return json.dumps(dict(self.own))


@dataclass(frozen=True)
class FieldView:
    """One field of a form, as its template draws it.

    kind: how a script reads the value: "str", "int", "float", "bool", "list". axis: it may stand on a matrix.
    pair: the second input of a widget that sets two (the height of a shape).
    """

    name: str
    widget: str
    kind: str
    label: str
    help: str = ""
    default: Any = None
    value: Any = None
    minimum: float | int | None = None
    maximum: float | int | None = None
    step: float | int | None = None
    unit: str = ""
    max_length: int | None = None
    choices: tuple[Choice, ...] = ()
    primary: bool = False
    required: bool = False
    axis: bool = False
    medium: str = ""
    task: str = ""
    error: str = ""
    pair: FieldView | None = None

    @property
    def changed(self) -> bool:
        """Whether the value is not the default (an empty text and none count as one)."""
        if self.pair is not None and self.pair.changed:
            return True
        return (
            (self.value or None) != (self.default or None)
            if self.kind != "bool"
            else self.value != self.default
        )

    @property
    def default_json(self) -> str:
        return json.dumps(self.default)

    @property
    def value_json(self) -> str:
        return json.dumps(self.value)

    @property
    def template(self) -> str:
        return f"fields/{self.widget}.html"

    @property
    def lines(self) -> str:
        """A list's values, one a line."""
        return "\n".join(str(item) for item in self.value or [])

    @property
    def percent(self) -> float:
        """Where the value lies between minimum and maximum, 0 to 100."""
        return self._place(self.value)

    @property
    def default_percent(self) -> float:
        """Where the default lies."""
        return self._place(self.default)

    def _place(self, value: Any) -> float:
        if value is None or self.minimum is None or self.maximum is None or self.maximum == self.minimum:
            return 0.0
        return round(100 * (float(value) - self.minimum) / (self.maximum - self.minimum), 2)


@dataclass(frozen=True)
class FormView:
    """A tool's form. `prompt`: the field that is the hero; `open`: shown at once; `more`: under one disclosure."""

    tool: Tool
    prompt: FieldView | None
    open: tuple[FieldView, ...]
    more: tuple[FieldView, ...]
    dropped: tuple[str, ...] = field(default=())

    @property
    def fields(self) -> tuple[FieldView, ...]:
        first = (self.prompt,) if self.prompt else ()
        return (*first, *self.open, *self.more)

    @property
    def axes(self) -> tuple[FieldView, ...]:
        return tuple(view for view in self.fields if view.axis)


def _open(views: list[FieldView]) -> list[FieldView]:
    """Primary and required fields, and sliders in their order until OPEN are shown."""
    shown = [view for view in views if view.primary or view.required]
    for view in views:
        if len(shown) >= OPEN:
            break
        if view not in shown and view.widget in ("slider", "segments"):
            shown.append(view)
    return [view for view in views if view in shown]


ModelChoices = Mapping[str, Iterable[Choice]]


def form_for(
    tool: Tool,
    values: Mapping[str, Any] | None = None,
    *,
    errors: Mapping[str, str] | None = None,
    models: ModelChoices | None = None,
    without: Container[str] = (),
) -> FormView:
    """The form of a tool.

    values: what to fill in instead of the defaults; names that the tool does not have (any more) come back in
    `dropped`. errors: a sentence by field. models: choices by task for model fields, and of brand kits. without: fields that the page gives
    in another way.
    """
    values, errors, models = values or {}, errors or {}, models or {}
    views = [
        _view(name, info, values, errors.get(name, ""), models)
        for name, info in tool.inputs.model_fields.items()
        if name not in without
    ]
    views = _shapes([_with_own(view, values, _own(views)) for view in views])
    prompt = next((view for view in views if view.widget == "prompt"), None)
    rest = [view for view in views if view is not prompt]
    shown = _open(rest)
    return FormView(
        tool=tool,
        prompt=prompt,
        open=tuple(sorted(shown, key=lambda view: ORDER.get(view.widget, 2))),
        more=tuple(view for view in rest if view not in shown),
        dropped=tuple(name for name in values if name not in tool.inputs.model_fields),
    )


def _view(
    name: str, info: FieldInfo, values: Mapping[str, Any], error: str, models: ModelChoices
) -> FieldView:
    annotation, metadata = _unwrap(info.annotation, list(info.metadata))
    marker = next((item for item in metadata if isinstance(item, FieldType)), None)
    default = None if info.is_required() else info.get_default(call_default_factory=True)
    minimum, maximum = _bounds(metadata, annotation)
    length = next((item.max_length for item in metadata if isinstance(item, MaxLen)), None)
    view = FieldView(
        name=name,
        widget="line",
        kind=_kind(annotation),
        label=_label(name, info),
        help=_sentence(info.description),
        default=default,
        value=values.get(name, default),
        minimum=minimum,
        maximum=maximum,
        unit=_(marker.unit) if marker and marker.unit else "",
        max_length=length,
        primary=bool(marker and marker.primary),
        required=info.is_required(),
        medium=(marker.medium or "") if marker else "",
        task=(marker.task or "") if marker else "",
        error=error,
    )
    return _with_widget(view, annotation, marker, metadata, models)


def _own(views: list[FieldView]) -> Mapping[str, Any]:
    """The defaults that differ with the model that is chosen."""
    chosen = (
        choice
        for view in views
        if view.widget == "model"
        for choice in view.choices
        if choice.own and choice.value == view.value
    )
    return next((choice.own for choice in chosen), {})


def _with_own(view: FieldView, values: Mapping[str, Any], own: Mapping[str, Any]) -> FieldView:
    if view.name not in own:
        return view
    default = own[view.name]
    return replace(view, default=default, value=values.get(view.name, default))


def _with_widget(
    view: FieldView, annotation: Any, marker: FieldType | None, metadata: list[Any], models: ModelChoices
) -> FieldView:
    if marker is not None and marker.kind == "addon":
        return replace(view, widget="model", choices=tuple(models.get(view.task, ())))
    if marker is not None and marker.kind == "loras":
        return replace(view, widget="loras", choices=tuple(models.get(view.task, ())))
    if marker is not None and marker.kind == "brand":
        return replace(view, widget="brand", value=_kit(view.value), choices=tuple(models.get("brand", ())))
    if marker is not None and marker.kind in WIDGETS:
        if marker.kind == "model":
            return replace(view, widget="model", choices=tuple(models.get(view.task, ())), axis=True)
        if marker.kind in ("width", "height"):
            return replace(view, widget=marker.kind, step=_step(view, metadata), axis=True)
        return replace(view, widget=marker.kind)
    if get_origin(annotation) is Literal:
        values = get_args(annotation)
        short = len(values) <= SEGMENTS and sum(len(str(value)) for value in values) <= 24
        choices = tuple(Choice(value, _words(str(value))) for value in values)
        return replace(view, widget="segments" if short else "choice", choices=choices, axis=True)
    if view.kind == "bool":
        return replace(view, widget="toggle")
    if view.kind == "list":
        return replace(view, widget="lines")
    if view.kind in ("int", "float"):
        widget = "slider" if view.minimum is not None and view.maximum is not None else "number"
        return replace(view, widget=widget, step=_step(view, metadata), axis=True)
    return replace(view, axis=True)


def _kit(value: Any) -> str | None:
    """The id of a brand kit, also of a job's copy of one."""
    return str(value["id"] if isinstance(value, dict) else value) if value else None


def _shapes(views: list[FieldView]) -> list[FieldView]:
    """Put a width and the height that goes with it into one widget."""
    width = next((view for view in views if view.widget == "width"), None)
    height = next((view for view in views if view.widget == "height"), None)
    if width is None or height is None:
        return [
            replace(view, widget="number") if view.widget in ("width", "height") else view for view in views
        ]
    choices = tuple(_shape(width, height, *ratio) for ratio in SHAPES)
    kept = {choice.note: choice for choice in choices if choice.value}
    shape = replace(
        width,
        widget="shape",
        label=_("Shape"),
        primary=True,
        axis=False,
        choices=tuple(kept.values()),
        pair=height,
        error=width.error or height.error,
    )
    return [shape if view is width else view for view in views if view is not height]


def _shape(width: FieldView, height: FieldView, across: int, down: int) -> Choice:
    """The size of about the default area with these proportions, within the bounds; no value where none fits."""
    area = float(width.default or 512) * float(height.default or 512)
    step = int(max(width.step or 1, height.step or 1))
    ratio = across / down
    w = round(math.sqrt(area * ratio) / step) * step
    h = round(math.sqrt(area / ratio) / step) * step
    fits = (width.minimum or 1) <= w <= (width.maximum or w) and (height.minimum or 1) <= h <= (
        height.maximum or h
    )
    return Choice([w, h] if fits else None, f"{across}:{down}", note=f"{across / down:.4g}")


def _unwrap(annotation: Any, metadata: list[Any]) -> tuple[Any, list[Any]]:
    """The type below Annotated and `| None`, and what the annotations say on the way."""
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation, *said = get_args(annotation)
            metadata = [*metadata, *_flat(said)]
        elif origin in (Union, types.UnionType):
            some = [item for item in get_args(annotation) if item is not type(None)]
            if len(some) != 1:
                return annotation, metadata
            annotation = some[0]
        else:
            return annotation, metadata


def _flat(said: Iterable[Any]) -> list[Any]:
    """Annotations with those inside a pydantic Field taken out."""
    out: list[Any] = []
    for item in said:
        out.extend(item.metadata if isinstance(item, FieldInfo) else [item])
    return out


def _bounds(metadata: list[Any], annotation: Any) -> tuple[Any, Any]:
    minimum: Any = None
    maximum: Any = None
    whole = annotation is int
    for item in metadata:
        if isinstance(item, Ge):
            minimum = item.ge
        elif isinstance(item, Gt):
            minimum = item.gt + 1 if whole else item.gt  # type: ignore[operator]
        elif isinstance(item, Le):
            maximum = item.le
        elif isinstance(item, Lt):
            maximum = item.lt - 1 if whole else item.lt  # type: ignore[operator]
    return minimum, maximum


def _kind(annotation: Any) -> str:
    if get_origin(annotation) is Literal:
        annotation = type(get_args(annotation)[0])
    if annotation is bool:
        return "bool"
    if annotation is int:
        return "int"
    if annotation is float:
        return "float"
    if get_origin(annotation) in (list, tuple):
        return "list"
    return "str"


def _step(view: FieldView, metadata: list[Any]) -> float | int:
    said = next((item.multiple_of for item in metadata if isinstance(item, MultipleOf)), None)
    if isinstance(said, int | float):
        return said
    if view.kind == "int":
        return 1
    reach = (view.maximum or 1) - (view.minimum or 0)
    return 0.01 if reach <= 1 else 0.05 if reach <= 2 else 0.1 if reach <= 10 else 0.5


def _sentence(text: str | None) -> str:
    """A description with a full stop."""
    words = _(text) if text else ""
    return f"{words}." if words and words[-1] not in ".!?" else words


def _words(name: str) -> str:
    text = name.replace("_", " ").replace("-", " ").strip()
    return text[:1].upper() + text[1:]


def _label(name: str, info: FieldInfo) -> str:
    return _(info.title) if info.title else _(_words(name))
