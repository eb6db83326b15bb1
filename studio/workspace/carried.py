"""What a picture from elsewhere says of how it was made, as inputs of one of our tools; and what has no place here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from annotated_types import Ge, Le, MultipleOf
from django.utils.translation import gettext as _
from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from generators.image.metadata.said import Said
from generators.tool import Tool
from studio.catalog import actions as catalog
from studio.catalog.models import ModelCard, ModelState
from studio.gallery.templatetags.gallery import label_of, value_of
from studio.teams.rights import Actor

SAMPLERS = (
    ("dpmppsde", "dpm++-sde"),
    ("dpmpp2msde", "dpm++-sde"),
    ("dpmpp3msde", "dpm++-sde"),
    ("dpmpp2m", "dpm++"),
    ("dpmpp3m", "dpm++"),
    ("eulera", "euler-ancestral"),
    ("euler", "euler"),
    ("unipc", "unipc"),
    ("ddim", "ddim"),
    ("lcm", "lcm"),
)
"""What is in a sampler's plain name elsewhere → its name here; the first that fits."""
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
        _sampler(said, fields, out)
    _loras(said, fields, actor, out)
    why = (
        _("no such input here")
        if said.says_something()
        else _("cannot be read; it is broken or of another kind")
    )
    for label, words in said.unmapped:
        out.leave(label, words, why)
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
    for card in _installed(actor, tool.model_task):
        if catalog.called(said.model, card) or (
            len(digest) >= 8 and card.digest.removeprefix("sha256:").startswith(digest)
        ):
            out.put("model", card.name, card.title)
            return
    out.leave(label_of("model"), said.model, _("not installed here; the Models page can add it"))


def _sampler(said: Said, fields: Mapping[str, FieldInfo], out: Filled) -> None:
    """Other tools' names, by what they have in common: "DPM++ 2M Karras", "dpmpp_2m" and "dpmpp_2m_k" are one solver.
    The noise levels (Karras, simple …) are the model's own here."""
    name = _plain(said.sampler.replace("++", "pp"))
    ours = next((ours for part, ours in SAMPLERS if part in name), None)
    if "sampler" in fields and ours is not None and _fits(ours, fields["sampler"]):
        out.put("sampler", ours, f"{ours} ({said.sampler})")
    else:
        out.leave(label_of("sampler"), said.sampler, _("no such sampler here"))


def _loras(said: Said, fields: Mapping[str, FieldInfo], actor: Actor, out: Filled) -> None:
    """The LoRA files of the catalogue that have those names."""
    cards = _installed(actor, "lora") if said.loras and "loras" in fields else []
    found: list[dict[str, Any]] = []
    for name, weight in said.loras:
        card = next((card for card in cards if catalog.called(name, card)), None)
        if card is None:
            out.leave("LoRA", f"{name} ({weight:g})", _("not installed here; the Models page can add it"))
        else:
            found.append({"model": card.name, "weight": weight})
    if not found:
        return
    if _fits(found, fields["loras"]):
        out.put("loras", found, ", ".join(f"{use['model']} ({use['weight']:g})" for use in found))
    else:
        out.leave("LoRA", found, _("outside of what this tool takes"))


def _installed(actor: Actor, task: str) -> list[ModelCard]:
    return list(catalog.visible(actor).filter(task=task, state=ModelState.INSTALLED))


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
