"""`python3 manage.py test [--checks-only | --tests-only] [pytest arguments]`: every check, then the whole suite.

Ends with the time of each part; exits 0 only where all is well.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
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
ON_POSTGRES = (  # their rows, on PostgreSQL too
    "tests/jobs",
    "tests/gallery",
    "tests/teams",
    "tests/notices",
    "tests/review",
    "tests/integrations",
    "tests/owning",
    "tests/chains",
)
NOT_ON_POSTGRES = (  # of those: files, pictures, mail, calls and passwords, whose rows are asked for as everywhere
    "tests/gallery/test_add.py",
    "tests/gallery/test_asset_page.py",
    "tests/gallery/test_compare_page.py",
    "tests/gallery/test_export.py",
    "tests/gallery/test_files.py",
    "tests/gallery/test_meaning.py::test_like_an_asset",
    "tests/gallery/test_meaning.py::test_one_node_keeps_it_and_the_next_takes_over",
    "tests/gallery/test_meaning.py::test_other_words_another_meaning",
    "tests/gallery/test_meaning.py::test_over_the_api",
    "tests/gallery/test_meaning.py::test_the_child_is_killed",
    "tests/gallery/test_meaning.py::test_whoever_should_answer_does_not",
    "tests/gallery/test_power_loss.py",
    "tests/gallery/test_storage.py",
    "tests/gallery/test_texts.py",
    "tests/gallery/test_uploads.py",
    "tests/integrations/test_send.py",
    "tests/jobs/test_addons.py",
    "tests/jobs/test_beat.py",
    "tests/jobs/test_grid.py",
    "tests/notices/test_mail.py",
    "tests/teams/test_company_signin.py",
    "tests/teams/test_passkeys.py",
    "tests/teams/test_second_step.py",
    "tests/teams/test_signin_page.py",
)

MAKING = (  # what loads models and starts processes of its own
    "tests/generators",
    "tests/openai",
    "tests/supervisor",
    "tests/test_backup.py",
    "tests/workers",
)

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
    checks = () if only_tests else CHECKS
    outcomes = _side_by_side(checks) if only_checks else _suite(words, checks)
    width = max(len(outcome.name) for outcome in outcomes)
    print("\nPart".ljust(width + 3) + "seconds")
    for outcome in outcomes:
        print(
            f"{outcome.name.ljust(width)}  {outcome.seconds:7.1f}  {'' if outcome.ok else 'FAILED'}".rstrip()
        )
    failed = [outcome.name for outcome in outcomes if not outcome.ok]
    print(f"Not well: {', '.join(failed)}." if failed else "All is well.")
    return 1 if failed else 0


def _side_by_side(checks: Sequence[Check]) -> list[Outcome]:
    """As many at a time as there are processors, two at least; begun in this order."""
    with ThreadPoolExecutor(max(2, os.cpu_count() or 1)) as pool:
        return list(pool.map(_told, checks))


def _told(check: Check) -> Outcome:
    outcome = run(check)
    print(f"{'ok    ' if outcome.ok else 'FAILED'}  {outcome.name}  {outcome.seconds:.1f} s", flush=True)
    if outcome.output and (check.tells or not outcome.ok):
        print(outcome.output, flush=True)
    return outcome


def _suite(words: list[str], checks: Sequence[Check]) -> list[Outcome]:
    """The checks and the parts of the suite; or the checks, then just the tests that are named, as they go."""
    if words:  # a browser is looked for when one of them wants it
        return [*_side_by_side(checks), _named(words)]
    try:
        chromium = browser.lighter()
    except SetupProblem as problem:
        print(problem, file=sys.stderr)
        return [*_side_by_side(checks), Outcome("a browser for the tests", False, 0.0)]
    with (
        postgres.server(lasting=False) as url,
        tempfile.TemporaryDirectory(prefix="studio-tests-shared-") as shared,
    ):
        return _side_by_side([*_parts(chromium, url, shared), *checks])


def _parts(chromium: str, postgres_url: str, shared: str) -> list[Check]:
    """Processes of their own, each with its own data, Redis and database; the longest first, checks fill what is left.

    The faults mostly wait, for leases to end and processes to start, while the rooms mostly compute.
    """

    def part(name: str, *words: str, **env: str) -> Check:
        argv = python("-m", "pytest", "-q", "--durations=10", "--durations-min=2", "-p", "no:cacheprovider")
        return Check(name, (*argv, *words), env={**env, "STUDIO_TESTS_SHARED": shared}, tells=True)

    apart = ("tests/faults", "tests/browser", *MAKING)
    rooms = [f"--ignore={folder}" for folder in apart]
    on_postgres = [*ON_POSTGRES, *(f"--deselect={file}" for file in NOT_ON_POSTGRES)]
    return [
        part("tests of the rooms", "tests", *rooms, STUDIO_CHROMIUM=chromium),
        part("tests of pages", "tests/browser", STUDIO_CHROMIUM=chromium),
        part("tests of making", *MAKING, STUDIO_CHROMIUM=chromium),
        part("tests of faults", "tests/faults", STUDIO_CHROMIUM=chromium),
        part("tests on PostgreSQL", "-m", "db", *on_postgres, DATABASE_URL=postgres_url),
    ]


def _named(words: list[str]) -> Outcome:
    argv = python("-m", "pytest", "--durations=10", "--durations-min=2", *words)
    started = time.monotonic()
    done = subprocess.run(argv, cwd=ROOT, check=False)
    return Outcome("tests", done.returncode == 0, time.monotonic() - started)


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
