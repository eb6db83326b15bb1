"""The Redis of our own: it answers, with its password only."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

import pytest
import redis

from studio.local_redis import LocalRedis
from studio.processes import spawn, stop


def test_it_works(tmp_path: Path) -> None:
    server = LocalRedis(tmp_path / "redis")
    process = spawn(server.argv(), env=os.environ, cwd=tmp_path, output=subprocess.DEVNULL)
    try:
        assert server.answers()
        assert redis.Redis.from_url(server.url).set("a", "b")
        with pytest.raises(redis.AuthenticationError):
            redis.Redis(port=server.port).ping()
    finally:
        assert stop(process, limit_s=5)
    assert stat.S_IMODE((tmp_path / "redis" / "redis.conf").stat().st_mode) == 0o600
    assert [file.name for file in (tmp_path / "redis").iterdir()] == ["redis.conf"]
    assert not server.answers(limit_s=0.2)
