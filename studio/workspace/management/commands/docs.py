"""`manage.py docs`: write the pages of docs/ that are generated. `--check`: say which are out of date, write nothing."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from studio.workspace.tool_docs import pages


class Command(BaseCommand):
    help = "Write the generated pages of docs/ (one a tool, types of problems)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="only say what is out of date (exit 1)")

    def handle(self, *args: Any, **options: Any) -> None:
        root = settings.BASE / "docs"
        wanted = pages()
        there = {f"tools/{file.name}" for file in (root / "tools").glob("*.md")}
        stale = [
            name
            for name, text in wanted.items()
            if not (root / name).exists() or (root / name).read_text(encoding="utf-8") != text
        ]
        gone = sorted(there - wanted.keys())
        if options["check"]:
            if stale or gone:
                names = ", ".join(f"docs/{name}" for name in [*stale, *gone])
                self.stderr.write(f"Out of date: {names}. Run `manage.py docs` and commit what it writes.")
                sys.exit(1)
            self.stdout.write(f"docs: {len(wanted)} generated pages are up to date.")
            return
        for name in stale:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(wanted[name], encoding="utf-8")
        for name in gone:
            (root / name).unlink()
        self.stdout.write(f"docs: {len(stale)} written, {len(gone)} removed, {len(wanted)} in all.")
