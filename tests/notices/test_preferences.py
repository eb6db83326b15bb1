"""Quiet hours and the hour of the digest, by the clock of another place, past midnight and when clocks are changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from studio.notices.preferences import DAILY, GRACE, NEVER, Preferences

VIENNA = "Europe/Vienna"  # UTC+1, in summer UTC+2


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


NIGHT = Preferences(quiet_from="22:00", quiet_to="07:00", time_zone=VIENNA)
NOON = Preferences(quiet_from="12:00", quiet_to="13:30", time_zone=VIENNA)
LATE = Preferences(quiet_from="22:00", quiet_to="02:30", time_zone=VIENNA)


@pytest.mark.parametrize(
    ("wanted", "moment", "quiet"),
    [
        (NIGHT, "2026-01-10 20:59", False),
        (NIGHT, "2026-01-10 21:00", True),
        (NIGHT, "2026-01-10 23:30", True),  # past midnight there
        (NIGHT, "2026-01-11 05:59", True),
        (NIGHT, "2026-01-11 06:00", False),
        (NIGHT, "2026-07-10 20:00", True),  # in summer an hour earlier
        (NIGHT, "2026-07-11 05:00", False),
        (NIGHT, "2026-03-29 05:00", False),  # the clock went forward this night
        (NIGHT, "2026-03-29 04:59", True),
        (NIGHT, "2026-10-25 05:59", True),  # and back
        (NIGHT, "2026-10-25 06:00", False),
        (LATE, "2026-03-29 00:59", True),  # 01:59 there; 02:30 does not come this night
        (LATE, "2026-03-29 01:00", False),  # 03:00
        (LATE, "2026-10-25 01:15", True),  # 02:15 for the second time
        (LATE, "2026-10-25 01:30", False),
        (NOON, "2026-01-10 11:00", True),
        (NOON, "2026-01-10 12:30", False),
        (Preferences(), "2026-01-10 03:00", False),
    ],
)
def test_quiet_hours(wanted: Preferences, moment: str, quiet: bool) -> None:
    assert wanted.is_quiet(at(moment)) is quiet


def test_at_once_is_after_a_moment_and_when_quiet_ends() -> None:
    told = at("2026-01-10 15:00")
    assert not NIGHT.is_due(told, told + GRACE - timedelta(seconds=1))
    assert NIGHT.is_due(told, told + GRACE)
    told = at("2026-01-10 22:00")
    assert not NIGHT.is_due(told, at("2026-01-11 05:59"))
    assert NIGHT.is_due(told, at("2026-01-11 06:00"))


def test_never() -> None:
    assert not Preferences(email=NEVER).is_due(at("2026-01-01 00:00"), at("2026-02-01 00:00"))


def test_a_digest_once_a_day() -> None:
    wanted = Preferences(email=DAILY, digest_hour=8, time_zone=VIENNA)
    told = at("2026-01-10 07:30")  # 08:30 there: today's has gone out
    assert not wanted.is_due(told, at("2026-01-11 06:59"))
    assert wanted.is_due(told, at("2026-01-11 07:00"))
    assert not wanted.is_due(at("2026-01-11 07:00"), at("2026-01-11 23:00"))


def test_a_digest_waits_for_the_end_of_quiet_hours() -> None:
    wanted = Preferences(email=DAILY, digest_hour=6, quiet_from="22:00", quiet_to="07:00", time_zone=VIENNA)
    told = at("2026-01-10 12:00")
    assert not wanted.is_due(told, at("2026-01-11 05:30"))
    assert wanted.is_due(told, at("2026-01-11 06:00"))


@pytest.mark.parametrize(
    ("now", "last"),
    [
        ("2026-03-29 12:00", "2026-03-29 01:00"),  # 02:00 does not come: 03:00 is that moment
        ("2026-10-25 12:00", "2026-10-25 00:00"),  # 02:00 comes twice: the first
        ("2026-10-25 00:30", "2026-10-25 00:00"),
        ("2026-10-25 01:30", "2026-10-25 00:00"),  # not a second time
        ("2026-07-10 12:00", "2026-07-10 00:00"),
    ],
)
def test_the_digests_hour_when_clocks_change(now: str, last: str) -> None:
    assert Preferences(email=DAILY, digest_hour=2, time_zone=VIENNA).last_digest(at(now)) == at(last)


def test_a_zone_that_this_machine_does_not_know_is_utc() -> None:
    wanted = Preferences(quiet_from="22:00", quiet_to="07:00", time_zone="Gone/Away")
    assert wanted.is_quiet(at("2026-01-10 22:00"))
    assert not wanted.is_quiet(at("2026-01-10 21:59"))
