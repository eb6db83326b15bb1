"""Where the studio listens, and whether that place is free."""

from __future__ import annotations

import os
import random
import socket

from studio.setup.problem import SetupProblem


def address() -> tuple[str, int]:
    """STUDIO_HOST and STUDIO_PORT, 127.0.0.1 and 8000 where they are not given."""
    raw = os.environ.get("STUDIO_PORT") or "8000"
    if not raw.isdecimal() or not 0 < int(raw) < 65536:
        raise SetupProblem(f"STUDIO_PORT must be a number from 1 to 65535, not {raw!r}.")
    return os.environ.get("STUDIO_HOST") or "127.0.0.1", int(raw)


def check_free() -> None:
    """Raises SetupProblem with what to do where somebody else listens there already."""
    host, port = address()
    try:
        _try(host, port)
    except socket.gaierror:
        raise SetupProblem(f"STUDIO_HOST names no address of this machine: {host!r}.") from None
    except PermissionError:
        raise SetupProblem(
            f"Port {port} is for the system only; choose one from 1024: STUDIO_PORT=8000"
        ) from None
    except OSError:
        raise SetupProblem(
            f"Port {port} on {host} is already in use, perhaps by a studio that runs. "
            f"Stop that program, or choose another port: STUDIO_PORT={port + 1} python3 manage.py run"
        ) from None


def free() -> int:
    """A free port of 127.0.0.1 below the range from which the system gives ports to outgoing connections."""
    for _ in range(200):
        port = random.randrange(20000, 30000)
        try:
            _try("127.0.0.1", port)
        except OSError:
            continue
        return port
    raise SetupProblem("No free port between 20000 and 30000 on 127.0.0.1.")


def _try(host: str, port: int) -> None:
    family, kind, _, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(place)
