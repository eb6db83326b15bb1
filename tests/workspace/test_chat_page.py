"""The chat page: a talk is its author's alone."""

from __future__ import annotations

import pytest
from django.test import Client

from studio.teams.actions import create_user
from studio.teams.models import Team, User
from studio.threads.models import Thread

pytestmark = pytest.mark.django_db


def person(name: str) -> tuple[User, Client]:
    user = create_user(email=f"{name}@studio.localhost", name=name)
    client = Client()
    client.force_login(user)
    return user, client


def test_it_works() -> None:
    user, client = person("mara")
    thread = Thread.objects.create(
        team=Team.objects.get(personal_of=user), author=user, title="Names for a boat"
    )
    html = client.get(f"/chat/{thread.pk}/").content.decode()
    assert "Names for a boat" in html
    assert str(thread.pk) in client.get("/chat/").content.decode()


def test_anothers_thread_is_not_there() -> None:
    user, _client = person("mara")
    _other, theirs = person("theo")
    thread = Thread.objects.create(
        team=Team.objects.get(personal_of=user), author=user, title="Names for a boat"
    )
    assert theirs.get(f"/chat/{thread.pk}/").status_code == 404
    assert "Names for a boat" not in theirs.get("/chat/").content.decode()
