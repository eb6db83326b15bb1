"""Deliveries to a real server: signed, tried again, given up, never twice under two ids, never not at all."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from studio.integrations import actions, sender
from studio.integrations.models import Delivery, Webhook
from studio.integrations.sender import Sender
from studio.notices.models import Notice
from studio.teams.models import User
from studio.teams.rights import Actor
from tests.integrations.receiver import Received, Receiver

pytestmark = pytest.mark.django_db(transaction=True)
Make = Callable[..., tuple[Webhook, str]]


def signed(got: Received, secret: str) -> bool:
    """The specification's own words: base64 of HMAC-SHA256 of "id.timestamp.body", keyed with the decoded secret."""
    key = base64.b64decode(secret[len("whsec_") :])
    content = got.headers["webhook-id"] + "." + got.headers["webhook-timestamp"] + "." + got.body.decode()
    wanted = base64.b64encode(hmac.new(key, content.encode(), hashlib.sha256).digest()).decode()
    return wanted in [each.split(",", 1)[1] for each in got.headers["webhook-signature"].split(" ")]


def passes(times: int) -> None:
    running = Sender()
    for _each in range(times):
        running.tick(until_sent=True)


def test_it_works(hook: Make, receiver: Receiver, alice: User) -> None:
    row, secret = hook("job.failed")
    receiver.answers = [500, 503]
    delivery = actions.test(Actor.of(alice), row)
    passes(4)
    assert len(receiver.got) == 3, "it fails twice, works, and is left alone then"
    assert {got.headers["webhook-id"] for got in receiver.got} == {delivery.message_id}
    for got in receiver.got:
        assert signed(got, secret)
        assert abs(int(got.headers["webhook-timestamp"]) - time.time()) < 300
        assert got.headers["host"] == f"127.0.0.1:{receiver.port}"
    words = json.loads(receiver.got[0].body)
    assert (words["type"], words["data"]["webhook"]) == ("webhook.test", str(row.pk))
    delivery.refresh_from_db()
    assert (delivery.state, delivery.tries, delivery.status) == ("delivered", 3, 204)
    row.refresh_from_db()
    assert row.failing_since is None


def test_it_is_given_up_and_sent_again_by_hand(hook: Make, receiver: Receiver, alice: User) -> None:
    row, _secret = hook("job.failed")
    receiver.answers = [500] * 3
    delivery = actions.test(Actor.of(alice), row)
    passes(5)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.tries, delivery.status, len(receiver.got)) == ("dead", 3, 500, 3)
    assert actions.replay_dead(Actor.of(alice), row) == 1
    passes(1)
    delivery.refresh_from_db()
    assert delivery.state == "delivered"
    actions.replay(Actor.of(alice), delivery)
    passes(1)
    assert len({got.headers["webhook-id"] for got in receiver.got}) == 1
    assert len(receiver.got) == 5


def test_waits_grow(hook: Make, receiver: Receiver, alice: User, settings: Settings) -> None:
    settings.WEBHOOK_WAITS = [5.0, 300.0]
    row, _secret = hook("job.failed")
    receiver.answers = [500] * 2
    delivery = actions.test(Actor.of(alice), row)
    for wait_s in settings.WEBHOOK_WAITS:
        Delivery.objects.update(next_at=timezone.now())
        before = timezone.now()
        passes(2)
        delivery.refresh_from_db()
        assert timedelta(seconds=wait_s) <= delivery.next_at - before, "no try before its time"
        assert delivery.next_at - timezone.now() <= timedelta(seconds=wait_s * 1.1)
    assert len(receiver.got) == 2


def test_a_rotated_secret_and_the_one_before_both_sign(hook: Make, receiver: Receiver, alice: User) -> None:
    row, old = hook("job.failed")
    new = actions.rotate(Actor.of(alice), row)
    actions.test(Actor.of(alice), row)
    passes(1)
    assert old != new
    assert signed(receiver.got[0], old)
    assert signed(receiver.got[0], new)
    Webhook.objects.update(old_until=timezone.now())
    actions.test(Actor.of(alice), row)
    passes(1)
    assert signed(receiver.got[1], new)
    assert not signed(receiver.got[1], old)


