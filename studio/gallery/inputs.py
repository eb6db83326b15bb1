"""Every input that an asset was made with: its label, its value in words, the assets it names, and the way to use it again."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from generators.fields import ASSET_KINDS, marked
from generators.registry import tools
from studio.gallery.actions import visible
from studio.gallery.models import Asset
from studio.gallery.templatetags.gallery import label_of, value_of
from studio.teams.models import as_uuid
from studio.teams.rights import Actor

FIRST = 7


@dataclass(frozen=True)
class InputShown:
    """One input as it was. assets: those it names that the person may see; away: it names one that is not there for
    them. take: the address of a form with this input filled in, "" where no tool takes it any more."""

    name: str
    label: str
    value: str
    kind: str = ""
    assets: list[Asset] = field(default_factory=list)
    away: bool = False
    take: str = ""


@dataclass(frozen=True)
class Inputs:
    """prompt stands apart; the first few of the rest stand open. take_all: a form with all of them."""

    prompt: InputShown | None
    rest: list[InputShown]
    take_all: str

    @property
    def open(self) -> list[InputShown]:
        return self.rest[:FIRST]

    @property
    def folded(self) -> list[InputShown]:
        return self.rest[FIRST:]

    @property
    def number(self) -> int:
        return len(self.rest) + (self.prompt is not None)


def inputs_of(actor: Actor, asset: Asset) -> Inputs:
    """The inputs of an asset that a tool made; of another there are none."""
    made: dict[str, Any] = dict(asset.facts.get("inputs") or {}) if asset.tool else {}
    if asset.tool and asset.prompt and not made.get("prompt"):
        made = {"prompt": asset.prompt, **made}
    if asset.tool and asset.model and not made.get("model"):
        made["model"] = asset.model
    tool = tools().get(asset.tool)
    kinds = {name: kind.kind for name, kind in marked(tool.inputs)} if tool else {}
    named = {name: _ids(value) for name, value in made.items() if kinds.get(name) in ASSET_KINDS}
    keys = {key for keys in named.values() for key in keys}
    there = visible(actor).defer("text").in_bulk(keys) if keys else {}
    shown = []
    for name, value in made.items():
        if value in (None, "", []):
            continue
        assets = [there[key] for key in named.get(name, []) if key in there]
        takes = tool is not None and not tool.hidden and name in tool.inputs.model_fields
        shown.append(
            InputShown(
                name=name,
                label=_label(tool, name),
                value=value_of(value),
                kind=kinds.get(name, ""),
                assets=assets,
                away=len(assets) < len(named.get(name, [])),
                take=f"/create/{asset.tool}/?{urlencode({'inputs': asset.pk, 'only': name})}"
                if takes
                else "",
            )
        )
    prompt = next((each for each in shown if each.name == "prompt"), None)
    rest = sorted((each for each in shown if each is not prompt), key=_order)
    take_all = f"/create/{asset.tool}/?inputs={asset.pk}" if tool is not None and not tool.hidden else ""
    return Inputs(prompt, rest, take_all)


def _label(tool: Any, name: str) -> str:
    """As the form calls it."""
    info = tool.inputs.model_fields.get(name) if tool else None
    return _(info.title) if info is not None and info.title else _(label_of(name))


def _order(each: InputShown) -> int:
    """What it was made of first, then model and seed, then the rest as the tool has them."""
    return {"asset": 0, "mask": 0, "model": 1, "seed": 2}.get(each.kind, 3)


def _ids(value: Any) -> list[uuid.UUID]:
    values = value if isinstance(value, list) else [value]
    return [key for key in (as_uuid(str(each)) for each in values if each) if key is not None]
