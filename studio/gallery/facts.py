"""What an asset's page says of how it was made, read from the snapshot that the asset carries."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from studio.gallery.models import Asset, Medium


@dataclass(frozen=True)
class Facts:
    """What the asset says of itself. edited: a person wrote it on from another. Its inputs: inputs.py."""

    made: bool
    tool: str
    tool_title: str
    edited: bool
    prompt: str
    run_s: float | None
    node: str
    energy_wh: float | None
    licence: str
    in_file: bool
    notes: list[str] = field(default_factory=list)


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def facts_of(asset: Asset, licence: str = "") -> Facts:
    """The facts of an asset; of an uploaded one most are empty. licence: of the model that made it."""
    from generators.registry import tools

    facts: dict[str, Any] = asset.facts
    known = tools().get(asset.tool)
    return Facts(
        made=bool(asset.tool),
        tool=asset.tool,
        tool_title=known.title if known else asset.tool,
        edited=bool(facts.get("edited")),
        prompt=asset.prompt,
        run_s=_number(facts.get("run_s")),
        node=str(facts.get("node") or ""),
        energy_wh=_number(facts.get("energy_wh")),
        licence=licence,
        in_file=bool(asset.provenance.get("written")),
        notes=[str(note) for note in facts.get("notes") or [] if isinstance(note, str)] + _copied(facts),
    )


def _copied(facts: dict[str, Any]) -> list[str]:
    """That it came from another team, and when it was made there."""
    told: dict[str, Any] = facts.get("copied") or {}
    try:
        made = datetime.fromisoformat(str(told.get("made_at")))
    except ValueError:
        return []
    return [_("Copied from another team. Made on %(day)s.") % {"day": date_format(made, "j M Y")}]


FLOWS = 8
ON_CANVAS = "image.edit"  # has a page of its own for an asset


def flows_to(asset: Asset) -> list[dict[str, str]]:
    """The tools that take this asset as an input: {path, title, icon}. A text can be any tool's prompt."""
    from generators.fields import marked, works_on
    from generators.registry import tools

    same = {Medium.MUSIC, Medium.SPEECH} if asset.medium in (Medium.MUSIC, Medium.SPEECH) else {asset.medium}
    found: list[dict[str, str]] = []
    for tool in tools().values():
        kinds = [kind for _name, kind in marked(tool.inputs)]
        takes = any(kind.medium in same for _name, kind in works_on(tool.inputs))
        if asset.medium == Medium.TEXT and not takes and tool.makes != "text" and tool.name != ON_CANVAS:
            takes = any(kind.kind == "prompt" for kind in kinds)
        if takes and not tool.hidden:
            icon = "upscale" if tool.name.endswith(".upscale") else tool.makes
            path = f"/create/{tool.name}/?use={asset.pk}"
            if tool.name == ON_CANVAS:
                found.insert(0, {"path": f"/canvas/{asset.pk}/", "title": tool.title, "icon": "edit"})
            else:
                found.append({"path": path, "title": tool.title, "icon": icon})
    return found[:FLOWS]
