"""A studio as of many machines: PostgreSQL, an S3-compatible store, and a second node beside the first."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from studio.checks import postgres
from studio.processes import spawn, stop
from tests.bucket import Store
from tests.stack import ROOT, START_S, Stack


class Scaled(Stack):
    """The nodes `first` and `second` share the database, Redis and the bucket, and no file of the data folder."""

    def __init__(self, folder: Path, more_env: Mapping[str, str]) -> None:
        super().__init__(folder, {**more_env, "STUDIO_NODE": "first"})
        self._parts = ExitStack()
        self._second: subprocess.Popen[bytes] | None = None

    def start(self, *, worker: bool = True) -> None:
        """Database and store first, then the studio; with worker, until both nodes are there."""
        self.env["DATABASE_URL"] = self._parts.enter_context(postgres.server())
        store = Store()
        self._parts.callback(store.stop)
        self.env |= store.bucket().env
        super().start(worker=worker)
        if worker:
            self._second = self._second_node()
            self._wait_for_nodes(2)

    def stop(self) -> None:
        """The second node, the studio, then what both stood on."""
        with self._parts:
            if self._second is not None:
                stop(self._second, limit_s=30)
            super().stop()

    def _second_node(self) -> subprocess.Popen[bytes]:
        env = {
            **self.env,
            "STUDIO_NODE": "second",
            "STUDIO_ROLE": "worker",
            "REDIS_URL": self.redis_url,
            "STUDIO_DATA": str(self.data.parent / "second"),
        }
        return spawn([sys.executable, "-m", "workers"], env=env, cwd=ROOT, output=subprocess.DEVNULL)

    def _wait_for_nodes(self, count: int) -> None:
        until = time.monotonic() + START_S
        with self.client(self.token()) as api:
            while (here := len(api.get("/api/v1/nodes").raise_for_status().json()["items"])) < count:
                if time.monotonic() > until:
                    raise RuntimeError(f"{here} of {count} nodes came up:\n{self.logs()}")
                time.sleep(0.1)
