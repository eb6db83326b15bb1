"""Runs: begin one, submit the next step when one has ended well, stop, go on from where it stopped.

The next step's job is stored in the transaction in which the one before ends: either both are there or neither. What
can be wrong with it (words that a rule refuses, a quota, a model that is gone) stops the run in words and never the
ending itself.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from studio import statements
from studio.chains import steps
from studio.chains.actions.keep import purge
from studio.chains.models import Chain, ChainRun, ChainStep
from studio.gallery import texts
from studio.gallery.models import Asset
from studio.jobs import actions as jobs
from studio.jobs.models import FINAL, IdempotencyKey, Job, JobAsset, State
from studio.notices.actions import tell
from studio.problems import Conflict, InvalidInputs, Problem
from studio.teams.models import User
from studio.teams.rights import Actor, NotAllowed, NotThere, require

log = logging.getLogger(__name__)

Run = ChainRun.State


def run(
    *, actor: Actor, chain: Chain, given: Mapping[str, Any], idempotency_key: str | None = None
) -> ChainRun:
    """Begin a run with its blanks filled in ("step.input" → value). Where the first step cannot be submitted, its problem
    is raised and nothing is stored; what is wrong with a later step stops the run when it comes to it.

    idempotency_key: asked again with the same values it gives the run that began then, with others Conflict.
    """
    require(actor, "chain.view", chain)
    require(actor, "job.submit", chain.team)
    digest = jobs.body_digest("chain", str(chain.pk), given)
    begun = _known(actor, idempotency_key, digest)
    if begun is not None:
        return begun
    wanted = steps.read(chain.steps)
    steps.check(wanted)  # tools may have changed since
    asked = steps.fill_blanks(wanted, given)
    try:
        with transaction.atomic():
            begun = ChainRun.objects.create(
                team=chain.team,
                author=actor.user,
                chain=chain,
                name=chain.name,
                steps=chain.steps,
                asked=asked,
            )
            _submit(begun, 1, actor)
            if idempotency_key:
                IdempotencyKey.objects.create(
                    user=actor.user, key=idempotency_key, body_digest=digest, above=begun.pk
                )
    except IntegrityError:  # the same key at the same moment: theirs was first
        begun = _known(actor, idempotency_key, digest)
        if begun is None:
            raise
    return begun


def _known(actor: Actor, key: str | None, digest: str) -> ChainRun | None:
    """The run that this key began; Conflict where it stood for something else."""
    used = jobs.known_key(actor, key, digest)
    return ChainRun.objects.filter(pk=used.above).first() if used is not None and used.above else None


def cancel(*, actor: Actor, run: ChainRun) -> ChainRun:
    """Stop it: the job of the present step is stopped, no other begins. What was made is kept."""
    require(actor, "job.cancel", run)
    with transaction.atomic():
        before = _last(run)
        if before is not None:  # the job first, as its ending does it, or each could wait for the other
            Job.objects.select_for_update().filter(pk=before.job_id).first()
        held = _held(run.pk)
        if held.state != Run.RUNNING:
            return held
        _stop(held, Run.CANCELLED, _("It was stopped."), by=actor.user)
        last = _last(held)
        if last is not None and last.job.state not in FINAL:
            jobs.cancel(actor=actor, job=last.job)
    return held


def go_on(*, actor: Actor, run: ChainRun) -> ChainRun:
    """Go on from where it stopped: with the retry of the step that failed, where somebody has retried it, else with a
    new one. Conflict where it has not stopped."""
    require(actor, "job.submit", run.team)
    with transaction.atomic():
        held = _held(run.pk)
        if held.state not in (Run.FAILED, Run.CANCELLED):
            raise Conflict(_("It has not stopped, so there is nowhere to go on from."))
        held.state, held.why, held.finished_at = Run.RUNNING, "", None
        held.save(update_fields=["state", "why", "finished_at"])
        last = _last(held)
        if last is not None:
            newest = _newest(last.job)
            if newest.state in (State.FAILED, State.CANCELLED):
                newest = jobs.retry(actor=actor, job=newest)
            if newest.pk != last.job_id:
                last.job = newest
                last.save(update_fields=["job"])
        _advance(held)
    return held


def ended(job: Job) -> None:
    """A job has come to its end, in this transaction: the run that it is a step of goes on, or stops."""
    found = statements.read(ChainStep, {"job": job.pk}, ["run"])
    if found is not None:
        _advance(_held(found[0]))


def advance_all() -> None:
    """Once a minute: runs that wait for nothing go on, whatever kept them from it; chains deleted long ago are gone."""
    for pk in ChainRun.objects.filter(state="running").order_by("id").values_list("pk", flat=True):
        with transaction.atomic():
            held = ChainRun.objects.select_for_update().filter(pk=pk).first()
            if held is not None:  # gone with its team meanwhile
                _advance(held)
    purge()


def _held(pk: uuid.UUID) -> ChainRun:
    """The run, which nobody else changes until the transaction ends."""
    return ChainRun.objects.select_for_update().get(pk=pk)


def _last(run: ChainRun) -> ChainStep | None:
    return run.rows.select_related("job").order_by("-number").first()


def _newest(job: Job) -> Job:
    """The last in its chain of retries."""
    while (again := job.retries.order_by("-pk").first()) is not None:
        job = again
    return job


def _advance(run: ChainRun) -> None:
    """A held run: submit what comes next, where what came before has ended."""
    if run.state != Run.RUNNING:
        return
    last = _last(run)
    if last is not None and last.job.state not in FINAL:
        return
    if last is not None and last.job.state != State.SUCCEEDED:
        _stop_at(run, last)
        return
    number = last.number + 1 if last is not None else 1
    if number > len(run.steps):
        _stop(run, Run.SUCCEEDED)
        return
    try:
        with transaction.atomic():
            if run.author is None:
                raise InvalidInputs(_("Whoever began it is no longer here."))
            _submit(run, number, Actor.of(run.author))
    except OperationalError:
        raise
    except IntegrityError:
        log.info("chain run %s: step %s is there already", run.pk, number)
    except (Problem, NotThere, NotAllowed) as problem:
        why = getattr(problem, "detail", "") or str(problem) or _("Something that it needs is not there.")
        _stop(run, Run.FAILED, _("Step %(n)d cannot begin: %(why)s") % {"n": number, "why": why})
    except Exception:
        log.exception("chain run %s: step %s", run.pk, number)
        _stop(run, Run.FAILED, _("Step %(n)d could not begin. The studio's log says more.") % {"n": number})


def _stop_at(run: ChainRun, step: ChainStep) -> None:
    """Its job has failed, or was stopped by itself."""
    if step.job.state == State.CANCELLED:
        _stop(run, Run.CANCELLED, _("Step %(n)d was stopped.") % {"n": step.number})
        return
    why = (step.job.error or {}).get("message") or _("It failed without a reason.")
    _stop(run, Run.FAILED, _("Step %(n)d failed: %(why)s") % {"n": step.number, "why": why})


def _stop(run: ChainRun, state: str, why: str = "", by: User | None = None) -> None:
    """It has ended: whoever began it is told, unless it was they who ended it."""
    run.state, run.why, run.finished_at = state, why[:500], timezone.now()
    run.save(update_fields=["state", "why", "finished_at"])
    titles = {
        Run.SUCCEEDED: _("“%(name)s” is done"),
        Run.FAILED: _("“%(name)s” has failed"),
        Run.CANCELLED: _("“%(name)s” was stopped"),
    }
    tell(
        [run.author] if run.author else [], team=run.team, kind=f"chain.{state}",
        title=titles[Run(state)] % {"name": run.name}, text=run.why, link=f"/chains/runs/{run.pk}/",
        about=about(run), by=by,
    )  # fmt: skip


def about(run: ChainRun) -> str:
    """What notices of a run are about."""
    return f"chain-run:{run.pk}"


def _submit(run: ChainRun, number: int, actor: Actor) -> None:
    """Store a step's job and that it is this step's; both or neither."""
    step = steps.read(run.steps)[number - 1]
    inputs = {name: _value(run, number, name, source) for name, source in step.inputs.items()}
    tool = steps.tool_of(step)
    for name, source in step.inputs.items():
        if isinstance(source, steps.Result) and source.kind == "asset" and steps.takes_list(tool, name):
            inputs[name] = [inputs[name]]
    parent = str(_made(run, step.revises).pk) if step.revises else None
    given = {name: value for name, value in inputs.items() if value is not None}
    job = jobs.submit(actor=actor, tool=step.tool, inputs=given, team=run.team, parent=parent)
    ChainStep.objects.create(run=run, number=number, job=job)


def _value(run: ChainRun, number: int, name: str, source: steps.Source) -> Any:
    if isinstance(source, steps.Kept):
        return source.value
    if isinstance(source, steps.Blank):
        return run.asked.get(f"{number}.{name}")
    if isinstance(source, steps.Same):
        before = steps.read(run.steps)[source.step - 1].inputs[source.input]
        return _value(run, source.step, source.input, before)
    asset = _made(run, source)
    return str(asset.pk) if source.kind == "asset" else texts.read(texts.readable(asset)).strip()


def _made(run: ChainRun, result: steps.Result) -> Asset:
    """What a step made; InvalidInputs where it made none of that number, or somebody has deleted it."""
    link = (
        JobAsset.objects.filter(job__in=run.rows.filter(number=result.step).values("job"), index=result.index)
        .select_related("asset")
        .first()
    )
    if link is None or link.asset.deleted_at is not None:
        words = _("What step %(n)d made is not there (number %(index)d of it).")
        raise InvalidInputs(words % {"n": result.step, "index": result.index + 1})
    return link.asset
