"""pause_node: a node takes no new jobs until it goes on; what runs on it goes on."""

from __future__ import annotations

from studio.jobs.models import Node
from studio.teams.actions import audit
from studio.teams.rights import Actor, NotThere, require


def pause_node(*, actor: Actor, name: str, paused: bool) -> None:
    """Operators only. NotThere where no node of this name has reported."""
    require(actor, "node.pause", None)
    if not Node.objects.filter(pk=name).update(paused=paused):
        raise NotThere
    audit(None, actor.user, "node.pause" if paused else "node.resume", name[:120])
