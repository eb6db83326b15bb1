"""Sends what waits, in the sweeper's process: never where people's requests are answered.

A try is counted and `next_at` moved on before anything is sent, so of two senders one has it, and where this process is
killed between sending and noting, it is sent again later under the same webhook-id: at least once, never not at all.
"""

from __future__ import annotations

import logging
import random
import threading
import time
import uuid
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta

from django.conf import settings
from django.db import close_old_connections, transaction
from django.db.models import Exists, F, OuterRef
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from studio.integrations.actions import keys_of, pause_failing
from studio.integrations.models import Delivery, Webhook
from studio.integrations.send import Answer, post

log = logging.getLogger(__name__)

AT_ONCE = 16
EACH = 4  # of these to one webhook, so that one that hangs holds up nobody else's; one alone while it fails
GONE = 410  # the receiver says: never again
KEPT = timedelta(days=30)
TIDY_S = 3600.0
TIDIED_AT_ONCE = 1000


class Sender:
    """One pass after another; `tick` is one, for tests."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="webhook")
        self._flying: dict[Future[Answer], Delivery] = {}
        self._tidied = time.monotonic()

    def tick(self, *, until_sent: bool = False) -> int:
        """Note what has come back, send what is due; how many were sent. until_sent: also wait for their answers."""
        self._land()
        taken = self._take()
        for delivery in taken:
            future = self._pool.submit(
                post,
                delivery.webhook.url,
                keys_of(delivery.webhook),
                delivery.message_id,
                delivery.body.encode(),
            )
            self._flying[future] = delivery
        if until_sent:
            wait(list(self._flying))
            self._land()
        if time.monotonic() - self._tidied > TIDY_S:
            self._tidied = time.monotonic()
            tidy(timezone.now())
        return len(taken)

    def _land(self) -> None:
        for future in [each for each in self._flying if each.done()]:
            delivery = self._flying[future]
            note(delivery, future.result())
            del self._flying[future]  # only once it is noted: the database may be away just now

    def _take(self) -> list[Delivery]:
        """What is due and fits, marked as tried."""
        now = timezone.now()
        flying = Counter(delivery.webhook_id for delivery in self._flying.values())
        due = Delivery.objects.filter(state=Delivery.State.WAITING, next_at__lte=now)
        hooks = Webhook.objects.filter(Exists(due.filter(webhook=OuterRef("pk"))), state=Webhook.State.ON)
        taken: list[Delivery] = []
        found = list(hooks)
        random.shuffle(found)
        for hook in found:
            free = min(
                AT_ONCE - len(self._flying) - len(taken),
                (1 if hook.failing_since else EACH) - flying[hook.pk],
            )
            if free <= 0:
                continue
            for delivery in due.filter(webhook=hook).order_by("next_at")[:free]:
                held = now + timedelta(seconds=settings.WEBHOOK_TIMEOUT + settings.LEASE)
                mine = due.filter(pk=delivery.pk, tries=delivery.tries)
                if mine.update(tries=F("tries") + 1, next_at=held):
                    delivery.tries, delivery.webhook = delivery.tries + 1, hook
                    taken.append(delivery)
        return taken


def note(delivery: Delivery, answer: Answer) -> None:
    """What a try came to. Nothing changes where the delivery was sent anew meanwhile."""
    now = timezone.now()
    waits: Sequence[float] = settings.WEBHOOK_WAITS
    changes: dict[str, object] = {"status": answer.status, "answer": answer.words}
    if answer.ok:
        changes |= {"state": Delivery.State.DELIVERED, "ended_at": now}
    elif delivery.tries > len(waits):
        changes |= {"state": Delivery.State.DEAD, "ended_at": now}
    else:
        wait_s = waits[delivery.tries - 1] * random.uniform(
            1.0, 1.1
        )  # so that not all come back at one moment
        changes["next_at"] = now + timedelta(seconds=wait_s)
    with transaction.atomic():
        same = Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.WAITING, tries=delivery.tries)
        if same.update(**changes):
            _note_hook(delivery.webhook_id, answer, now)


def _note_hook(hook_id: uuid.UUID, answer: Answer, now: datetime) -> None:
    rows = Webhook.objects.filter(pk=hook_id)
    if answer.ok:
        rows.exclude(failing_since=None).update(failing_since=None)
        return
    rows.update(failing_since=Coalesce(F("failing_since"), now))
    hook = rows.select_related("team").first()
    if hook is None or hook.failing_since is None:
        return
    if answer.status == GONE:
        pause_failing(hook, _("It answered that it is gone for good (410)."))
    elif now - hook.failing_since >= timedelta(seconds=settings.WEBHOOK_PAUSE_AFTER):
        pause_failing(hook, _("Nothing has been taken there for days."))


def tidy(now: datetime) -> int:
    """Forget what is older than thirty days, however it ended; how many."""
    oldest = Delivery.objects.order_by("pk").values_list("pk", "created_at")[:TIDIED_AT_ONCE]
    old = [pk for pk, at in oldest if at < now - KEPT]
    Delivery.objects.filter(pk__in=old).delete()
    return len(old)


def start() -> threading.Thread:
    """Send what is due from now on, on threads of its own."""

    def run() -> None:
        sender = Sender()
        while True:
            try:
                close_old_connections()
                sender.tick()
            except Exception:
                log.exception("webhooks: this pass failed; again in a moment")
            time.sleep(settings.SWEEP)

    thread = threading.Thread(target=run, name="webhooks", daemon=True)
    thread.start()
    return thread
