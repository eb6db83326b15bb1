"""submit: the one way in. retry: the same again, as a new job."""

from __future__ import annotations

import hashlib
import json
import logging
import random
import uuid
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from pydantic import ValidationError

from generators.brand import BrandKit
from generators.fields import asset_refs, marked
from generators.registry import UnknownTool as Unknown
from generators.registry import get as get_tool
from generators.tool import Inputs, Needs, Sizes, Tool
from studio import statements
from studio.catalog import actions as catalog
from studio.catalog.models import ModelCard
from studio.gallery import actions as gallery
from studio.gallery.models import Asset
from studio.gallery.stacks import require_unlocked
from studio.jobs import addons, fairshare, needs, quotas
from studio.jobs.dispatch import ring
from studio.jobs.events import tell_state
from studio.jobs.models import Batch, IdempotencyKey, Job
from studio.jobs.when import NOW, When
from studio.presets import brands
from studio.problems import Conflict, InvalidInputs, NoNode, UnknownTool, from_pydantic, shown
from studio.safety.screen import screen
from studio.teams.asked import default_team
from studio.teams.models import Team, key_of
from studio.teams.rights import Actor, NotThere, require

log = logging.getLogger(__name__)

TITLE_LENGTH = 80


@dataclass(frozen=True)
class Order:
    """A request that has passed every check: inputs resolved, model and place found."""

    tool: Tool
    inputs: Inputs
    card: ModelCard | None
    needs: Needs
    parent: Asset | None

    def as_job(
        self, *, actor: Actor, team: Team, title: str, priority: int, listed: bool, when: When = NOW
    ) -> Job:
        """An unsaved row of this order."""
        return Job(
            team=team,
            author=actor.user,
            tool=self.tool.name,
            tool_version=self.tool.version,
            makes=self.tool.makes,
            title=title[:200] or title_of(self.inputs),
            inputs=self.inputs.model_dump(mode="json"),
            model_name=self.card.name if self.card else "",
            model_digest=self.card.digest if self.card else "",
            parent=self.parent,
            listed=listed,
            lane=self.tool.lane,
            device=self.needs.device,
            memory_bytes=self.needs.memory_bytes,
            work=self.needs.work,
            priority=priority,
            ready=when.starts_at is None,
            starts_at=when.starts_at,
            idle=when.idle,
        )


def title_of(inputs: Inputs) -> str:
    """A title from the prompt's first line, cut at a word."""
    prompt = str(getattr(inputs, "prompt", "") or "").strip().partition("\n")[0]
    if len(prompt) <= TITLE_LENGTH:
        return prompt
    return prompt[:TITLE_LENGTH].rsplit(" ", 1)[0] + "…"


def find_tool(name: str) -> Tool:
    try:
        return get_tool(name)
    except Unknown as error:
        raise UnknownTool(
            str(error), errors=[{"loc": ["tool"], "msg": str(error), "input": shown(name)}]
        ) from None


def parse(tool: Tool, inputs: dict[str, Any]) -> Inputs:
    """Inputs as the tool's own class; InvalidInputs says which field and why."""
    try:
        return tool.inputs.model_validate(inputs)
    except ValidationError as error:
        errors = from_pydantic(error.errors(include_url=False))
        first = errors[0]
        where = ".".join(str(part) for part in first["loc"]) or _("inputs")
        raise InvalidInputs(f"{where}: {first['msg']}", errors=errors) from None


@dataclass(frozen=True)
class Known:
    """What the jobs of one batch ask alike: models by name and task, parents, brand kits, words that the rules let
    through."""

    cards: dict[tuple[str | None, str], ModelCard] = field(default_factory=dict)
    parents: dict[str | None, Asset | None] = field(default_factory=dict)
    words: set[str] = field(default_factory=set)  # digests
    kits: dict[uuid.UUID, BrandKit] = field(default_factory=dict)


