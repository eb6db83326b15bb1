"""A stream over a second attempt: what both wrote alike is sent once."""

from __future__ import annotations

import pytest

from studio.openai.chat import Rejoin
from studio.openai.follow import Failed


def test_one_attempt_is_sent_as_it_comes() -> None:
    text = Rejoin()
    assert [text.add(1, piece) for piece in ("The ", "sea")] == ["The ", "sea"]


def test_the_beginning_that_both_share_is_skipped() -> None:
    text = Rejoin()
    text.add(1, "The sea is ")
    again = [text.add(2, piece) for piece in ("The ", "sea ", "is gr", "een")]
    assert again == ["", "", "gr", "een"]
    assert text.sent == "The sea is green"


def test_a_second_attempt_that_writes_another_text_ends_it() -> None:
    text = Rejoin()
    text.add(1, "The sea")
    assert text.add(2, "The ") == ""
    with pytest.raises(Failed):
        text.add(2, "lake")


def test_the_stored_text_adds_what_no_token_said() -> None:
    text = Rejoin()
    text.add(1, "The sea")
    assert text.add(-1, "The sea.") == "."
