"""A backup of a running studio, brought back into an empty one, holds everything: proved by starting it."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import threading
from pathlib import Path

import httpx
import psycopg
import pytest

from studio.checks.postgres import Server
from tests.conftest import SHORT_TIMES
from tests.stack import Stack
from tests.workers.helpers import submit, wait_for


def test_a_restored_studio_has_every_job_and_every_byte(
    api: httpx.Client, stack: Stack, tmp_path: Path
) -> None:
    done = wait_for(api, submit(api, "test.paint", prompt="before the backup", seed=3)["id"])
    asset = done["assets"][0]["id"]
    content = api.get(f"/api/v1/assets/{asset}/content").content
    busy = threading.Thread(
        target=lambda: [submit(api, "test.paint", prompt="meanwhile", steps=1) for _ in range(20)]
    )
    busy.start()
    said = stack.manage("backup", str(tmp_path / "kept"))
    busy.join()
    assert "done" in said
    again = stack.manage("backup", str(tmp_path / "kept"))
    assert "done" in again
    manifest = json.loads((tmp_path / "kept" / "manifest.json").read_text())
    assert manifest["copied"] < manifest["blobs"], "blobs never change: a second backup copies what is new"

    other = Stack(tmp_path / "other", {})
    other.restore(tmp_path / "kept")
    other.start()
    try:
        with other.client(api.headers["Authorization"].removeprefix("Bearer ")) as there:
            assert there.get(f"/api/v1/jobs/{done['id']}").json()["state"] == "succeeded"
            assert there.get(f"/api/v1/assets/{asset}/content").content == content
            made = wait_for(there, submit(there, "test.paint", prompt="after the restore")["id"])
            assert made["state"] == "succeeded"
        assert " 0 bad" in other.manage("scrub")
        with pytest.raises(RuntimeError, match="already"):
            other.manage("restore", str(tmp_path / "kept"))
    finally:
        other.stop()


def test_an_unfinished_backup_is_none(stack: Stack, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="no finished backup"):
        stack.manage("restore", str(tmp_path))


@pytest.mark.slow
def test_a_backup_of_postgresql_taken_while_it_works() -> None:
    """By the server's own pg_dump, brought back into an empty database beside an empty folder, and started."""
    folder = Path(tempfile.mkdtemp(prefix="studio-backup-"))
    server = Server(folder)
    with psycopg.connect(server.url, autocommit=True) as connection:
        for name in ("first", "second"):
            connection.execute(f"CREATE DATABASE {name}")
    programs = {"PATH": f"{server.programs}:{os.environ['PATH']}"}

    def of(name: str) -> Stack:
        url = server.url.replace("/postgres?", f"/{name}?")
        return Stack(folder / name, {**SHORT_TIMES, **programs, "DATABASE_URL": url})

    one, other = of("first"), of("second")
    try:
        one.start()
        with one.client(one.token("someone")) as api:
            done = wait_for(api, submit(api, "test.paint", prompt="before the backup", seed=3)["id"])
            asset = done["assets"][0]["id"]
            content = api.get(f"/api/v1/assets/{asset}/content").content
            waiting = submit(api, "test.paint", prompt="meanwhile", steps=200)["id"]
            assert "done" in one.manage("backup", str(folder / "kept"))
        other.restore(folder / "kept")
        other.start()
        with other.client(one.token("someone")) as there:
            assert there.get(f"/api/v1/jobs/{done['id']}").json()["state"] == "succeeded"
            assert there.get(f"/api/v1/assets/{asset}/content").content == content
            assert wait_for(there, waiting, seconds=60)["state"] == "succeeded", "it was not lost on the way"
        assert " 0 bad" in other.manage("scrub")
        with pytest.raises(RuntimeError, match="already"):
            other.manage("restore", str(folder / "kept"))
    finally:
        one.stop()
        other.stop()
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
