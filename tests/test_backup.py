"""A backup of a running studio, brought back into an empty one, holds everything: proved by starting it."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import httpx
import pytest

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
