"""The only place of rights: one table of role × verb, and `can(actor, verb, thing)`.

An actor is a person, or a token that stands for a person with scopes. Whoever is outside the team gets
`NotThere` (404) for everything in it; a member whose role lacks a verb gets `NotAllowed` (403).
Machine-wide matters (nodes, models for everybody) need the operator right.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from studio import statements
from studio.teams.models import ApiToken, Member, Role, Team, User
from studio.teams.second_step import fulfils

_VIEWER = {
    "team.view",
    "asset.view",
    "asset.download",
    "job.view",
    "batch.view",
    "queue.view",
    "model.view",
    "feed.view",
    "board.view",
    "review.view",
    "share.view",
    "preset.view",
    "chain.view",
}
_REVIEWER = _VIEWER | {"asset.rate", "asset.comment", "asset.tag", "review.decide"}
_CREATOR = _REVIEWER | {
    "job.submit",
    "job.cancel.own",
    "job.move.own",
    "batch.submit",
    "asset.add",
    "asset.edit.own",
    "asset.delete.own",
    "thread.use",
    "preset.edit",
    "chain.edit",
    "board.edit",
    "board.delete.own",
    "review.request",
    "review.close.own",
    "share.create",
    "share.revoke.own",
}
_MANAGER = _CREATOR | {
    "job.cancel",
    "job.move",
    "job.prioritise",
    "asset.edit",
    "asset.delete",
    "board.delete",
    "model.add",
    "member.invite",
    "member.role",
    "member.remove",
    "team.audit",
    "team.policy",
    "team.webhooks",
    "review.close",
    "review.unlock",
    "share.revoke",
}
_OWNER = _MANAGER | {"team.edit", "team.quotas", "team.delete", "team.transfer", "member.owner"}

TABLE: dict[str, frozenset[str]] = {
    Role.VIEWER: frozenset(_VIEWER),
    Role.REVIEWER: frozenset(_REVIEWER),
    Role.CREATOR: frozenset(_CREATOR),
    Role.MANAGER: frozenset(_MANAGER),
    Role.OWNER: frozenset(_OWNER),
}

OPERATOR_VERBS = frozenset({"node.view", "node.pause", "model.install", "model.remove"})
"""Machine-wide verbs. `node.view` is everybody's who is signed in; the rest are the operator's."""

SCOPES: dict[str, frozenset[str]] = {
    "read": frozenset(v for v in _OWNER if v.endswith(".view") or v == "asset.download") | {"node.view"},
    "write": frozenset(_CREATOR) | {"node.view"},
    "manage": frozenset(_OWNER) | OPERATOR_VERBS,
}
"""What a token's scopes let through, before the person's role is asked. A token without scopes has all."""


Row = TypeVar("Row", bound=Model)


class NotThere(Exception):
    """Not there, or not theirs: the two are told alike."""


class NotAllowed(Exception):
    """A member whose role, or a token whose scopes, lack the verb."""

    def __init__(self, verb: str, why: str) -> None:
        super().__init__(why)
        self.verb = verb


class StepOwed(NotAllowed):
    """A member who owes the second step that the team demands: nothing of the team is theirs until they have one."""

    def __init__(self, team: uuid.UUID) -> None:
        from django.utils.translation import gettext as _

        super().__init__(
            "team.view",
            _(
                "This team asks for a second step. Set up an authenticator app or a passkey on your account page."
            ),
        )
        self.team = team


@dataclass(frozen=True)
class Actor:
    """Who acts: a person, perhaps through a token, which may be bound to a team and to scopes.

    The roles are read once a request; an open socket makes a new actor from time to time. held: teams of which they see
    nothing, since they owe a second step. way: how they came in; None where a session does not say (see second_step.py).
    """

    user: User
    token: ApiToken | None = None
    roles: dict[uuid.UUID, str] = field(default_factory=dict)
    held: frozenset[uuid.UUID] = frozenset()
    way: str | None = None

    @staticmethod
    def of(user: User, token: ApiToken | None = None, way: str | None = None) -> Actor:
        """The actor with the roles that the person has now; a token bound to a team sees that team alone."""
        where = {"user": user.pk}
        if token is not None and token.team_id is not None:
            where["team"] = token.team_id
        rows = statements.read_all(Member, where, ["team_id", "role", "demands"])
        owes = {demand: not fulfils(user, demand, way) for demand in {row[2] for row in rows}}
        held = frozenset(team for team, _role, demand in rows if owes[demand])
        return Actor(user, token, {team: role for team, role, _demand in rows if team not in held}, held, way)

    @property
    def team_ids(self) -> list[uuid.UUID]:
        return list(self.roles)

    def role_in(self, team_id: uuid.UUID) -> str | None:
        return self.roles.get(team_id)

    def scoped(self, verb: str) -> bool:
        """Whether the token, if there is one, lets this verb through."""
        if self.token is None or not self.token.scopes:
            return True
        return any(verb in SCOPES.get(scope, ()) for scope in self.token.scopes)


def team_of(thing: Any) -> uuid.UUID | None:
    """The id of the team that a thing belongs to; None for machine-wide things."""
    if isinstance(thing, Team):
        return thing.id
    team: uuid.UUID | None = getattr(thing, "team_id", None)
    return team


def _own(actor: Actor, thing: Any) -> bool:
    return getattr(thing, "author_id", None) == actor.user.pk


def why_not(actor: Actor, verb: str, thing: Any) -> Exception | None:
    """None where the actor may; else the exception that says why not."""
    from django.utils.translation import gettext as _

    if verb in OPERATOR_VERBS:
        if not actor.scoped(verb):
            return NotAllowed(verb, _("This token's scopes do not cover that."))
        if verb == "node.view" or actor.user.operator:
            return None
        return NotAllowed(verb, _("That needs the operator right over this studio."))
    team = team_of(thing)
    if team is None:
        return None if verb == "model.view" else NotThere()
    role = actor.roles.get(team)
    if role is None:
        return StepOwed(team) if team in actor.held else NotThere()
    if getattr(thing, "private_to_author", False) and not _own(actor, thing):
        return NotThere()
    allowed = TABLE[role]
    granted = verb in allowed or (f"{verb}.own" in allowed and _own(actor, thing))
    if not granted:
        return NotAllowed(verb, _("Your role in this team does not allow that. A manager can change roles."))
    if not (actor.scoped(verb) or (actor.scoped(f"{verb}.own") and _own(actor, thing))):
        return NotAllowed(verb, _("This token's scopes do not cover that."))
    return None


def can(actor: Actor, verb: str, thing: Any) -> bool:
    """Whether `actor` may do `verb` to `thing` (a team, or anything with a team)."""
    return why_not(actor, verb, thing) is None


def require(actor: Actor, verb: str, thing: Any) -> None:
    """Raise NotThere (outside the team) or NotAllowed (role or scope lacking) unless the actor may."""
    reason = why_not(actor, verb, thing)
    if reason is not None:
        raise reason


def find(actor: Actor, rows: QuerySet[Row], id: uuid.UUID, verb: str) -> Row:
    """The one of these rows with this id, of the actor's teams, for `verb`; NotThere or NotAllowed."""
    found = rows.filter(pk=id, team_id__in=actor.team_ids).first()
    if found is None:
        raise NotThere
    require(actor, verb, found)
    return found
