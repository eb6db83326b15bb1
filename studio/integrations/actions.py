"""The verbs of webhooks: add, change, rotate, pause, resume, remove; test, replay."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from studio.integrations import address, outbox, signing
from studio.integrations.models import Delivery, Webhook
from studio.notices.actions import tell
from studio.problems import InvalidInputs
from studio.sealed import opened, seal
from studio.teams.actions import Refused, audit
from studio.teams.models import Member, Role, Team, key_of
from studio.teams.rights import Actor, NotThere, require

VERB = "team.webhooks"  # to see them and to change them: whoever does either sees where the team's events go
PURPOSE = "webhook"
MOST = 20
OLD_SECRET_LIFE = timedelta(hours=24)


def get_visible(actor: Actor, id: str | uuid.UUID) -> Webhook:
    """The webhook; NotThere or NotAllowed."""
    rows = Webhook.objects.select_related("team", "author")
    hook = rows.filter(pk=key_of(id), team_id__in=actor.team_ids).first()
    if hook is None:
        raise NotThere
    require(actor, VERB, hook)
    return hook


def delivery_of(hook: Webhook, id: str | uuid.UUID) -> Delivery:
    found = Delivery.objects.filter(pk=key_of(id), webhook=hook).first()
    if found is None:
        raise NotThere
    found.webhook = hook
    return found


@transaction.atomic
def add(actor: Actor, team: Team, url: str, events: Sequence[str]) -> tuple[Webhook, str]:
    """A new webhook, and its secret, shown this once."""
    require(actor, VERB, team)
    url, heard = _checked(url), _known(events)
    if Webhook.objects.filter(team=team).count() >= MOST:
        raise Refused(_("A team has at most %(n)d webhooks. Remove one first.") % {"n": MOST})
    secret = signing.new_secret()
    hook = Webhook.objects.create(
        team=team, author=actor.user, url=url, events=heard, secret=seal(secret, PURPOSE)
    )
    audit(team, actor.user, "webhook.add", str(hook.pk), url=url)
    _hear(team)
    return hook, secret


@transaction.atomic
def edit(
    actor: Actor, hook: Webhook, *, url: str | None = None, events: Sequence[str] | None = None
) -> Webhook:
    """Another address, or other events. What waits goes to the new address."""
    require(actor, VERB, hook)
    if url is not None:
        hook.url = _checked(url)
    if events is not None:
        hook.events = _known(events)
    hook.save(update_fields=["url", "events"])
    audit(hook.team, actor.user, "webhook.edit", str(hook.pk), url=hook.url)
    _hear(hook.team)
    return hook


@transaction.atomic
def rotate(actor: Actor, hook: Webhook) -> str:
    """A new secret, shown this once. For a day both sign, so that nothing is refused while the receiver changes it."""
    require(actor, VERB, hook)
    secret = signing.new_secret()
    hook.old_secret, hook.old_until = hook.secret, timezone.now() + OLD_SECRET_LIFE
    hook.secret = seal(secret, PURPOSE)
    hook.save(update_fields=["secret", "old_secret", "old_until"])
    audit(hook.team, actor.user, "webhook.rotate", str(hook.pk))
    return secret


@transaction.atomic
def pause(actor: Actor, hook: Webhook) -> Webhook:
    """Nothing is sent; what happens meanwhile waits."""
    require(actor, VERB, hook)
    hook.state, hook.why_paused = Webhook.State.PAUSED, ""
    hook.save(update_fields=["state", "why_paused"])
    audit(hook.team, actor.user, "webhook.pause", str(hook.pk))
    return hook


@transaction.atomic
def resume(actor: Actor, hook: Webhook) -> Webhook:
    """Send again, and first what waits."""
    require(actor, VERB, hook)
    hook.state, hook.why_paused, hook.failing_since = Webhook.State.ON, "", None
    hook.save(update_fields=["state", "why_paused", "failing_since"])
    hook.deliveries.filter(state=Delivery.State.WAITING).update(next_at=timezone.now())
    audit(hook.team, actor.user, "webhook.resume", str(hook.pk))
    return hook


@transaction.atomic
def remove(actor: Actor, hook: Webhook) -> None:
    """With its deliveries: what waits is not sent."""
    require(actor, VERB, hook)
    audit(hook.team, actor.user, "webhook.remove", str(hook.pk), url=hook.url)
    team = hook.team
    hook.delete()
    _hear(team)


def test(actor: Actor, hook: Webhook) -> Delivery:
    """Send something that says nothing, whatever it hears of else."""
    require(actor, VERB, hook)
    words = outbox.body(outbox.TEST, hook.team_id, {"webhook": str(hook.pk), "by": actor.user.name})
    return Delivery.objects.create(webhook=hook, event=outbox.TEST, body=words)


def replay(actor: Actor, delivery: Delivery) -> Delivery:
    """Send one again, under the same webhook-id, with all tries before it."""
    require(actor, VERB, delivery.webhook)
    _anew(Delivery.objects.filter(pk=delivery.pk))
    delivery.refresh_from_db(fields=["state", "tries", "next_at", "ended_at"])
    return delivery


def replay_dead(actor: Actor, hook: Webhook) -> int:
    """Send again all that was given up; how many."""
    require(actor, VERB, hook)
    return _anew(hook.deliveries.filter(state=Delivery.State.DEAD))


def _anew(rows: QuerySet[Delivery]) -> int:
    return rows.update(state=Delivery.State.WAITING, tries=0, next_at=timezone.now(), ended_at=None)


def keys_of(hook: Webhook) -> list[str]:
    """The secrets that sign now, the newest first; none that was sealed by another SECRET_KEY."""
    kept = [hook.secret]
    if hook.old_secret and hook.old_until and hook.old_until > timezone.now():
        kept.append(hook.old_secret)
    return [key for key in (opened(each, PURPOSE) for each in kept) if key]


@transaction.atomic
def pause_failing(hook: Webhook, why: str) -> None:
    """The studio stops trying, and says so to who made it and to the team's owners, once."""
    on = Webhook.objects.filter(pk=hook.pk, state=Webhook.State.ON)
    if not on.update(state=Webhook.State.PAUSED, why_paused=why):
        return
    owners = Member.objects.filter(team=hook.team_id, role=Role.OWNER).values_list("user_id", flat=True)
    audit(hook.team, None, "webhook.pause", str(hook.pk))
    tell(
        [*owners, *([hook.author_id] if hook.author_id else [])], team=hook.team, kind="webhook.paused",
        title=_("A webhook is paused: %(url)s") % {"url": hook.url}, link=f"/team/webhooks/{hook.pk}/",
        text=_("%(why)s What happens meanwhile waits for thirty days; resume it when it works again.") % {"why": why},
        about=f"webhook:{hook.pk}",
    )  # fmt: skip


def _checked(url: str) -> str:
    url = url.strip()
    try:
        address.checked(url)
    except address.Refused as refused:
        raise InvalidInputs.at("url", str(refused), url) from None
    return url


def _known(events: Sequence[str]) -> str:
    wrong = [event for event in events if event not in outbox.EVENTS]
    if wrong or not events:
        raise InvalidInputs.at(
            "events", _("Choose of what it hears: %(all)s.") % {"all": ", ".join(outbox.EVENTS)}, wrong
        )
    return " ".join(event for event in outbox.EVENTS if event in events)


def _hear(team: Team) -> None:
    """Note with the team what any of its webhooks hears, so that what happens need not ask."""
    lines = Webhook.objects.filter(team=team).values_list("events", flat=True)
    Team.objects.filter(pk=team.pk).update(
        hooked=" ".join(sorted({event for line in lines for event in line.split()}))
    )
