"""company: further jobs for a slot that has just claimed one, to be run in one go with it (a minibatch)."""

from __future__ import annotations

import logging
from itertools import takewhile

from django.db import OperationalError

from generators.registry import tools
from studio.catalog.models import ModelCard
from studio.jobs import needs
from studio.jobs.actions.claim import Slot, node_of, take, waiting_of
from studio.jobs.models import Attempt, Job, Node

log = logging.getLogger(__name__)

MOST_S = 10.0  # by their estimates, one by one: whoever comes meanwhile waits for all of them


def company(lead: Job, slot: Slot) -> list[Job]:
    """Jobs of the same person that wait next in line and are alike, now running under attempts of their own.

    As many as the tool's table says that it pays. Only first attempts have company: what crashed or was handed back runs
    alone. A database that is busy ends the search; what was taken until then is returned.
    """
    tool = tools().get(lead.tool)
    node = node_of(slot.node)
    if tool is None or tool.together is None or lead.attempt > 1 or node is None:
        return []
    most = min(tool.together.most(lead.inputs, _format_of(lead), node.device), _in_time(lead, node))
    taken: list[Job] = []
    try:
        rows = (
            waiting_of(lead, needs.runnable(node, slot.lane, slot.memory_bytes, lead.idle))
            if most > 1
            else []
        )
        alike = tool.together.alike
        for job in takewhile(lambda job: _fits(job, lead) and alike(job.inputs, lead.inputs), rows):
            if len(taken) + 1 >= most:
                break
            if take(job, node, slot, together=2) is not None:
                taken.append(job)
    except OperationalError as error:
        log.warning("company of %s: %s", lead.pk, error)
    return taken


def counted(jobs: list[Job]) -> None:
    """Note on their attempts how many run in one go."""
    for job in jobs:
        Attempt.objects.filter(job=job.pk, number=job.attempt).update(together=len(jobs))


def _fits(job: Job, lead: Job) -> bool:
    same = ("tool", "tool_version", "model_digest", "device", "batch_id", "priority", "listed")
    return job.attempt == 0 and all(getattr(job, name) == getattr(lead, name) for name in same)


def _in_time(lead: Job, node: Node) -> int:
    seconds = needs.seconds(lead, [node])
    return max(1, int(MOST_S / seconds)) if seconds else 1


def _format_of(job: Job) -> str:
    cards = ModelCard.objects.filter(name=job.model_name, digest=job.model_digest)
    return cards.values_list("format", flat=True).first() or ""
