"""`python3 manage.py test [--checks-only | --tests-only] [pytest arguments]`: every check, then the whole suite.

Ends with the time of each part; exits 0 only where all is well.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from studio.checks import postgres, sizes
from studio.checks.check import ROOT, Check, Outcome, python, run
from studio.setup import browser, lock
from studio.setup.problem import SetupProblem

# As on a server behind a proxy: Django's own list of what must be right there.
PRODUCTION = {
    "STUDIO_URL": "https://studio.example.org",
    "STUDIO_SECRET_KEY": "nFq7wZ0cT3vL9xR2mJ8sK5bY1dH6gP4eUaQtXoVi-WzNrMlCjBkEyDhSfGp",
    "STUDIO_DEBUG": "",
}
MANAGE = ("manage.py",)
FOLDERS = ("studio", "workers", "generators", "tests", "manage.py")
ON_POSTGRES = ("tests/jobs", "tests/gallery", "tests/teams")  # their rows, on PostgreSQL too

CHECKS = (
    Check("types (mypy)", python("-m", "mypy", "--no-error-summary", *FOLDERS)),
    Check("lint (ruff)", python("-m", "ruff", "check", ".")),
    Check("format (ruff)", python("-m", "ruff", "format", "--check", "--quiet", ".")),
    Check(
        "imports (import-linter)", python("-c", "from importlinter.cli import lint_imports_command as c; c()")
    ),
    Check("sizes of modules", ask=sizes.too_long),
    Check("lock files", ask=lambda: _unlocked()),
    Check("migrations", python(*MANAGE, "makemigrations", "--check", "--dry-run")),
    Check(
        "settings of a server",
        python(*MANAGE, "check", "--deploy", "--fail-level", "WARNING"),
        env=PRODUCTION,
    ),
    Check("OpenAPI document", python(*MANAGE, "openapi", "--check")),
    Check("generated docs", python(*MANAGE, "docs", "--check")),
)


def main(arguments: Sequence[str]) -> int:
    """Run what the arguments ask for and print the table; the exit status."""
    words = list(arguments)
    only_checks = _take(words, "--checks-only")
    only_tests = _take(words, "--tests-only")
    outcomes: list[Outcome] = []
    if not only_tests:
        outcomes += _checks()
    if not only_checks:
        outcomes += _suite(words)
    width = max(len(outcome.name) for outcome in outcomes)
    print("\nPart".ljust(width + 3) + "seconds")
    for outcome in outcomes:
        print(
            f"{outcome.name.ljust(width)}  {outcome.seconds:7.1f}  {'' if outcome.ok else 'FAILED'}".rstrip()
        )
    failed = [outcome.name for outcome in outcomes if not outcome.ok]
    print(f"Not well: {', '.join(failed)}." if failed else "All is well.")
    return 1 if failed else 0


def _checks() -> list[Outcome]:
    """Two at a time: the types take as long as all the rest."""

    def one(check: Check) -> Outcome:
        outcome = run(check)
        print(f"{'ok    ' if outcome.ok else 'FAILED'}  {outcome.name}  {outcome.seconds:.1f} s", flush=True)
        if not outcome.ok:
            print(outcome.output, flush=True)
        return outcome

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(one, CHECKS))


def _suite(words: list[str]) -> list[Outcome]:
    """The tests on SQLite, then the rows of jobs, gallery and teams on PostgreSQL; or just the tests that are named."""
    if words:  # a browser is looked for when one of them wants it
        return [_pytest("tests", words, {})]
    try:
        chromium = browser.ensure()
    except SetupProblem as problem:
        print(problem, file=sys.stderr)
        return [Outcome("a browser for the tests", False, 0.0)]
    return [_pytest("tests", [], {"STUDIO_CHROMIUM": chromium}), _timed("tests on PostgreSQL", _on_postgres)]


def _on_postgres() -> bool:
    folders = [folder for folder in ON_POSTGRES if (ROOT / folder).is_dir()]
    with postgres.server() as url:
        return _pytest("", ["-m", "db", *folders], {"DATABASE_URL": url}).ok


def _pytest(name: str, words: list[str], env: dict[str, str]) -> Outcome:
    argv = python("-m", "pytest", "--durations=10", "--durations-min=2", *words)
    return _timed(
        name, lambda: subprocess.run(argv, cwd=ROOT, env={**os.environ, **env}, check=False).returncode == 0
    )


def _timed(name: str, work: Callable[[], bool]) -> Outcome:
    started = time.monotonic()
    ok = work()
    return Outcome(name, ok, time.monotonic() - started)


def _unlocked() -> list[str]:
    return [
        f"{pin} is in pyproject.toml and in no lock file: python3 manage.py lock"
        for pin in lock.outdated(ROOT)
    ]


def _take(words: list[str], flag: str) -> bool:
    """Whether the flag is there; it is taken out, the rest is pytest's."""
    if flag not in words:
        return False
    words.remove(flag)
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
