"""Which model a job runs with, and what others are told of it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from generators.image import defaults
from generators.tool import ModelFacts, Tool
from studio.catalog import cards
from studio.catalog.models import ModelCard, ModelState
from studio.problems import ModelUnavailable
from studio.teams.models import Team, as_uuid
from studio.teams.rights import Actor, NotThere

DEFAULT = "default"
"""A name that always stands for the best installed model of a task."""


def visible(actor: Actor) -> QuerySet[ModelCard]:
    """Everybody's models and those of the actor's teams, best first."""
    return ModelCard.objects.filter(Q(team=None) | Q(team__in=actor.team_ids)).order_by(
        "task", "-rank", "name"
    )


def usable(team_id: uuid.UUID) -> QuerySet[ModelCard]:
    """Everybody's models and this team's own."""
    return ModelCard.objects.filter(Q(team=None) | Q(team=team_id))


def get_visible(actor: Actor, key: str | uuid.UUID) -> ModelCard:
    """The model with this id or name; NotThere where there is none, or it is another team's."""
    ident = as_uuid(key)
    asked = Q(pk=ident) if ident else Q(name=str(key))
    found = sorted(visible(actor).filter(asked), key=lambda row: row.team_id is None)
    if not found:
        raise NotThere
    return found[0]


def called(name: str, card: ModelCard) -> bool:
    """Whether people elsewhere would mean this model by `name`: letters and digits alike, whatever stands between."""
    return _plain(name) in (_plain(card.name), _plain(card.title))


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def default_for(task: str, team_ids: Iterable[uuid.UUID] = ()) -> ModelCard | None:
    """The installed model of the highest rank for a task among everybody's and these teams', or None."""
    return (
        ModelCard.objects.filter(Q(team=None) | Q(team__in=list(team_ids)))
        .filter(task=task, state=ModelState.INSTALLED)
        .order_by("-rank", "-created_at")
        .first()
    )


def resolve(
    name: str | None, task: str, actor: Actor, team: Team | None = None, also: tuple[str, ...] = ()
) -> ModelCard:
    """The installed model that `name` means for `task` (or, when named, for one of `also`): a name, an id, or None for
    the best.

    A team's own model comes before everybody's of the same name. ModelUnavailable (422) says the way out.
    """
    team_ids = [team.pk] if team is not None else actor.team_ids
    if not name or name == DEFAULT:
        best = default_for(task, team_ids)
        if best is None:
            raise _unavailable(_("No model for this is installed yet. Install one on the Models page."), name)
        return best
    ident = as_uuid(name)
    found = ModelCard.objects.filter(Q(team=None) | Q(team__in=team_ids))
    found = found.filter(Q(pk=ident) if ident else Q(name=name))
    rows = sorted(found, key=lambda row: row.team_id is None)  # databases differ in where NULL sorts
    if not rows:
        raise _unavailable(
            _("There is no model named “%(name)s”.") % {"name": name[:80]} + _others(task, team_ids), name
        )
    card = rows[0]
    if card.task not in (task, *also):
        words = _("%(title)s cannot do this: it is made for something else.") % {"title": card.title}
        raise _unavailable(words + _others(task, team_ids), name)
    if card.state == ModelState.INSTALLING:
        words = _("%(title)s is being installed.") % {"title": card.title}
        raise _unavailable(words + _others(task, team_ids), name)
    if card.state != ModelState.INSTALLED:
        words = _("%(title)s is not installed. Install it on the Models page.") % {"title": card.title}
        raise _unavailable(words + _others(task, team_ids), name)
    return card


def _others(task: str, team_ids: Iterable[uuid.UUID]) -> str:
    """ " Ready to use: …", or "" where nothing is."""
    names = list(
        ModelCard.objects.filter(Q(team=None) | Q(team__in=list(team_ids)))
        .filter(task=task, state=ModelState.INSTALLED)
        .order_by("-rank")
        .values_list("name", flat=True)[:8]
    )
    if not names:
        return " " + _("The Models page shows what can be installed.")
    return " " + _("Ready to use: %(names)s.") % {"names": ", ".join(names)}


def _unavailable(words: str, name: str | None) -> ModelUnavailable:
    shown = name[:80] if name else None
    return ModelUnavailable(words, errors=[{"loc": ["model"], "msg": words, "input": shown}])


def facts(card: ModelCard) -> ModelFacts:
    """What `needs` may look at."""
    return ModelFacts(
        name=card.name,
        digest=card.digest,
        task=card.task,
        format=card.format,
        bytes=card.bytes,
        memory_bytes=card.memory_bytes,
        context=card.context,
        meta=_meta(card),
    )


def own_defaults(card: ModelCard, tool: Tool) -> dict[str, Any]:
    """What the tool's inputs are with this model where nobody says otherwise; without those that are the tool's anyway."""
    fields = tool.inputs.model_fields
    said = defaults.of(facts(card))
    return {name: said[name] for name in said if name in fields and said[name] != fields[name].default}


def files(card: ModelCard) -> dict[str, Any]:
    """What the child is told: name, digest, path, what the digest covers, format, task, context, meta; JSON-able."""
    path = Path(card.path)
    packed = cards.weights_at(card.name, card.source) if card.source.get("kind") == "package" else None
    return {
        "name": card.name,
        "digest": card.digest,
        "path": str(path.resolve()) if card.path else "",
        "covers": str(packed[1] if packed else path.resolve()),
        "format": card.format,
        "task": card.task,
        "context": card.context,
        "meta": _meta(card),
    }


def _meta(card: ModelCard) -> dict[str, Any]:
    return {key: value for key, value in card.meta.items() if key != "checked"}
