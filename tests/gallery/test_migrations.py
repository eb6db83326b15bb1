"""A studio's rows survive its updates: an old database with rows in it is brought up to date."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from studio.checks import postgres

ROOT = Path(__file__).resolve().parents[2]


def _migrated(env: dict[str, str]) -> dict[str, object]:
    ran = subprocess.run(
        [sys.executable, "-m", "tests.gallery.migrated"],
        cwd=ROOT,
        env=os.environ | env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-4000:]
    answer: dict[str, object] = json.loads(ran.stdout.splitlines()[-1])
    return answer


@pytest.mark.db
def test_an_old_database_with_rows_is_brought_up_to_date(tmp_path: Path) -> None:
    env = {"STUDIO_DATA": str(tmp_path / "data")}
    (tmp_path / "data").mkdir()
    if connection.vendor == "sqlite":
        after = _migrated(env)
    else:
        with postgres.server() as url:
            after = _migrated({**env, "DATABASE_URL": url})
    assert after == {
        # A picture made from a text begins a stack of its own, as does what only used it.
        "stacks": {
            "first": "first",
            "second": "first",
            "third": "first",
            "picture": "picture",
            "used": "used",
        },
        "top": ["picture", "second", "used"],
        "unseen": ["picture"],
        "found": ["used", "second", "first"],
        "meaning": 5,
        "jobs": ["queued", "succeeded"],
        "accounts": 2,  # the team's and its author's, for who has a job waiting
    }
