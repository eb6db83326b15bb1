"""What submit and claim ask of the database while thousands wait: indexes answer, no table of jobs is read through."""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection
from django.test.utils import CaptureQueriesContext

from studio.jobs import actions
from studio.jobs.actions import Slot, claim
from studio.jobs.models import Job
from studio.jobs.when import When
from studio.teams.models import User
from studio.teams.rights import Actor

WAITING = 5_000
NEW_ID = {"sqlite": "lower(hex(randomblob(16)))", "postgresql": "gen_random_uuid()"}


def copy_until(count: int) -> None:
    """Copy the jobs that wait until there are so many."""
    columns = [field.column for field in Job._meta.concrete_fields if field.column and field.column != "id"]
    names = ", ".join(connection.ops.quote_name(column) for column in columns)
    new_id = NEW_ID[connection.vendor]
    with connection.cursor() as cursor:
        while (missing := count - Job.objects.count()) > 0:
            cursor.execute(
                f"INSERT INTO jobs_job (id, {names}) SELECT {new_id}, {names} FROM jobs_job LIMIT {missing}"
            )


def plan(sql: str) -> list[str]:
    """How SQLite would answer, a line for each step."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}".replace("%", "%%"), [])
        return [str(row[3]) for row in cursor.fetchall()]


def steps(action: Callable[[], object]) -> int:
    """Instructions of SQLite's machine that an action costs, in tens."""
    counted = 0

    def count() -> int:
        nonlocal counted
        counted += 1
        return 0

    connection.connection.set_progress_handler(count, 10)
    try:
        assert action() is not None
    finally:
        connection.connection.set_progress_handler(None, 0)
    return counted


def test_no_statement_reads_all_that_wait(
    submit: Callable[..., Job], slot: Slot, alice: User, join: Callable[[str, str], User]
) -> None:
    # Another model is loaded: the claim looks for a warm job as well, which asks the most.
    warm = Slot(slot.node, slot.name, slot.lane, slot.memory_bytes, loaded={"sha256:another"})

    def come_and_claim(name: str) -> Job | None:
        """Somebody new submits, which asks who is here, and a slot claims."""
        newcomer = join(name, "creator")
        submit(user=newcomer, seed=1)
        return claim(warm)

    submit(user=alice, seed=1)
    Job.objects.update(model_digest="sha256:large")
    few = steps(lambda: come_and_claim("Dora")) if connection.vendor == "sqlite" else 0
    copy_until(WAITING)
    with CaptureQueriesContext(connection) as queries:
        assert come_and_claim("Erin") is not None
    asked = [query["sql"] for query in queries if "jobs_job" in query["sql"]]
    assert len(asked) >= 5  # who is here, the new row, who waits, whose turn it is, taking the row
    if connection.vendor != "sqlite":
        return  # that it runs is enough: each database tells its plans otherwise
    for sql in asked:
        for line in plan(sql):
            assert not line.startswith(("SCAN job", "SCAN jobs_job")), f"{line}\n{sql}"
    assert few > 10
    assert steps(lambda: come_and_claim("Fred")) < 3 * few


def test_thousands_that_run_when_idle_cost_others_nothing(
    submit: Callable[..., Job], slot: Slot, alice: User, join: Callable[[str, str], User]
) -> None:
    idle = actions.submit(actor=Actor.of(alice), tool="test.nothing", inputs={}, when=When(idle=True))
    copy_until(WAITING)

    def taken() -> Job | None:
        return claim(slot)

    newcomer = submit(user=join("Dora", "creator"))
    with CaptureQueriesContext(connection) as queries:
        assert taken() == newcomer
        assert getattr(taken(), "tool", "") == idle.tool  # nothing else waits
    if connection.vendor != "sqlite":
        return
    for sql in [query["sql"] for query in queries if "jobs_job" in query["sql"]]:
        for line in plan(sql):
            assert not line.startswith(("SCAN job", "SCAN jobs_job")), f"{line}\n{sql}"
    submit(user=alice)
    many = steps(taken)
    Job.objects.filter(idle=True, state="queued").delete()
    submit(user=alice)
    assert many < 3 * steps(taken)
