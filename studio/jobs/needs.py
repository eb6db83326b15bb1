"""Where a job could run: what it needs against what the nodes report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from generators.tool import Needs, Tool
from studio import statements
from studio.clock import db_now
from studio.jobs.models import Job, Node

NODE_AWAY_AFTER = timedelta(seconds=15)
NODE_FORGOTTEN_AFTER = timedelta(days=7)
SHORT_S = 60.0  # what the short slot takes: jobs estimated under this


@dataclass(frozen=True)
class Place:
    """Whether a need can be met: "now", "wait" (away or busy, or no node has reported yet) or "never"; and why."""

    when: str
    reason: str = ""


def gigabytes(size: float) -> str:
    """Bytes as people read them: "1.1 GB", "36 MB"."""
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{max(1, round(size / 1e6))} MB"


def known_nodes() -> QuerySet[Node]:
    """Nodes that have reported within a week."""
    return Node.objects.filter(seen_at__gt=db_now() - NODE_FORGOTTEN_AFTER)


def could(node: Node, tool: str, lane: str, needs: Needs) -> bool:
    """Whether this node, were it here and idle, could run it."""
    return (
        lane in node.lanes
        and tool in node.tools
        and needs.memory_bytes <= node.memory_bytes
        and (needs.device == "any" or node.device == needs.device)
    )


def place(tool: str, lane: str, needs: Needs, nodes: list[Node] | None = None) -> Place:
    """See `Place`. nodes: those that are known, where the caller has them at hand."""
    if nodes is None:
        since = db_now() - NODE_FORGOTTEN_AFTER
        nodes = [node for node in statements.every(Node) if node.seen_at > since]
    if not nodes:
        return Place("wait", _("No node has reported yet."))
    able = [node for node in nodes if could(node, tool, lane, needs)]
    if not able:
        return Place("never", _never(nodes, tool, lane, needs))
    live_since = db_now() - NODE_AWAY_AFTER
    here = [node for node in able if node.seen_at > live_since and not node.paused]
    if not here:
        names = ", ".join(node.name for node in able[:3])
        return Place("wait", _("%(nodes)s could run it but is away or paused.") % {"nodes": names})
    return Place("now")


def _never(nodes: list[Node], tool: str, lane: str, needs: Needs) -> str:
    if needs.device != "any" and not any(node.device == needs.device for node in nodes):
        return _("It needs a %(device)s device, and no node has one.") % {"device": needs.device.upper()}
    most = max(node.memory_bytes for node in nodes)
    if needs.memory_bytes > most:
        return _("It needs %(need)s of memory; the largest node has %(most)s.") % {
            "need": gigabytes(needs.memory_bytes),
            "most": gigabytes(most),
        }
    return _("No node of this studio runs this tool.")


def can_run(tool: Tool) -> tuple[bool, str]:
    """(whether the tool could run now on some node with its default model, why not)."""
    from studio.catalog.actions import default_for, facts

    model = None
    if tool.model_task:
        card = default_for(tool.model_task, [])
        if card is None:
            return False, _("No model for it is installed yet.")
        model = facts(card)
    found = place(tool.name, tool.lane, tool.needs(tool.inputs(**tool.example), model))
    return found.when == "now", found.reason


@dataclass(frozen=True)
class Condition:
    """A condition on rows of jobs (the table as "job"), and its parameters."""

    sql: str
    values: tuple[Any, ...] = ()

    def __and__(self, other: Condition) -> Condition:
        return Condition(f"{self.sql} AND {other.sql}", self.values + other.values)


def runnable(node: Node, lane: str, memory_bytes: int, idle: bool = False) -> Condition:
    """The jobs that wait in the lane, in turn or (idle) for nothing else to wait, and that this node could run in so
    much memory."""
    tools = tuple(node.tools)
    names = ", ".join(["%s"] * len(tools)) or "NULL"
    # State and readiness are spelled out: an index on "queued and ready" serves only a query that says so.
    return Condition(
        "job.state = 'queued' AND job.ready AND job.lane = %s AND job.idle = %s AND job.device IN ('any', %s)"
        f" AND job.memory_bytes <= %s AND job.tool IN ({names})",
        (lane, idle, node.device, min(memory_bytes, node.memory_bytes), *tools),
    )


def short(node: Node) -> Condition:
    """The jobs that this node would run in under a minute, by its measured speeds. Unknown is not short."""
    known = [(*name.split("|", 1), SHORT_S * speed) for name, speed in node.speeds.items()]
    one = "(job.tool = %s AND job.model_digest = %s AND job.work <= %s)"
    return Condition(
        f"({' OR '.join([one] * len(known)) or '1 = 0'})",
        tuple(value for values in known for value in values),
    )


def is_short(job: Job) -> bool:
    """The same of a job that was claimed, by its estimate."""
    return job.estimate_s is not None and job.estimate_s <= SHORT_S


def seconds(job: Job, nodes: list[Node]) -> float | None:
    """How long a job would run on the fastest node that has measured its like; None where none has."""
    key = f"{job.tool}|{job.model_digest}"
    speeds = [node.speeds[key] for node in nodes if node.speeds.get(key)]
    return job.work / max(speeds) if speeds else None
