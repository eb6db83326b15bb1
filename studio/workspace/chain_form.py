"""The form in which a person says where each input of a chain's steps comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from pydantic.fields import FieldInfo

from generators.fields import ASSET_KINDS, FieldType, marker
from generators.registry import tools
from studio.chains.steps import SOUND, Blank, Kept, Result, Same, Source, Step, tool_of
from studio.gallery.templatetags.gallery import label_of, value_of

NONE, KEPT, BLANK = "none", "kept", "blank"


@dataclass(frozen=True)
class Row:
    """One input: what may be chosen ((value, words), …), what is, and whether it is worth showing at once."""

    name: str
    label: str
    value: str
    choices: list[tuple[str, str]]
    chosen: str
    shown: bool


def rows_of(steps: list[Step]) -> list[dict[str, Any]]:
    """Each step as the form shows it; one whose tool is gone has no rows."""
    told = []
    for number, step in enumerate(steps, 1):
        tool = tools().get(step.tool)
        fields = tool.inputs.model_fields.items() if tool else ()
        rows = [_row(name, info, number, steps) for name, info in fields]
        told.append(
            {
                "number": number,
                "title": _(tool.title) if tool else step.tool,
                "shown": [row for row in rows if row.shown],
                "more": [row for row in rows if not row.shown],
            }
        )
    return told


def chosen(steps: list[Step], given: Mapping[str, str]) -> list[Step]:
    """The steps with what the form says; an input that it does not name stays as it is."""
    changed = []
    for number, step in enumerate(steps, 1):
        inputs: dict[str, Source] = {}
        for name in tool_of(step).inputs.model_fields:
            source = step.inputs.get(name)
            said = given.get(f"{number}.{name}")
            after = source if said is None else _source(said, source)
            if after is not None:
                inputs[name] = after
        changed.append(step.model_copy(update={"inputs": inputs}))
    return changed


def _value(source: Source | None) -> Any:
    return source.value if isinstance(source, Kept | Blank) else None


def _said(source: Source | None) -> str:
    """A source as the form's word."""
    if source is None:
        return NONE
    if isinstance(source, Same):
        return f"same:{source.step}:{source.input}"
    if isinstance(source, Result):
        return f"{source.kind}:{source.step}:{source.index}"
    return source.kind


def _source(said: str, before: Source | None) -> Source | None:
    """The form's word as a source; what is no such word leaves it as it was."""
    kind, _colon, rest = said.partition(":")
    step, _colon, which = rest.partition(":")
    if kind == NONE:
        return None
    if kind == BLANK:
        return Blank(value=_value(before))
    if kind == KEPT and _value(before) is not None:
        return Kept(value=_value(before))
    if kind == "same" and step.isdecimal():
        return Same.model_construct(kind="same", step=int(step), input=which)
    if kind in ("asset", "text") and step.isdecimal() and which.isdecimal():
        return Result.model_construct(kind=kind, step=int(step), index=int(which))
    return before


def _row(name: str, info: FieldInfo, number: int, steps: list[Step]) -> Row:
    source = steps[number - 1].inputs.get(name)
    kind = marker(info)
    choices = [(BLANK, _("Asked for at each run"))]
    if _value(source) is not None:
        choices.append((KEPT, _("The same at each run")))
    if not info.is_required():
        chance = kind is not None and kind.kind == "seed"
        choices.append((NONE, _("Another at each run") if chance else _("Left to the tool")))
    for before, step in enumerate(steps[: number - 1], 1):
        choices += _from(step, before, kind, info.annotation is str)
    now = _said(source)
    if now not in dict(choices):
        choices.append((now, _("As it is")))
    shown = source is not None and not isinstance(source, Kept)
    shown = shown or info.is_required() or (kind is not None and kind.kind in ("prompt", "seed"))
    value = value_of(_value(source)) if _value(source) is not None else ""
    return Row(name, _(info.title) if info.title else label_of(name), value, choices, now, shown)


def _from(step: Step, number: int, kind: FieldType | None, words: bool) -> list[tuple[str, str]]:
    """What an input may take from an earlier step."""
    tool = tools().get(step.tool)
    if tool is None:
        return []
    told = []
    if kind is not None and kind.kind in ASSET_KINDS:
        if kind.medium in (None, tool.makes) or {kind.medium, tool.makes} <= SOUND:
            told.append((f"asset:{number}:0", _("What step %(n)d makes") % {"n": number}))
        return told
    if not words:
        return told
    if tool.makes == "text":
        told.append((f"text:{number}:0", _("The words of step %(n)d") % {"n": number}))
    if kind is not None and kind.kind == "prompt":
        prompts = [
            name
            for name, info in tool.inputs.model_fields.items()
            if (own := marker(info)) is not None and own.kind == "prompt" and name in step.inputs
        ]
        told += [
            (f"same:{number}:{name}", _("As the prompt of step %(n)d") % {"n": number}) for name in prompts
        ]
    return told
