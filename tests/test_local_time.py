"""Times on pages are those of the person's clock."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.test import Client

from studio.jobs.models import Job
from studio.teams.actions import create_user


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("tz", "said"),
    [
        ("Europe/Berlin", "1 Jul 2026, 14:00"),
        ("", "1 Jul 2026, 12:00"),
        ("../../etc/passwd", "1 Jul 2026, 12:00"),
    ],
)
def test_it_works(tz: str, said: str) -> None:
    person = create_user(email="mara@example.org", name="Mara")
    job = Job.objects.create(
        team=person.personal_team, author=person, tool="test.paint", tool_version=1, makes="image",
        inputs={"prompt": "a boat"}, lane="make", created_at=datetime(2026, 7, 1, 12, tzinfo=UTC),
    )  # fmt: skip
    client = Client()
    client.force_login(person)
    client.cookies["tz"] = tz
    assert said in client.get(f"/jobs/{job.pk}/").content.decode()
