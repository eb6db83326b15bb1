"""What a picture from elsewhere says of how it was made, as inputs of one of our tools; and what has no place here."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Annotated, Any

from annotated_types import Ge, Le, MultipleOf
from django.utils.translation import gettext as _
from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from generators.image.metadata.said import Said
from generators.tool import Tool
from studio.catalog import actions as catalog
from studio.catalog.models import ModelState
from studio.gallery.templatetags.gallery import label_of, value_of
from studio.teams.rights import Actor

ASIS = ("prompt", "negative_prompt", "seed", "steps", "guidance", "strength", "width", "height")


@dataclass
class Filled:
    """inputs: what the tool takes as it is. rows: (name, label, shown value) of them. left: (label, value, why) of what
    was read and has no place here."""

    inputs: dict[str, Any] = field(default_factory=dict)
    rows: list[tuple[str, str, str]] = field(default_factory=list)
    left: list[tuple[str, str, str]] = field(default_factory=list)

    def put(self, name: str, value: Any, shown: str = "") -> None:
        self.inputs[name] = value
        self.rows.append((name, label_of(name), shown or value_of(value)))

    def leave(self, label: str, value: object, why: str) -> None:
        self.left.append((label, str(value), why))


def filled(said: Said, tool: Tool, actor: Actor) -> Filled:
    """The inputs of `tool` that a picture's texts say."""
    out = Filled()
    fields = tool.inputs.model_fields
    for name in ASIS:
        value = getattr(said, name)
        if value in (None, ""):
            continue
        if name not in fields:
            out.leave(label_of(name), value, _("this tool has no such input"))
            continue
        near = _nearest(value, fields[name])
        if _fits(near, fields[name]):
            out.put(name, near, "" if near == value else f"{near} ({value})")
        else:
            out.leave(label_of(name), value, _("outside of what this tool takes"))
    if said.model:
        _model(said, tool, actor, out)
    if said.sampler:
        out.leave(_("Sampler"), said.sampler, _("chosen by the model here"))
    for lora, weight in said.loras:
        out.leave("LoRA", f"{lora} ({weight:g})", _("not on this machine"))
    for label, words in said.unmapped:
        out.leave(label, words, _("no such input here"))
    return out


def _nearest(value: Any, info: FieldInfo) -> Any:
    """A number brought into the field's bounds and steps where it is not far from them (a side of 1000 px where sides
    are multiples of 8); text as it is. A seed is never changed: another one is another picture."""
    rules: dict[type, Any] = {type(rule): rule for rule in info.metadata}
    if MultipleOf not in rules or not isinstance(value, int):
        return value
    step = int(rules[MultipleOf].multiple_of)
    low = int(rules[Ge].ge) if Ge in rules else value
    high = int(rules[Le].le) if Le in rules else value
    return round(max(low, min(high, value)) / step) * step


def _fits(value: Any, info: FieldInfo) -> bool:
    kind: Any = info.annotation
    for rule in info.metadata:
        kind = Annotated[kind, rule]
    try:
        TypeAdapter(kind).validate_python(value)
    except ValidationError:
        return False
    return True


def _model(said: Said, tool: Tool, actor: Actor, out: Filled) -> None:
    """The model of the catalogue that has that name or digest; else it is said that it is not here."""
    if tool.model_task is None:
        out.leave(label_of("model"), said.model, _("this tool has no such input"))
        return
    digest = said.model_hash.removeprefix("sha256:").lower()
    for card in catalog.visible(actor).filter(task=tool.model_task, state=ModelState.INSTALLED):
        same = _plain(said.model) in (_plain(card.name), _plain(card.title))
        if same or (len(digest) >= 8 and card.digest.removeprefix("sha256:").startswith(digest)):
            out.put("model", card.name, card.title)
            return
    out.leave(label_of("model"), said.model, _("not installed here; the Models page can add it"))


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
