"""What a step is: a tool, and where each of its inputs comes from. Steps are counted from 1, as people do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, get_args, get_origin

from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from generators.fields import ASSET_KINDS, FieldType, marker
from generators.registry import UnknownTool, get
from generators.tool import Tool
from studio.problems import InvalidInputs, from_pydantic

MOST = 12
SOUND = {"music", "speech"}


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Kept(Strict):
    """The same value at every run."""

    kind: Literal["kept"] = "kept"
    value: Any


class Blank(Strict):
    """Asked for at each run; `value` is offered."""

    kind: Literal["blank"] = "blank"
    value: Any = None


class Result(Strict):
    """What an earlier step made: its asset number `index`, or (text) the words of that asset."""

    kind: Literal["asset", "text"]
    step: int = Field(ge=1, le=MOST)
    index: int = Field(0, ge=0, le=999)


class Same(Strict):
    """What an earlier step was given as its `input`."""

    kind: Literal["same"] = "same"
    step: int = Field(ge=1, le=MOST)
    input: str = Field(max_length=60)


Source = Kept | Blank | Result | Same


class Step(Strict):
    """revises: the asset of an earlier step that this one's are revisions of. An input without a source is the tool's."""

    tool: str = Field(max_length=60)
    inputs: dict[str, Source] = Field(default_factory=dict)
    revises: Result | None = None


_STEPS: TypeAdapter[list[Step]] = TypeAdapter(list[Step])


def read(rows: Any) -> list[Step]:
    """Steps as they are stored, or as somebody sends them; InvalidInputs where they are none."""
    try:
        return _STEPS.validate_python(rows)
    except ValidationError as error:
        errors = from_pydantic(error.errors(include_url=False))
        for each in errors:
            each["loc"] = ["steps", *each["loc"]]
        raise InvalidInputs(_("That is no chain of steps."), errors=errors) from None


def stored(steps: list[Step]) -> list[dict[str, Any]]:
    return [step.model_dump(mode="json") for step in steps]


def tool_of(step: Step) -> Tool:
    """InvalidInputs where there is no such tool, or none that people run."""
    try:
        tool = get(step.tool)
    except UnknownTool as error:
        raise InvalidInputs(str(error)) from None
    if tool.hidden:
        raise InvalidInputs(_("%(tool)s is not run by hand.") % {"tool": step.tool})
    return tool


def check(steps: list[Step]) -> None:
    """Whether they can be run one after another; InvalidInputs says at which step and input they cannot."""
    if not 1 <= len(steps) <= MOST:
        raise InvalidInputs.at("steps", _("A chain has 1 to %(most)d steps.") % {"most": MOST}, len(steps))
    for number, step in enumerate(steps, 1):
        tool = tool_of(step)
        fields = tool.inputs.model_fields
        for name, source in step.inputs.items():
            if name not in fields:
                raise _wrong(number, name, _("The tool has no such input."))
            why = _why_not(source, marker(fields[name]), number, steps)
            if why:
                raise _wrong(number, name, why)
        for name, info in fields.items():
            if info.is_required() and name not in step.inputs:
                raise _wrong(number, name, _("The tool needs this input."))
        if step.revises is not None and (step.revises.kind != "asset" or step.revises.step >= number):
            raise _wrong(number, "revises", _("Only what an earlier step made can be revised."))


def _why_not(source: Source, kind: FieldType | None, number: int, steps: list[Step]) -> str:
    if isinstance(source, Kept | Blank):
        return ""
    if source.step >= number:
        return _("Only an earlier step can be taken from.")
    before = steps[source.step - 1]
    if isinstance(source, Same):
        return (
            "" if source.input in before.inputs else _("Step %(n)d has no such input.") % {"n": source.step}
        )
    makes = tool_of(before).makes
    if source.kind == "text":
        return "" if makes == "text" else _("Step %(n)d writes no text.") % {"n": source.step}
    if kind is None or kind.kind not in ASSET_KINDS:
        return _("This input takes no asset.")
    fits = kind.medium in (None, makes) or {kind.medium, makes} <= SOUND
    return "" if fits else _("Step %(n)d makes no %(medium)s.") % {"n": source.step, "medium": kind.medium}


def _wrong(number: int, name: str, why: str) -> InvalidInputs:
    message = _("Step %(n)d, %(input)s: %(why)s") % {"n": number, "input": name, "why": why}
    return InvalidInputs(message, errors=[{"loc": ["steps", number, name], "msg": why, "input": None}])


def arranged(steps: list[Step], order: Sequence[int]) -> list[Step]:
    """The steps in another order: `order` holds their numbers, the first one's first. What takes from a step goes on
    taking from it, also where that comes later now, which `check` refuses."""
    places = {number: place for place, number in enumerate(order, 1)}

    def source_of(source: Source) -> Source:
        if isinstance(source, Kept | Blank):
            return source
        return source.model_copy(update={"step": places.get(source.step, source.step)})

    found = []
    for number in order:
        step = steps[number - 1]
        inputs = {name: source_of(source) for name, source in step.inputs.items()}
        revises = step.revises and step.revises.model_copy(update={"step": places[step.revises.step]})
        found.append(step.model_copy(update={"inputs": inputs, "revises": revises}))
    return found


def blanks(steps: list[Step]) -> dict[str, Blank]:
    """What is asked for at each run, by "step.input"."""
    return {
        f"{number}.{name}": source
        for number, step in enumerate(steps, 1)
        for name, source in step.inputs.items()
        if isinstance(source, Blank)
    }


def takes_list(tool: Tool, name: str) -> bool:
    """Whether an input holds several values, so that one asset goes in as a list of one."""
    annotation = tool.inputs.model_fields[name].annotation
    return any(get_origin(each) in (list, tuple) for each in (annotation, *get_args(annotation)))


def required(steps: list[Step], key: str) -> bool:
    """Whether a blank has to be filled in."""
    number, _dot, name = key.partition(".")
    return tool_of(steps[int(number) - 1]).inputs.model_fields[name].is_required()


def fill_blanks(steps: list[Step], given: Mapping[str, Any]) -> dict[str, Any]:
    """What is asked for, filled in; what is left out takes the value that is offered, null is empty. InvalidInputs says
    which is missing, or is none."""
    wanted = blanks(steps)
    for key in given:
        if key not in wanted:
            raise InvalidInputs.at(key, _("Nobody asks for this."), key)
    filled = {}
    for key, blank in wanted.items():
        filled[key] = given.get(key, blank.value)
        if filled[key] in (None, "") and required(steps, key):
            raise InvalidInputs.at(key, _("This has to be filled in."), None)
    return filled
