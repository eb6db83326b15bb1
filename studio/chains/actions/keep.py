"""Chains as a team keeps them: save, change, delete and take back."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from studio.chains import steps
from studio.chains.models import Chain, ChainRun
from studio.problems import Conflict, InvalidInputs
from studio.teams.models import Team
from studio.teams.rights import Actor, find, require

KEPT = timedelta(days=30)  # how long a deleted one can be taken back
LONGEST_NAME = 80


def visible(actor: Actor) -> QuerySet[Chain]:
    return Chain.objects.filter(team_id__in=actor.team_ids, deleted_at=None)


def get_visible(actor: Actor, id: uuid.UUID, verb: str = "chain.view", *, deleted: bool = False) -> Chain:
    """The chain, for `verb`; NotThere or NotAllowed. deleted: also one that was taken away."""
    rows = Chain.objects.all() if deleted else visible(actor)
    return find(actor, rows.select_related("team"), id, verb)


def get_visible_run(actor: Actor, id: uuid.UUID, verb: str = "chain.view") -> ChainRun:
    """One run, for `verb`; NotThere or NotAllowed."""
    return find(actor, ChainRun.objects.select_related("team", "author", "chain"), id, verb)


def save(*, actor: Actor, team: Team, name: str, chain: list[steps.Step]) -> Chain:
    """Keep these steps under a name that no other chain of the team has."""
    require(actor, "chain.edit", team)
    steps.check(chain)
    return _save(Chain(team=team, author=actor.user, name=_named(name), steps=steps.stored(chain)))


def change(
    *, actor: Actor, chain: Chain, name: str | None = None, to: list[steps.Step] | None = None
) -> Chain:
    """Another name, other steps; what runs goes on as it began."""
    require(actor, "chain.edit", chain)
    if name is not None:
        chain.name = _named(name)
    if to is not None:
        steps.check(to)
        chain.steps = steps.stored(to)
    chain.changed_at = timezone.now()
    return _save(chain)


def delete(*, actor: Actor, chain: Chain) -> None:
    """Take it away, for 30 days so that it can be taken back; its runs and what they made stay."""
    require(actor, "chain.edit", chain)
    chain.deleted_at = timezone.now()
    chain.save(update_fields=["deleted_at"])


def restore(*, actor: Actor, chain: Chain) -> Chain:
    """Take a deleted one back. Conflict where another has its name by now."""
    require(actor, "chain.edit", chain)
    chain.deleted_at = None
    return _save(chain)


def purge() -> int:
    """Those that were deleted longer ago are gone."""
    gone, _each = Chain.objects.filter(deleted_at__lt=timezone.now() - KEPT).delete()
    return gone


def _save(chain: Chain) -> Chain:
    try:
        with transaction.atomic():
            chain.save()
    except IntegrityError:
        raise Conflict(_("There is one called “%(name)s” already.") % {"name": chain.name}) from None
    return chain


def _named(name: str) -> str:
    name = " ".join(name.replace("\x00", "").split())
    if not 1 <= len(name) <= LONGEST_NAME:
        raise InvalidInputs.at(
            "name", _("A name has 1 to %(most)d characters.") % {"most": LONGEST_NAME}, name
        )
    return name
