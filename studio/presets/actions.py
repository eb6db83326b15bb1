"""The verbs of presets and wildcards."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from generators.fields import ASSET_KINDS, marked
from generators.registry import UnknownTool, get
from studio import statements
from studio.feeds.actions import tell_team
from studio.presets.models import Preset, Wildcard
from studio.presets.wordings import NAME, Wordings
from studio.problems import Conflict, InvalidInputs
from studio.teams.models import Team
from studio.teams.rights import Actor, find, require

MOST_LINES = 2000
LONGEST = 200_000
"""Characters of a wildcard's text."""
Kept = TypeVar("Kept", Preset, Wildcard)


def visible(kind: type[Kept], actor: Actor) -> QuerySet[Kept]:
    return kind._default_manager.filter(team_id__in=actor.team_ids)


def get_visible(kind: type[Kept], actor: Actor, id: uuid.UUID, verb: str = "preset.view") -> Kept:
    """The preset or wildcard, for `verb`; NotThere or NotAllowed."""
    return find(actor, visible(kind, actor), id, verb)


def lists_of(team: Team) -> dict[str, list[str]]:
    """Every wildcard of a team: name → lines, as prompts draw from them."""
    rows = statements.read_all(Wildcard, {"team": team.pk}, ["name", "text"])
    return {name: Wildcard(text=text).lines for name, text in rows}


def save_preset(actor: Actor, team: Team, tool: str, name: str, inputs: Mapping[str, Any]) -> Preset:
    """Keep these inputs under a name; of that name and tool there was one, they take its place."""
    require(actor, "preset.edit", team)
    name = _named(name, 80)
    try:
        declared = get(tool).inputs
    except UnknownTool as error:
        raise InvalidInputs.at("tool", str(error), tool) from None
    left_out = {field for field, kind in marked(declared) if kind.kind in ASSET_KINDS}
    kept = {key: value for key, value in inputs.items() if key not in left_out}
    unknown = set(kept) - set(declared.model_fields)
    if unknown:
        raise InvalidInputs.at("inputs", _("The tool has no such inputs."), sorted(unknown))
    values = {"inputs": kept, "author": actor.user, "changed_at": timezone.now()}
    with transaction.atomic():
        preset, _made = Preset.objects.update_or_create(team=team, tool=tool, name=name, defaults=values)
        _tell(actor, preset)
    return preset


def rename_preset(actor: Actor, preset: Preset, name: str) -> None:
    require(actor, "preset.edit", preset)
    preset.name = _named(name, 80)
    _save(actor, preset)


def save_wildcard(
    actor: Actor, team: Team, name: str, text: str, wildcard: Wildcard | None = None
) -> Wildcard:
    """Make a list, or give `wildcard` another name and text.

    InvalidInputs says what a name may be, which line cannot be read, and where lists would lead back to themselves.
    Conflict where another has the name.
    """
    require(actor, "preset.edit", wildcard or team)
    name = _named(name, 40)
    if not re.fullmatch(NAME, name):
        raise InvalidInputs.at(
            "name", _("A name has letters and digits, and between them also - _ and spaces."), name
        )
    one = wildcard or Wildcard(team=team)
    before = one.name
    one.name, one.text, one.author = name, text.replace("\x00", ""), actor.user
    if len(text) > LONGEST or len(one.lines) > MOST_LINES:
        raise InvalidInputs.at(
            "text",
            _("A list has at most %(lines)d lines and %(letters)d characters.")
            % {"lines": MOST_LINES, "letters": LONGEST},
            text,
        )
    if not one.lines:
        raise InvalidInputs.at("text", _("A list has at least one line."), text)
    lists = lists_of(team)
    lists.pop(before, None)
    lists[name] = one.lines
    try:
        Wordings(f"__{name}__", lists)
    except ValueError as error:
        raise InvalidInputs.at("text", str(error), text) from None
    _save(actor, one)
    return one


def delete(actor: Actor, kept: Preset | Wildcard) -> None:
    require(actor, "preset.edit", kept)
    with transaction.atomic():
        kept.delete()
        _tell(actor, kept)


def _tell(actor: Actor, kept: Preset | Wildcard) -> None:
    tool = kept.tool if isinstance(kept, Preset) else None
    tell_team(kept.team_id, "preset", {"tool": tool, "by": actor.user.name})


def _save(actor: Actor, kept: Preset | Wildcard) -> None:
    kept.changed_at = timezone.now()
    try:
        with transaction.atomic():
            kept.save()
            _tell(actor, kept)
    except IntegrityError:
        raise Conflict(_("There is one called “%(name)s” already.") % {"name": kept.name}) from None


def _named(name: str, most: int) -> str:
    name = " ".join(name.replace("\x00", "").split())
    if not 1 <= len(name) <= most:
        raise InvalidInputs.at("name", _("A name has 1 to %(most)d characters.") % {"most": most}, name)
    return name
