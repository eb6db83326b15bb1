"""Says that somebody's rights have changed, so that what is open on the strength of the old ones is looked at again.

Lower rooms cannot know who listens: `feeds` does (open sockets and streams).
"""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import Signal

from studio.teams.models import Member, User

rights_changed = Signal()
"""Sent after the commit with `user_id`: a token, a membership, a role, a password or a session of theirs has changed."""

role_given = Signal()
"""Sent in the transaction with `member` and `before`: they have joined (before is ""), or had another role until now."""


team_changed = Signal()
"""Sent in the transaction, last in it, with `team_id`, `about` and `by`: what the audit log has just noted of a team."""

OWN_FEED = frozenset({"brand", "review", "token"})
"""What the audit log notes and the team hears of in another way, or not at all."""


def noted(team_id: uuid.UUID, verb: str, by: User | None) -> None:
    """The team's members, roles, links or settings are other than before."""
    about = verb.partition(".")[0]
    if about not in OWN_FEED and verb != "team.create":
        team_changed.send(sender=None, team_id=team_id, about=about, by=by.name if by else "")


def tell(user_id: uuid.UUID) -> None:
    """Say it, once the transaction is through."""
    transaction.on_commit(lambda: rights_changed.send(sender=None, user_id=user_id))


def _saved(sender: type[User], instance: User, created: bool, **kwargs: Any) -> None:
    if not created:
        tell(instance.pk)


def _left(sender: type[Member], instance: Member, **kwargs: Any) -> None:
    tell(instance.user_id)


def connect() -> None:
    """Listen to the changes that come through a save; verbs that update rows directly call `tell`."""
    post_save.connect(_saved, sender=User, dispatch_uid="rights of a person")
    post_delete.connect(_left, sender=Member, dispatch_uid="rights of a member")
