"""aside: who says something never waits, the newest of one key is kept, and an error ends nothing."""

from __future__ import annotations

import threading
import time
from functools import partial

from studio.aside import MOST_WAITING, Aside


def test_nobody_waits_and_the_newest_is_kept() -> None:
    aside, gate, said = Aside(), threading.Event(), list[object]()
    aside.say("slow", lambda: gate.wait(10))
    while aside._waiting:  # the slow call is being made
        time.sleep(0.001)
    began = time.monotonic()
    for n in range(100):
        aside.say("feed", partial(said.append, n))
    aside.say("other", lambda: said.append("other"))
    assert time.monotonic() - began < 1.0
    gate.set()
    until = time.monotonic() + 5
    while len(said) < 2 and time.monotonic() < until:
        time.sleep(0.001)
    assert said == [99, "other"]


def test_an_error_ends_nothing() -> None:
    aside, done = Aside(), threading.Event()
    aside.say("bad", lambda: 1 / 0)
    aside.say("good", done.set)
    assert done.wait(5)


def test_what_waits_is_bounded() -> None:
    aside, gate = Aside(), threading.Event()
    aside.say("slow", lambda: gate.wait(10))
    for n in range(2 * MOST_WAITING):
        aside.say(n, lambda: None)
    assert len(aside._waiting) <= MOST_WAITING
    gate.set()
