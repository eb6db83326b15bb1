"""Where the studio listens: a port that is taken is said in words."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from studio.setup import ports
from studio.setup.problem import SetupProblem
from tests.conftest import ROOT


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that somebody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield int(server.getsockname()[1])


def test_it_works(monkeypatch: pytest.MonkeyPatch) -> None:
    port = ports.free()
    monkeypatch.setenv("STUDIO_PORT", str(port))
    monkeypatch.delenv("STUDIO_HOST", raising=False)
    assert ports.address() == ("127.0.0.1", port)
    ports.check_free()


def test_a_taken_port_names_the_way_out(monkeypatch: pytest.MonkeyPatch, taken: int) -> None:
    monkeypatch.setenv("STUDIO_PORT", str(taken))
    with pytest.raises(SetupProblem, match=f"already in use.*STUDIO_PORT={taken + 1}"):
        ports.check_free()


def test_run_says_it_before_it_sets_anything_up(taken: int) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "run"],
        cwd=ROOT,
        env={**os.environ, "STUDIO_PORT": str(taken)},
        capture_output=True,
        text=True,
        timeout=20,
    )
    assert done.returncode == 1
    assert "already in use" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("given", ["web", "0", "65536", "-1"])
def test_a_port_must_be_a_port(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("STUDIO_PORT", given)
    with pytest.raises(SetupProblem, match="STUDIO_PORT must be a number"):
        ports.address()


def test_a_host_must_be_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUDIO_HOST", "no.such.host.invalid")
    monkeypatch.setenv("STUDIO_PORT", "8000")
    with pytest.raises(SetupProblem, match="STUDIO_HOST names no address"):
        ports.check_free()
