"""/metrics in Prometheus' text format: what an operator watches, read from the rows at the moment of asking.

Open to the operator's token, and to this machine itself where no proxy stands in front. Waits, runs, failures and lost
leases are of the jobs asked for in the last hour: gauges, since rows come and go and a restart must not look like a loss.
"""

from __future__ import annotations

import shutil
import time
import uuid
from collections import Counter as Counts
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Min
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from studio.api_errors import unforeseen
from studio.clock import db_now
from studio.jobs.models import Attempt, Job, Node
from studio.jobs.needs import NODE_AWAY_AFTER
from studio.teams.auth import actor_for
from studio.teams.rights import NotAllowed

HOUR = timedelta(hours=1)
MOST = 50_000  # jobs of the last hour that are looked at
LOOPBACK = ("127.0.0.1", "::1")
HERE = ("localhost", "127.0.0.1", "[::1]")

registry = CollectorRegistry(auto_describe=False)
ProcessCollector(namespace="studio_web", registry=registry)
_requests = Counter(
    "studio_http_requests", "Requests answered by this web process", ["method", "status"], registry=registry
)
_seconds = Histogram(
    "studio_http_request_seconds",
    "Until the answer began",
    buckets=(0.005, 0.02, 0.05, 0.1, 0.3, 1, 3, 10, 30),
    registry=registry,
)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def count_request(method: str, status: int, seconds: float) -> None:
    """One request more; its status by class (2xx)."""
    _requests.labels(method if method in METHODS else "other", f"{status // 100}xx").inc()
    _seconds.observe(seconds)


class Rows(Collector):
    """The gauges that are read from the database."""

    def collect(self) -> Iterable[Metric]:
        now = db_now()
        yield from _waiting(now)
        yield from _last_hour(now)
        yield from _nodes(now)
        disk = GaugeMetricFamily("studio_disk_free_bytes", "Room left where assets lie")
        disk.add_metric(
            [], shutil.disk_usage(settings.BLOBS if settings.BLOBS.exists() else settings.DATA).free
        )
        yield disk


registry.register(Rows())


def _waiting(now: datetime) -> Iterator[Metric]:
    jobs = GaugeMetricFamily("studio_jobs", "Jobs that wait or run", labels=["lane", "state"])
    oldest = GaugeMetricFamily("studio_oldest_wait_seconds", "How long the oldest waits", labels=["lane"])
    rows = Job.objects.filter(state__in=("queued", "running")).values_list("lane", "state")
    for lane, state, count, first in rows.annotate(n=Count("pk"), first=Min("created_at")):
        jobs.add_metric([lane, state], count)
        if state == "queued":
            oldest.add_metric([lane], max(0.0, (now - first).total_seconds()))
    yield jobs
    yield oldest


def _last_hour(now: datetime) -> Iterator[Metric]:
    since = uuid.UUID(int=int((now - HOUR).timestamp() * 1000) << 80)  # ids begin with their milliseconds
    rows = Job.objects.filter(pk__gte=since).order_by("-pk")
    rows_of = rows.values_list("lane", "state", "error__kind", "created_at", "started_at", "finished_at")[
        :MOST
    ]
    states: Counts[tuple[str, str]] = Counts()
    failures: Counts[str] = Counts()
    waits: dict[str, list[float]] = {}
    runs: dict[str, list[float]] = {}
    for lane, state, kind, created, started, finished in rows_of:
        states[lane, state] += 1
        if state == "failed":
            failures[str(kind or "unknown")[:60]] += 1
        if started is not None:
            waits.setdefault(lane, []).append((started - created).total_seconds())
            if finished is not None:
                runs.setdefault(lane, []).append((finished - started).total_seconds())
    asked = GaugeMetricFamily("studio_hour_jobs", "Jobs asked for in the last hour", labels=["lane", "state"])
    for (lane, state), count in states.items():
        asked.add_metric([lane, state], count)
    failed = GaugeMetricFamily("studio_hour_failures", "Of these, failed, by kind", labels=["kind"])
    for kind, count in failures.items():
        failed.add_metric([kind], count)
    yield asked
    yield failed
    yield _quantiles("studio_hour_wait_seconds", "Of these, time until they ran", waits)
    yield _quantiles("studio_hour_run_seconds", "Of these, time that they ran", runs)
    lost = GaugeMetricFamily(
        "studio_hour_attempts_ended", "Their attempts, by how they ended", labels=["outcome"]
    )
    outcomes = Attempt.objects.filter(job_id__gte=since).exclude(ended_at=None).values_list("outcome")
    found = dict(outcomes.annotate(n=Count("pk")))
    for outcome in sorted({"lost", "crashed", *found}):
        lost.add_metric([outcome], found.get(outcome, 0))
    yield lost


def _quantiles(name: str, words: str, values: dict[str, list[float]]) -> Metric:
    gauge = GaugeMetricFamily(name, words, labels=["lane", "quantile"])
    for lane, of_lane in values.items():
        of_lane.sort()
        for share in (0.5, 0.95, 1.0):
            gauge.add_metric(
                [lane, str(share)], max(0.0, of_lane[min(len(of_lane) - 1, int(share * len(of_lane)))])
            )
    return gauge


def _nodes(now: datetime) -> Iterator[Metric]:
    up = GaugeMetricFamily("studio_node_up", "Reported in the last seconds", labels=["node", "device"])
    memory = GaugeMetricFamily("studio_node_memory_bytes", "Memory that models may take", labels=["node"])
    used = GaugeMetricFamily("studio_node_memory_used_bytes", "Taken by loaded models", labels=["node"])
    slots = GaugeMetricFamily("studio_node_slots", "Places to run", labels=["node", "lane", "state"])
    for node in Node.objects.all():
        up.add_metric([node.name, node.device], now - node.seen_at <= NODE_AWAY_AFTER)
        memory.add_metric([node.name], node.memory_bytes)
        used.add_metric([node.name], node.memory_used_bytes)
        places = Counts((slot["lane"], "busy" if slot.get("job") else "free") for slot in node.slots)
        for (lane, state), count in places.items():
            slots.add_metric([node.name, lane, state], count)
    yield from (up, memory, used, slots)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """GET /metrics."""
    try:
        _require(request)
    except Exception as error:
        return unforeseen(request, error)  # 401, 403, 429 as problems
    began = time.monotonic()
    response = HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Server-Timing"] = f"collect;dur={(time.monotonic() - began) * 1000:.1f}"
    return response


def _require(request: HttpRequest) -> None:
    """Raise unless this machine itself asks, or an operator."""
    if _from_here(request):
        return
    actor = actor_for(request)
    if not (actor.user.operator and actor.scoped("node.pause")):
        raise NotAllowed("node.view", _("That needs the operator right over this studio."))


def _from_here(request: HttpRequest) -> bool:
    """Whether this machine itself asks. Behind a proxy everything comes from this machine, so there nobody does."""
    host, _port = split_domain_port(request.get_host())
    proxied = settings.PUBLIC_URL or "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    anonymous = "Authorization" not in request.headers
    return anonymous and not proxied and host in HERE and request.META.get("REMOTE_ADDR") in LOOPBACK
