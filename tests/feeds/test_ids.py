"""Ids that sort by time."""

from __future__ import annotations

import time

from studio.ids import uuid7


def test_later_ids_sort_after_earlier_ones() -> None:
    made = [uuid7() for _ in range(5000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)
    assert {(one.version, one.variant) for one in made} == {(7, "specified in RFC 4122")}


def test_the_time_stands_in_the_first_48_bits() -> None:
    before = time.time_ns() // 10**6
    stamp = uuid7().int >> 80
    assert before <= stamp <= time.time_ns() // 10**6 + 10
