"""People of the gallery's tests, and files that are made here."""

from __future__ import annotations

import io
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from tests.bucket import Bucket, Store

if TYPE_CHECKING:  # Django is set up after this file was read
    from django.test import Client

    from studio.gallery.models import Asset
    from studio.teams.models import Team, User

_numbers = itertools.count(1)


@dataclass(frozen=True)
class People:
    """A team with Alice its owner, Carol a creator, Rita a reviewer and Victor a viewer; Otto is outside."""

    team: Team
    alice: User
    carol: User
    rita: User
    victor: User
    otto: User


@pytest.fixture
def people(db: None) -> People:
    from studio.teams.actions import create_team, create_user
    from studio.teams.models import Member
    from studio.teams.rights import Actor

    made = {
        name: create_user(email=f"{name}-{next(_numbers)}@example.org", name=name.title())
        for name in ("alice", "carol", "rita", "victor", "otto")
    }
    team = create_team(actor=Actor.of(made["alice"]), name="Team")
    for name, role in (("carol", "creator"), ("rita", "reviewer"), ("victor", "viewer")):
        Member.objects.create(team=team, user=made[name], role=role)
    return People(team, **made)


@pytest.fixture
def picture(tmp_path: Path) -> Callable[..., Path]:
    """Makes picture files: picture("a.png", size, mode, colour=…, **save options)."""

    def make(
        name: str = "a.png",
        size: tuple[int, int] = (40, 30),
        mode: str = "RGB",
        colour: Any = None,
        **save: Any,
    ) -> Path:
        path = tmp_path / name
        number = next(_numbers)
        if colour is None:
            colour = {"RGB": (number % 256, number // 256 % 256, 90)}.get(mode, 0)
        Image.new(mode, size, colour).save(path, **save)
        return path

    return make


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str], Path]:
    """Makes text files."""

    def make(text: str) -> Path:
        path = tmp_path / f"text-{next(_numbers)}.md"
        path.write_text(text, encoding="utf-8")
        return path

    return make


@pytest.fixture
def asset(people: People, written: Callable[[str], Path]) -> Callable[..., Asset]:
    """Adds a small text asset of Carol's: asset(title=…, author=…, text=…, …)."""
    from studio.gallery.actions import add

    def make(text: str | None = None, **more: Any) -> Asset:
        path = written(text if text is not None else f"words {next(_numbers)}")
        return add(
            **{"team": people.team, "author": people.carol, "path": path, "tool": "text.write", **more}
        )

    return make


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    """A browser of somebody who is signed in."""

    from django.test import Client

    def make(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return make


def png_bytes(size: tuple[int, int] = (8, 8), colour: tuple[int, int, int] = (200, 40, 40)) -> bytes:
    """A small PNG."""
    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture(scope="session")
def object_store() -> Iterator[Store]:
    """A server of buckets for this run."""
    store = Store()
    yield store
    store.stop()


@pytest.fixture
def bucket(object_store: Store) -> Bucket:
    """An empty bucket."""
    return object_store.bucket()
