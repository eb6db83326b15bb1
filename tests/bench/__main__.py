"""`python3 manage.py bench [row …] [--quick] [--scaled] [--out FILE] [--markdown FILE]`: how fast, against bare baselines.

Without names: every row. --scaled: on PostgreSQL, a bucket and two nodes. --out adds a line of JSON for each figure to
FILE; --markdown runs nothing and writes the newest figures of such a FILE into docs/performance.md. Exits 1 where a goal is missed or a row failed.
"""

from __future__ import annotations

import argparse
import importlib
import os
import pkgutil
import platform
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import tests.bench
from tests.bench.harness import Bench, Figure, Row, table
from tests.bench.harness.row import found
from tests.stack import ROOT

PAGE = ROOT / "docs" / "performance.md"


def discover() -> dict[str, Row]:
    """Every row by name: the modules of tests/bench are imported, those with a row have made themselves known."""
    for module in pkgutil.iter_modules(tests.bench.__path__):
        if not module.ispkg and not module.name.startswith(("_", "test_")):
            importlib.import_module(f"tests.bench.{module.name}")
    return dict(sorted(found.items()))


def main(words: Sequence[str]) -> int:
    """Run what the words ask for; the exit status."""
    rows = discover()
    asked = _parser(rows).parse_args(words)
    if asked.markdown:
        table.write_into(PAGE, table.markdown(table.newest(Path(asked.markdown), rows)))
        return 0
    chosen = [rows[name] for name in asked.row] if asked.row else list(rows.values())
    signal.signal(
        signal.SIGTERM, lambda *_: sys.exit(143)
    )  # so that what was started is stopped and taken away
    for name in [name for name in os.environ if name.startswith("STUDIO_")]:
        del os.environ[name]  # the bench brings its own
    # Rows of one studio one after another, those that want one for themselves last.
    chosen.sort(key=lambda row: (row.fresh, sorted(row.env.items())))
    bench = Bench(quick=asked.quick, scaled=asked.scaled)
    results: list[table.Result] = []
    failed: list[str] = []
    began = time.monotonic()
    try:
        for row in chosen:
            made = _run(row, bench)
            results += made or []
            if made is None:
                failed.append(row.name)
            elif asked.out:
                with Path(asked.out).open("a") as file:
                    file.writelines(result.as_json(_about()) + "\n" for result in made)
    finally:
        bench.close()
    print(f"\n{table.plain(results)}\n{time.monotonic() - began:.0f} s in all; {_machine()}")
    missed = [result.name for result in results if result.verdict == "MISSED"]
    print(f"Missed: {', '.join(missed)}." if missed else "No goal was missed.")
    if failed:
        print(f"Failed: {', '.join(failed)}.")
    return 1 if missed or failed else 0


def _run(row: Row, bench: Bench) -> list[table.Result] | None:
    """The results of one row; None where it failed, which is printed."""
    print(f"{row.name} …", flush=True)
    began = time.monotonic()
    bench.env, bench.fresh = row.env, row.fresh
    figures: list[Figure] = []
    try:
        for figure in row.run(bench):  # said at once: what comes later may fail
            figures.append(figure)
            name, *cells = table.Result(row.name, row.line(figure.line), figure, 0.0, bench.quick).cells()
            print(f"  {name}: {'  '.join(cell for cell in cells[:-1] if cell)}", flush=True)
        told, declared = {figure.line for figure in figures}, {line.name for line in row.lines}
        if told != declared:
            raise RuntimeError(f"the row declares {sorted(declared)} and measured {sorted(told)}")
    except Exception:
        traceback.print_exc()
        return None
    finally:
        if row.fresh:
            bench.stop()
    seconds = time.monotonic() - began
    return [
        table.Result(row.name, row.line(figure.line), figure, seconds, bench.quick, bench.scaled)
        for figure in figures
    ]


def _about() -> dict[str, Any]:
    """When, of what, on what."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.strip()
    return {"at": datetime.now(UTC).isoformat(timespec="seconds"), "commit": commit, "machine": _machine()}


def _machine() -> str:
    return f"{os.cpu_count()} cores, {platform.machine()}, load {os.getloadavg()[0]:.1f}"


def _parser(rows: dict[str, Row]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("manage.py bench", description="How fast, against bare baselines.")
    parser.add_argument("row", nargs="*", choices=[*rows, []], metavar="row", help=", ".join(rows))
    parser.add_argument("--quick", action="store_true", help="only see that the rows work")
    parser.add_argument("--scaled", action="store_true", help="on PostgreSQL, a bucket and two nodes")
    parser.add_argument("--out", help="add a line of JSON for each figure to this file")
    parser.add_argument("--markdown", metavar="FILE", help="write docs/performance.md from such a file")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