def check(
    *,
    actor: Actor,
    team: Team,
    tool: Tool,
    inputs: dict[str, Any],
    parent: str | None = None,
    placed: bool = True,
    known: Known | None = None,
    again: Job | None = None,
) -> Order:
    """Everything that can be wrong with a request, asked once: inputs, model, assets named, rules, place.

    placed=False leaves out the look at the nodes (a batch asks once for all). known: what the jobs before of the
    same batch have asked. again: the job whose inputs these are, where it is repeated.
    """
    known = known or Known()
    parsed = parse(tool, inputs)
    changes: dict[str, Any] = {}
    card: ModelCard | None = None
    for name, kind in marked(tool.inputs):
        if kind.kind == "seed" and getattr(parsed, name) is None:
            changes[name] = random.SystemRandom().randrange(2**32)
        elif kind.kind == "brand" and isinstance(kit := getattr(parsed, name), uuid.UUID):
            if kit not in known.kits:
                known.kits[kit] = brands.copy_of(actor, team, kit, name)
            changes[name] = known.kits[kit]
        elif kind.kind == "model" and kind.task:
            asked = (getattr(parsed, name), kind.task)
            if kind.optional and not asked[0] and catalog.default_for(kind.task, [team.pk]) is None:
                continue  # the tool has a way without
            if asked not in known.cards:
                known.cards[asked] = catalog.resolve(*asked, actor, team, kind.also)
            card = known.cards[asked]
            changes[name] = card.name
    if changes:
        own = catalog.own_defaults(card, tool) if card else {}
        parsed = parse(tool, own | inputs | changes)
    sizes = _see_assets(actor, parsed, again)
    also, more_bytes = addons.settle(parsed, card, actor, team)
    parsed = parsed.model_copy(update=also)
    _refuse(tool, parsed, card)
    _screen(actor, team, parsed, known)
    wanted = tool.needs(parsed, catalog.facts(card) if card else None)
    wanted = replace(
        wanted,
        memory_bytes=wanted.memory_bytes + more_bytes,
        work=tool.work(parsed, sizes) if tool.work else wanted.work,
    )
    if placed:
        found = needs.place(tool.name, tool.lane, wanted)
        if found.when == "never":
            raise NoNode(found.reason)
    if parent not in known.parents:
        known.parents[parent] = again.parent if again else _parent(actor, parent)
    return Order(tool, parsed, card, wanted, known.parents[parent])


def _refuse(tool: Tool, inputs: Inputs, card: ModelCard | None) -> None:
    """Inputs that this model cannot take: said beside each, before anything runs."""
    wrong = tool.refuses(inputs, catalog.facts(card) if card else None) if tool.refuses else {}
    if wrong:
        errors = [
            {"loc": [name], "msg": why, "input": shown(getattr(inputs, name))} for name, why in wrong.items()
        ]
        raise InvalidInputs(next(iter(wrong.values())), errors=errors)


def _screen(actor: Actor, team: Team, inputs: Inputs, known: Known) -> None:
    """Refused where the words break a rule; the same words are read once.

    What a brand kit avoids is not read: naming a word there is the opposite of asking for it.
    """
    kits = {name: {"avoid"} for name, kind in marked(type(inputs)) if kind.kind == "brand"}
    given = inputs.model_dump(mode="json", exclude=kits)
    words = body_digest(
        {name: value for name, value in given.items() if isinstance(value, str | list | dict)}
    )
    if words not in known.words:
        screen(given, team=team, user=actor.user)
        known.words.add(words)


def _see_assets(actor: Actor, inputs: Inputs, again: Job | None) -> Sizes:
    """Every asset that the inputs name must be there for this actor, and of the medium that the field takes. The sizes
    of those that have one."""
    sizes: dict[str, tuple[int, int]] = {}
    for name, ref, medium in asset_refs(inputs):
        try:
            asset = _held(again, ref) or gallery.get_visible(actor, ref)
        except NotThere:
            message = _("There is no such asset in your teams.")
            raise InvalidInputs(
                message, errors=[{"loc": [name], "msg": message, "input": shown(ref)}]
            ) from None
        sound = {"music", "speech"}
        if medium and asset.medium != medium and not {asset.medium, medium} <= sound:
            message = _("This takes an asset of medium %(want)s; that one is %(is)s.") % {
                "want": medium,
                "is": asset.medium,
            }
            raise InvalidInputs(message, errors=[{"loc": [name], "msg": message, "input": shown(ref)}])
        if asset.width and asset.height:
            sizes[name] = (asset.width, asset.height)
    return sizes


def _held(job: Job | None, ref: str) -> Asset | None:
    """What a job of this team works on: who repeats the job need not see it (a mask is its author's alone)."""
    return Asset.objects.filter(pk=key_of(ref), team_id=job.team_id).first() if job else None


def _parent(actor: Actor, parent: str | None) -> Asset | None:
    if parent is None:
        return None
    try:
        found = gallery.get_visible(actor, parent)
    except NotThere:
        message = _("There is no such asset in your teams.")
        raise InvalidInputs(
            message, errors=[{"loc": ["parent"], "msg": message, "input": shown(parent)}]
        ) from None
    require_unlocked(found)
    return found


