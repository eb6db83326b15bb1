"""A review as a PDF: what it says, and that words of people stay words."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from studio.teams.rights import Actor

if TYPE_CHECKING:
    from django.test import Client

    from studio.gallery.models import Asset
    from studio.teams.models import User
    from tests.gallery.conftest import People

pytestmark = pytest.mark.django_db(transaction=True)

NASTY = '<b>bold</b> & <img src="file:///etc/passwd"/> 😀 日本語'


def test_a_report(
    people: People,
    asset: Callable[..., Asset],
    picture: Callable[..., Path],
    signed_in: Callable[[User], Client],
    tmp_path: Path,
) -> None:
    from studio.review import actions, report

    shown = asset(path=picture("a.png", (320, 200)), title="Harbour")
    note = asset("A text that is long enough to be read", title=NASTY)
    review = actions.request_review(
        actor=Actor.of(people.carol),
        subject=actions.Subject([shown.pk, note.pk]),
        people=[people.rita.pk],
        title="Two of them",
        note=NASTY,
    )
    rita = Actor.of(people.rita)
    box = {"kind": "box", "x": 0.1, "y": 0.1, "width": 0.5, "height": 0.5}
    said = actions.comment(rita, shown, NASTY, pin=box, review=review)
    actions.comment(Actor.of(people.carol), shown, "Will do", reply_to=said, review=review)
    item = review.items.get(position=1)
    actions.decide(rita, item, "changes", asset=shown.pk, note="Warmer")

    told = report.content(review, tmp_path)
    first, second = told["sections"]
    assert first["pins"] == [{"number": 1, "pin": box}]
    words = [line for _style, line in first["lines"]]
    assert NASTY in words
    assert "Will do" in words
    assert any("Rita: Changes requested" in line and line.endswith("Warmer") for line in words)
    assert any("A text that is long enough" in line for _style, line in second["lines"])

    answer = signed_in(people.victor).get(f"/api/v1/reviews/{review.pk}/report")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    assert "Two of them.pdf" in answer["Content-Disposition"]
    data = b"".join(answer)
    assert data.startswith(b"%PDF-")
    assert len(re.findall(rb"/Subtype /Image", data)) == 1, "the picture, and nothing from the disk"
    assert signed_in(people.otto).get(f"/api/v1/reviews/{review.pk}/report").status_code == 404


def test_a_report_of_picks_tells_the_results(
    people: People, asset: Callable[..., Asset], tmp_path: Path
) -> None:
    from studio.review import actions, report

    made = [asset(title=name) for name in ("One", "Two", "Three")]
    review = actions.request_review(
        actor=Actor.of(people.carol),
        subject=actions.Subject([each.pk for each in made]),
        people=[people.rita.pk, people.alice.pk],
        kind="pick",
    )
    second = review.items.get(position=2)
    for person in (people.rita, people.alice):
        actions.pick(Actor.of(person), review, [second.pk])
    results = [words for style, words in report.content(review, tmp_path)["lines"] if style == "body"]
    assert results[0] == "2 of 2 picked 2, Two"
    assert results[1].startswith("0 of 2 picked 1")
