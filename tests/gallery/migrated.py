"""Migrates a fresh database (of the environment) with rows in it, step by step; prints what became of them as JSON.

python -m tests.gallery.migrated
"""

from __future__ import annotations

import json
import os
import sys
import uuid
from typing import Any

import django
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from studio.ids import uuid7

OLD = [("gallery", "0003_uploads"), ("jobs", "0002_job_position")]


def rows(apps: Any) -> dict[str, uuid.UUID]:
    """A team with a chain of revisions in the form of that time, and jobs that wait."""

    def make(model: str, **columns: Any) -> Any:
        return apps.get_model(*model.split(".")).objects.create(**columns)

    user = make("teams.User", id=uuid7(), email="old@example.org", name="Old", password="!")
    team = make("teams.Team", id=uuid7(), name="Old team")
    blob = make("gallery.Blob", digest="sha256:" + "0" * 64, bytes=3)
    told = {"team": team, "author": user, "mime": "text/plain", "blob": blob, "bytes": 3}

    def asset(medium: str = "text", parent: Any = None, role: str = "parent", **more: Any) -> Any:
        made = make("gallery.Asset", id=uuid7(), medium=medium, content_digest=blob.digest, **told, **more)
        if parent is not None:
            make("gallery.Lineage", parent=parent, child=made, role=role)
        make("gallery.SearchEntry", asset=made, words=f"{medium} words")
        return made

    first = asset()
    second = asset(parent=first)
    third = asset(parent=second, deleted_at=timezone.now())
    picture = asset("image", parent=second, thumbnail=blob)
    used = asset(parent=first, role="reference")
    job: dict[str, Any] = {"tool": "text.write", "tool_version": 1, "lane": "make", "inputs": {}}
    for state in ("queued", "succeeded"):
        make("jobs.Job", id=uuid7(), team=team, author=user, state=state, position=0, **job)
    return {"first": first.pk, "second": second.pk, "third": third.pk, "picture": picture.pk, "used": used.pk}


def found(ids: dict[str, uuid.UUID]) -> dict[str, Any]:
    from studio.gallery import search
    from studio.gallery.models import Asset, Meaning
    from studio.jobs.models import FairShare, Job
    from studio.teams.models import Member, User
    from studio.teams.rights import Actor

    names = {key: name for name, key in ids.items()}
    user = User.objects.get(email="old@example.org")
    Member.objects.create(team=Asset.objects.all()[0].team, user=user, role="owner")
    listed = search.find(Actor.of(user), q="wor", medium="text").items
    return {
        "stacks": {names[asset.pk]: names[asset.stack] for asset in Asset.objects.all()},
        "top": sorted(names[asset.pk] for asset in Asset.objects.filter(top=True)),
        "unseen": [
            names[key]
            for key in Asset.objects.filter(seen=0, thumbnail__isnull=False).values_list("pk", flat=True)
        ],
        "found": [names[asset.pk] for asset in listed],
        "meaning": Meaning.objects.filter(waiting=True).count(),
        "jobs": sorted(Job.objects.values_list("state", flat=True)),
        "accounts": FairShare.objects.count(),
    }


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings")
    django.setup()
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    executor.migrate(OLD)
    ids = rows(executor.loader.project_state(OLD).apps)
    call_command("migrate", verbosity=0)
    json.dump(found(ids), sys.stdout)


if __name__ == "__main__":
    main()