def test_one_that_fails_for_days_is_paused_and_its_owner_told(
    hook: Make, receiver: Receiver, alice: User
) -> None:
    row, _secret = hook("job.failed")
    receiver.answers = [500]
    Webhook.objects.update(failing_since=timezone.now() - timedelta(days=6))
    delivery = actions.test(Actor.of(alice), row)
    passes(2)
    row.refresh_from_db()
    assert row.state == "paused"
    assert row.why_paused
    (notice,) = Notice.objects.all()
    assert (notice.person, notice.kind, notice.link) == (alice, "webhook.paused", f"/team/webhooks/{row.pk}/")
    assert len(receiver.got) == 1
    actions.resume(Actor.of(alice), row)
    passes(1)
    delivery.refresh_from_db()
    assert delivery.state == "delivered", "what waited goes on"


def test_one_that_is_gone_is_paused_at_once(hook: Make, receiver: Receiver, alice: User) -> None:
    row, _secret = hook("job.failed")
    receiver.answers = [410]
    actions.test(Actor.of(alice), row)
    passes(1)
    row.refresh_from_db()
    assert row.state == "paused"


def test_a_redirect_is_not_followed(hook: Make, receiver: Receiver, alice: User) -> None:
    row, _secret = hook("job.failed")
    receiver.answers, receiver.headers = [307], {"Location": receiver.url}
    delivery = actions.test(Actor.of(alice), row)
    Sender().tick(until_sent=True)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.status, len(receiver.got)) == ("waiting", 307, 1)


def test_one_that_hangs_is_let_go(hook: Make, receiver: Receiver, alice: User, settings: Settings) -> None:
    settings.WEBHOOK_TIMEOUT = 0.3
    receiver.slow_s = 2.0
    row, _secret = hook("job.failed")
    delivery = actions.test(Actor.of(alice), row)
    Sender().tick(until_sent=True)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.status) == ("waiting", None)
    assert "No answer" in delivery.answer


def test_one_that_hangs_holds_up_nobody_else(hook: Make, receiver: Receiver, alice: User) -> None:
    other = Receiver()
    try:
        slow, _secret = hook("job.failed")
        quick, _secret = actions.add(Actor.of(alice), slow.team, other.url, ["job.failed"])
        receiver.slow_s = 5.0
        for _each in range(40):
            actions.test(Actor.of(alice), slow)
        actions.test(Actor.of(alice), quick)
        assert Sender().tick() == sender.EACH + 1
        deadline = time.monotonic() + 4.0
        while not other.got and time.monotonic() < deadline:
            time.sleep(0.02)
        assert other.got
    finally:
        receiver.slow_s = 0.0
        other.stop()


KILLED = """
import django, os, signal
django.setup()
from studio.integrations import sender
sender.note = lambda delivery, answer: os.kill(os.getpid(), signal.SIGKILL)
sender.Sender().tick(until_sent=True)
"""


def test_a_sender_that_is_killed_before_it_notes_sends_again_under_the_same_id(
    hook: Make, receiver: Receiver, alice: User
) -> None:
    row, _secret = hook("job.failed")
    delivery = actions.test(Actor.of(alice), row)
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "studio.settings",
        "STUDIO_WEBHOOK_HOSTS": "127.0.0.1",
        "DATABASE_URL": os.environ.get("DATABASE_URL", ""),
    }
    name = str(connection.settings_dict["NAME"])
    point = f"from django.conf import settings\nsettings.DATABASES['default']['NAME'] = {name!r}\n"
    ended = subprocess.run([sys.executable, "-c", point + KILLED], env=environment, timeout=60, check=False)
    assert ended.returncode == -signal.SIGKILL
    delivery.refresh_from_db()
    assert (delivery.state, delivery.tries, len(receiver.got)) == ("waiting", 1, 1)
    passes(1)
    assert len(receiver.got) == 1, "whoever sent it may still be there"
    Delivery.objects.update(next_at=timezone.now())
    passes(1)
    delivery.refresh_from_db()
    assert delivery.state == "delivered"
    assert [got.headers["webhook-id"] for got in receiver.got] == [delivery.message_id] * 2