def body_digest(*parts: Any) -> str:
    """What an idempotency key is compared by."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


def known_key(actor: Actor, key: str | None, digest: str) -> IdempotencyKey | None:
    """What this key stood for, if it was used; Conflict where the request was another."""
    if not key:
        return None
    if len(key) > 200:
        raise InvalidInputs(_("An Idempotency-Key has at most 200 characters."))
    used = IdempotencyKey.objects.select_related("job", "batch").filter(user=actor.user, key=key).first()
    if used is not None and used.body_digest != digest:
        raise Conflict(
            _("This Idempotency-Key was used for another request. Use a new key for a new request.")
        )
    return used


def submit(
    *,
    actor: Actor,
    tool: str,
    inputs: dict[str, Any],
    team: Team | None = None,
    parent: str | None = None,
    title: str = "",
    priority: int = 0,
    idempotency_key: str | None = None,
    listed: bool | None = None,
    hidden_ok: bool = False,
    when: When = NOW,
) -> Job:
    """Accept a job: rights, inputs, assets, rules and place are checked; then job and first event are stored at once.

    Without `team` it goes to the token's team, else the personal one. priority: -10 to 10; raising it above 0 is a
    manager's right. Raises Problem subclasses, NotThere, NotAllowed. Nothing is stored when it raises.
    """
    team = team or default_team(actor)
    require(actor, "job.submit", team)
    digest = body_digest(tool, inputs, str(team.pk), parent, title, priority, *when.told())
    used = known_key(actor, idempotency_key, digest)
    if used is not None and used.job is not None:
        return used.job
    declared = find_tool(tool)
    if declared.hidden and not hidden_ok:
        raise UnknownTool(_("%(tool)s is not run by hand.") % {"tool": tool})
    priority = _priority(actor, team, priority)
    quotas.ask(team, 1)
    order = check(actor=actor, team=team, tool=declared, inputs=inputs, parent=parent)
    job = order.as_job(
        actor=actor,
        team=team,
        title=title,
        priority=priority,
        listed=declared.listed if listed is None else listed,
        when=when,
    )
    try:
        with transaction.atomic():
            _insert(job)
            if idempotency_key:
                IdempotencyKey.objects.create(
                    user=actor.user, key=idempotency_key, body_digest=digest, job=job
                )
    except IntegrityError:  # the same key at the same moment: theirs was first
        used = known_key(actor, idempotency_key, digest)
        if used is None or used.job is None:
            raise
        return used.job
    log.info("submitted %s", job.tool, extra={"facts": {"job": str(job.pk)}})
    return job


def _priority(actor: Actor, team: Team, priority: int) -> int:
    if not -10 <= priority <= 10:
        raise InvalidInputs(
            _("Priority goes from -10 to 10."),
            errors=[{"loc": ["priority"], "msg": _("Priority goes from -10 to 10."), "input": priority}],
        )
    if priority > 0:
        require(actor, "job.prioritise", team)
    return priority


def _insert(job: Job) -> None:
    """Row, first event, the team's line; then the bell, after the commit. One that waits for its time joins then."""
    if job.ready:
        fairshare.join(job)
    job.last_n = 1
    statements.insert(job)
    tell_state(job, 1)
    if job.ready:
        lane, device = job.lane, job.device
        transaction.on_commit(lambda: ring(lane, device))


def retry(*, actor: Actor, job: Job) -> Job:
    """The same again as a new job with `retry_of`: same inputs, seed included; in the same batch, when idle as that.

    Whoever may see the job may repeat it, on what it works on, though some of that may be its author's alone.
    """
    require(actor, "job.view", job)
    if not job.listed and job.author_id != actor.user.pk:
        raise NotThere
    team = job.team
    require(actor, "job.submit", team)
    quotas.ask(team, 1)
    order = check(actor=actor, team=team, tool=find_tool(job.tool), inputs=job.inputs, again=job)
    again = order.as_job(
        actor=actor, team=team, title=job.title, priority=min(job.priority, 0), listed=job.listed
    )
    again.retry_of = job
    again.batch = Batch.objects.filter(pk=job.batch_id).first() if job.batch_id else None
    again.batch_index = job.batch_index
    again.idle = again.batch.idle if again.batch else job.idle
    with transaction.atomic():
        _insert(again)
    return again
