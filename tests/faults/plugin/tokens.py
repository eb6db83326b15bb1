"""How a test reaches into the processes of its studio: small files in the folder STUDIO_FAULTS.

<name>         a token: the first process that comes to that point takes it (a rename, so only one does) and acts
<name>.fired   what was done, by whom and when
broken/<guard> a guard that is switched off while the file is there
clock          seconds that the studio's clock is ahead; clock-<node>: that of one node only
"""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

FOLDER = Path(os.environ.get("STUDIO_FAULTS") or "/nonexistent")


def take(name: str) -> str | None:
    """The token's words, once; None where there is none."""
    token, fired = FOLDER / name, FOLDER / f"{name}.fired"
    try:
        token.rename(fired)
    except FileNotFoundError:
        return None
    words = fired.read_text()
    fired.write_text(f"{words} {os.getpid()} {time.time()}")
    return words


def here(name: str) -> None:
    """Where a token of this name lies: do to this process what it says ("KILL", "STOP", "SLEEP 2.5")."""
    words = take(name)
    if words is None:
        return
    what, _space, much = words.partition(" ")
    if what == "SLEEP":
        time.sleep(float(much))
    else:
        os.kill(os.getpid(), signal.Signals[f"SIG{what}"])


def broken(guard: str) -> bool:
    return (FOLDER / "broken" / guard).exists()
