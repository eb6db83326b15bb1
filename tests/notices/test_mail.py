"""Notices by e-mail, to a real mail server: each once, all that waits in one, nothing lost while the server is away."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from studio.notices import actions, mail
from studio.notices.mail import Mailer
from studio.notices.models import Notice
from studio.teams.models import Member, Team, User
from tests.notices.smtp import MailServer

pytestmark = pytest.mark.django_db(transaction=True)
SOON = timedelta(minutes=2)


@pytest.fixture
def server(settings: Settings) -> Iterator[MailServer]:
    running = MailServer()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", running.port, 5
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = ""
    settings.DEFAULT_FROM_EMAIL = "Studio <studio@example.org>"
    settings.PUBLIC_URL = "https://studio.example.org"
    yield running
    running.stop()


@pytest.fixture(autouse=True)
def no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """A failure is followed by a wait; most tests do not want to sit through one."""
    monkeypatch.setattr(mail, "FIRST_WAIT_S", 0.0)


def tell(team: Team, *people: User, **more: Any) -> None:
    told = {"kind": "test.word", "title": "Théo asks for your verdict", "link": "/review/1/"} | more
    actions.tell(people, team=team, **told)


def prefer(user: User, **wanted: Any) -> None:
    user.preferences = {"notices": wanted}
    user.save(update_fields=["preferences"])


def text_of(message: Any, kind: str = "plain") -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def waiting() -> int:
    return Notice.objects.filter(mailed_at=None).count()


def test_it_works(server: MailServer, team: Team, alice: User) -> None:
    tell(team, alice, text="Two <pictures>\nof a boat", about="review:1")
    assert Mailer().tick() == 0, "at once is after a moment, in which it may be read"
    assert Mailer().tick(timezone.now() + SOON) == 1
    assert Mailer().tick(timezone.now() + SOON) == 0, "each once"
    (message,) = server.taken
    notice = Notice.objects.get()
    assert (message["To"], message["From"]) == ("alice@example.org", "Studio <studio@example.org>")
    assert message["Subject"] == "Théo asks for your verdict"
    assert message["List-Unsubscribe"] == "<https://studio.example.org/notices/preferences/>"
    link = f"https://studio.example.org/notices/{notice.pk}/"
    assert link in text_of(message)
    assert "Two <pictures>\nof a boat" in text_of(message)
    assert f'href="{link}"' in text_of(message, "html")
    assert "Two &lt;pictures&gt;<br>of a boat" in text_of(message, "html")
    # The links of the e-mail lead where they say.
    browser = Client()
    browser.force_login(alice)
    for path in re.findall(r"https://studio\.example\.org(/\S*)", text_of(message)):
        assert browser.get(path).status_code in {200, 302}, path


def test_all_that_waits_goes_in_one(server: MailServer, team: Team, alice: User, bob: User) -> None:
    for n in range(3):
        tell(team, alice, title=f"Comment {n}", about="asset:1")
    tell(team, alice, bob, title="A review")
    assert Mailer().tick(timezone.now() + SOON) == 2
    by_person = {message["To"]: message for message in server.taken}
    assert by_person["alice@example.org"]["Subject"] == "A review, and 1 more"
    words = text_of(by_person["alice@example.org"])
    assert "Comment 2\n(2 more about it)" in words
    assert "Comment 1" not in words
    assert by_person["bob@example.org"]["Subject"] == "A review"


def test_what_was_read_is_not_mailed(server: MailServer, team: Team, alice: User) -> None:
    tell(team, alice)
    Notice.objects.update(read_at=timezone.now())
    assert Mailer().tick(timezone.now() + SOON) == 0


def test_who_has_left_or_wants_none_gets_none(
    server: MailServer, team: Team, alice: User, bob: User, join: Callable[[str, str], User]
) -> None:
    dora = join("Dora", "viewer")
    tell(team, alice, bob, dora)
    Member.objects.filter(user=bob).delete()
    prefer(alice, email="never")
    User.objects.filter(pk=dora.pk).update(is_active=False)
    assert Mailer().tick(timezone.now() + SOON) == 0
    assert (server.taken, waiting()) == ([], 0)
    prefer(alice, email="at once")
    assert Mailer().tick(timezone.now() + SOON) == 0, "what came while one wanted none stays unsent"


def test_quiet_hours_hold_back_until_they_end(server: MailServer, team: Team, alice: User) -> None:
    prefer(alice, quiet_from="22:00", quiet_to="07:00", time_zone="Europe/Vienna")
    tell(team, alice)
    night = timezone.now().replace(year=2027, month=1, day=11, hour=1, minute=0)
    Notice.objects.update(created_at=night)
    mailer = Mailer()
    assert mailer.tick(night + timedelta(hours=4, minutes=59)) == 0
    assert waiting() == 1
    assert mailer.tick(night + timedelta(hours=5)) == 1


def test_a_digest_takes_the_day(server: MailServer, team: Team, alice: User) -> None:
    prefer(alice, email="daily", digest_hour=8)
    noon = timezone.now().replace(year=2027, month=1, day=11, hour=12, minute=0)
    for n in range(60):
        tell(team, alice, title=f"Thing {n}")
    Notice.objects.update(created_at=noon)
    mailer = Mailer()
    assert mailer.tick(noon + timedelta(hours=19)) == 0
    assert mailer.tick(noon + timedelta(hours=20)) == 1
    (message,) = server.taken
    assert message["Subject"] == "Your day in the studio: 60 notices"
    assert "and 10 more: https://studio.example.org/notices/" in text_of(message)
    assert waiting() == 0


def test_a_server_that_is_away_loses_nothing(server: MailServer, team: Team, alice: User, bob: User) -> None:
    server.stop()
    tell(team, alice, bob)
    mailer = Mailer()
    began = time.monotonic()
    assert mailer.tick(timezone.now() + SOON) == 0
    assert time.monotonic() - began < 5
    assert waiting() == 2
    server.start()
    assert mailer.tick(timezone.now() + SOON) == 2
    assert len(server.taken) == 2


def test_it_waits_longer_after_each_failure(
    server: MailServer, team: Team, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "FIRST_WAIT_S", 0.4)
    server.hangs_up = "EHLO"
    tell(team, alice)
    mailer = Mailer()
    assert mailer.tick(timezone.now() + SOON) == 0
    server.hangs_up = ""
    assert mailer.tick(timezone.now() + SOON) == 0, "it does not ask again at once"
    time.sleep(0.5)
    assert mailer.tick(timezone.now() + SOON) == 1


@pytest.mark.parametrize("word", ["EHLO", "MAIL", "RCPT", "DATA", "BODY"])
def test_a_server_that_hangs_up(server: MailServer, team: Team, alice: User, word: str) -> None:
    server.hangs_up = word
    tell(team, alice)
    mailer = Mailer()
    assert mailer.tick(timezone.now() + SOON) == 0
    assert waiting() == 1
    server.hangs_up = ""
    assert mailer.tick(timezone.now() + SOON) == 1
    assert (len(server.taken), waiting()) == (1, 0)


def test_one_refused_address_keeps_nobody_else_waiting(
    server: MailServer, team: Team, alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "FIRST_WAIT_S", 60.0)
    server.refuses = {"alice@example.org"}
    tell(team, alice, bob)
    mailer = Mailer()
    assert mailer.tick(timezone.now() + SOON) == 1
    assert [message["To"] for message in server.taken] == ["bob@example.org"]
    assert waiting() == 1
    tell(team, bob)
    assert mailer.tick(timezone.now() + SOON) == 1, "alice's address waits, the server does not"


def test_the_same_notices_have_the_same_message_id(server: MailServer, team: Team, alice: User) -> None:
    """Where a server took one and could not say so, whoever reads it can tell that the second is the same."""
    tell(team, alice)
    Mailer().tick(timezone.now() + SOON)
    Notice.objects.update(mailed_at=None)
    Mailer().tick(timezone.now() + SOON)
    first, second = server.taken
    assert first["Message-ID"] == second["Message-ID"]


def test_they_are_marked_before_they_go(server: MailServer, team: Team, alice: User) -> None:
    """Whoever takes them second finds nothing."""
    tell(team, alice)
    now = timezone.now() + SOON
    assert len(mail.take(alice, now)) == 1
    assert mail.take(alice, now) == []
    assert not connection.in_atomic_block


def test_without_a_server_they_are_files(team: Team, alice: User, settings: Settings, tmp_path: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    tell(team, alice)
    assert Mailer().tick() == 0
    assert Mailer().tick(timezone.now() + SOON) == 1
    (file,) = (tmp_path / "mail").iterdir()
    assert "alice@example.org" in file.read_text()


def test_what_was_read_long_ago_is_forgotten(team: Team, alice: User) -> None:
    now = timezone.now()
    for _ in range(3):
        tell(team, alice)
    old, newer, _unread = Notice.objects.order_by("pk")
    Notice.objects.filter(pk=old.pk).update(read_at=now - timedelta(days=91))
    Notice.objects.filter(pk=newer.pk).update(read_at=now - timedelta(days=89))
    assert mail.tidy(now) == 1
    assert not Notice.objects.filter(pk=old.pk).exists()
