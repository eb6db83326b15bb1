"""Notices by e-mail. Rows without `mailed_at` are the queue; one e-mail takes all that waits for a person.

In this order, so that nobody gets an e-mail twice and a mail server that is away costs nothing: connect; then mark the
rows in a transaction of their own; then hand the e-mail over; where the server did not take it, unmark them. A process
that is killed while it hands one over leaves them marked: that e-mail may be lost, its notices stand under the bell. A
server that takes an e-mail but is cut off before it can say so gets it once more under the same Message-ID.
"""

from __future__ import annotations

import logging
import smtplib
import threading
import time
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import DatabaseError, close_old_connections, connection, transaction
from django.db.models import Min
from django.utils import timezone

from studio.notices import preferences
from studio.notices.letter import letter
from studio.notices.models import Notice
from studio.teams.models import User
from studio.teams.rights import Actor

log = logging.getLogger(__name__)

EVERY_S = 5.0
PASS_S = 30.0  # a pass begins no further e-mail after this long
MOST_MAILS = 50  # in one pass
MOST_NOTICES = 500  # in one e-mail; the rest goes with the next
FIRST_WAIT_S = 30.0
LONGEST_WAIT_S = 1800.0  # the server is away; an address that is refused waits up to eight times as long
KEPT = timedelta(days=90)  # what was read, from then on
TIDY_S = 3600.0

REFUSALS = (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError, ValueError)
"""The server is there and does not want this e-mail; or its address cannot be written at all."""


class Mailer:
    """One pass after another; `tick` is one, for tests. What it remembers between them is only how long to wait."""

    def __init__(self) -> None:
        self._server_away = _BackOff(LONGEST_WAIT_S)
        self._refused: dict[uuid.UUID, _BackOff] = {}
        self._owed: list[uuid.UUID] = []  # marked though not mailed, as the database was away just then
        self._tidied = time.monotonic()

    def tick(self, now: datetime | None = None) -> int:
        """Send what is due; how many e-mails the server took."""
        now = now or timezone.now()
        if self._owed:
            self._unmark([])
        if time.monotonic() - self._tidied > TIDY_S:
            self._tidied = time.monotonic()
            tidy(now)
        due = [person for person in due_people(now) if not self._waits(person)]
        if not due or self._server_away.waits():
            return 0
        server = get_connection()
        try:
            server.open()
        except (OSError, smtplib.SMTPException) as error:
            self._away(error)
            return 0
        try:
            return self._send(server, due[:MOST_MAILS], now)
        finally:
            try:
                server.close()
            except (OSError, smtplib.SMTPException):
                log.debug("mail: the server was gone before we said goodbye")

    def _send(self, server: BaseEmailBackend, people: Sequence[User], now: datetime) -> int:
        began, sent = time.monotonic(), 0
        for person in people:
            if time.monotonic() - began > PASS_S:
                break
            notices = take(person, now)
            if not notices:
                continue
            try:
                server.send_messages([letter(person, notices)])
            except REFUSALS as error:
                self._unmark([notice.pk for notice in notices])
                self._refused.setdefault(person.pk, _BackOff(8 * LONGEST_WAIT_S)).failed()
                log.warning("mail: refused for person %s: %s", person.pk, type(error).__name__)
            except (OSError, smtplib.SMTPException) as error:
                self._unmark([notice.pk for notice in notices])
                self._away(error)
                break
            except BaseException:
                self._unmark([notice.pk for notice in notices])
                self._refused.setdefault(person.pk, _BackOff(8 * LONGEST_WAIT_S)).failed()
                raise
            else:
                sent += 1
                self._server_away.worked()
                self._refused.pop(person.pk, None)
        return sent

    def _away(self, error: Exception) -> None:
        self._server_away.failed()
        log.warning("mail: the server does not take it (%s); trying again", type(error).__name__)

    def _waits(self, person: User) -> bool:
        refused = self._refused.get(person.pk)
        return refused is not None and refused.waits()

    def _unmark(self, keys: list[uuid.UUID]) -> None:
        self._owed += keys
        try:
            Notice.objects.filter(pk__in=self._owed).update(mailed_at=None)
            self._owed = []
        except DatabaseError:
            log.warning("mail: %s notices wait to be queued again", len(self._owed))


class _BackOff:
    """Twice as long after each failure."""

    def __init__(self, longest_s: float) -> None:
        self.longest_s = longest_s
        self.wait_s = 0.0
        self.until = 0.0

    def failed(self) -> None:
        self.wait_s = min(max(FIRST_WAIT_S, 2 * self.wait_s), self.longest_s)
        self.until = time.monotonic() + self.wait_s

    def worked(self) -> None:
        self.wait_s = self.until = 0.0

    def waits(self) -> bool:
        return time.monotonic() < self.until


def due_people(now: datetime) -> list[User]:
    """Whom to mail now, who has waited longest first. What is never to be mailed leaves the queue on the way."""
    waiting = Notice.objects.filter(mailed_at=None, read_at=None).order_by()
    oldest = dict(waiting.values_list("person").annotate(since=Min("created_at")))
    due: list[User] = []
    for person in User.objects.filter(pk__in=list(oldest)):
        wanted = preferences.of(person.preferences)
        if wanted.email == preferences.NEVER or not person.is_active:
            waiting.filter(person=person).update(mailed_at=now)
        elif wanted.is_due(oldest[person.pk], now):
            due.append(person)
    return sorted(due, key=lambda person: oldest[person.pk])


def take(person: User, now: datetime) -> list[Notice]:
    """What waits for this person, marked as mailed: nobody else takes it. What is of a team that they have left, or are kept out of, is
    marked and not mailed."""
    can_skip = connection.features.has_select_for_update_skip_locked
    with transaction.atomic():
        rows = Notice.objects.select_for_update(skip_locked=can_skip).filter(
            person=person, mailed_at=None, read_at=None
        )
        found = list(rows.order_by("pk")[:MOST_NOTICES])
        Notice.objects.filter(pk__in=[notice.pk for notice in found]).update(mailed_at=now)
        teams = set(Actor.of(person).team_ids)
    return [notice for notice in found if notice.team_id is None or notice.team_id in teams]


def tidy(now: datetime) -> int:
    """Forget what was read long ago; how many."""
    old = list(Notice.objects.filter(read_at__lt=now - KEPT).values_list("pk", flat=True)[:MOST_NOTICES])
    Notice.objects.filter(pk__in=old).delete()
    return len(old)


def start() -> threading.Thread:
    """Send what is due from now on, on a thread of its own: a mail server that hangs keeps nobody waiting."""

    def run() -> None:
        mailer = Mailer()
        while True:
            try:
                close_old_connections()
                mailer.tick()
            except Exception:
                log.exception("mail: this pass failed; again in a while")
            time.sleep(EVERY_S)

    thread = threading.Thread(target=run, name="mail", daemon=True)
    thread.start()
    return thread
