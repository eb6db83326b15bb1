"""The form in which a person says where each input of a chain's steps comes from, and puts them in another order.

The order is a field of the form, so nothing of it is kept before it is saved. A step may stand before one that it takes
from while things are moved about: the form says so, and saving refuses it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from pydantic.fields import FieldInfo

from generators.fields import ASSET_KINDS, FieldType, marker
from generators.registry import tools
from studio.chains.steps import SOUND, Blank, Kept, Result, Same, Source, Step, arranged, tool_of
from studio.gallery.templatetags.gallery import label_of, value_of

NONE, KEPT, BLANK = "none", "kept", "blank"


@dataclass(frozen=True)
class Row:
    """One input: what may be chosen ((value, words), …), what is, and whether it is worth showing at once. later: what is
    chosen comes from this step or a later one, which cannot be."""

    name: str
    label: str
    value: str
    choices: list[tuple[str, str]]
    chosen: str
    shown: bool
    later: bool = False


def order_of(given: Mapping[str, str], n: int) -> list[int]:
    """The numbers that the steps had, in the form's order; as they are where it says none."""
    said = [int(word) for word in given.get("order", "").split(",") if word.isdecimal()]
    return said if sorted(said) == list(range(1, n + 1)) else list(range(1, n + 1))


def moved(steps: list[Step], order: Sequence[int], said: str) -> tuple[list[Step], list[int]]:
    """The steps, which stand in `order`, with one of them a place further up or down: said is "2 up". With the order then."""
    number, _space, way = said.partition(" ")
    at = int(number) - 1 if number.isdecimal() else -1
    other = at + {"up": -1, "down": 1}.get(way, 0)
    places = list(range(1, len(steps) + 1))
    if 0 <= at < len(places) and 0 <= other < len(places):
        places[at], places[other] = places[other], places[at]
    return arranged(steps, places), [order[place - 1] for place in places]


def rows_of(steps: list[Step], order: Sequence[int]) -> list[dict[str, Any]]:
    """Each step as the form shows it, and the number that it had (`was`); one whose tool is gone has no rows."""
    told = []
    for number, step in enumerate(steps, 1):
        tool = tools().get(step.tool)
        fields = tool.inputs.model_fields.items() if tool else ()
        rows = [_row(name, info, number, steps) for name, info in fields]
        told.append(
            {
                "number": number,
                "was": order[number - 1],
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


def settled(steps: list[Step]) -> list[Step]:
    """As they are kept: what cannot be a revision of a step that comes later is one of the asset that it is made from."""
    found = []
    for number, step in enumerate(steps, 1):
        if step.revises is not None and step.revises.step >= number:
            taken = (source for source in step.inputs.values() if isinstance(source, Result))
            before = (source for source in taken if source.kind == "asset" and source.step < number)
            step = step.model_copy(update={"revises": next(before, None)})
        found.append(step)
    return found


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
    later = isinstance(source, Result | Same) and source.step >= number
    if later and isinstance(source, Result | Same):
        choices.append((now, _("From step %(n)d, which comes later") % {"n": source.step}))
    elif now not in dict(choices):
        choices.append((now, _("As it is")))
    shown = source is not None and not isinstance(source, Kept)
    shown = shown or info.is_required() or (kind is not None and kind.kind in ("prompt", "seed"))
    value = value_of(_value(source)) if _value(source) is not None else ""
    label = _(info.title) if info.title else label_of(name)
    return Row(name, label, value, choices, now, shown, later)


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
