"""`manage.py scrub`: see studio/gallery/scrub.py."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from studio.gallery.scrub import Report, scrub


class Command(BaseCommand):
    help = "Reads every stored file and says which do not hold what they should. Exits with 1 where any does not."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--pause", type=float, default=0.0, help="seconds to rest between two files")

    def handle(self, *args: Any, **options: Any) -> None:
        report = Report()
        told = 0
        for report in scrub(pause_s=options["pause"]):
            for digest, wrong in report.bad[told:]:
                self.stdout.write(f"{digest}: {wrong}")
            told = len(report.bad)
        self.stdout.write(f"{report.blobs} files, {report.bytes_read} bytes read, {len(report.bad)} bad")
        if report.bad:
            raise CommandError("Some files are bad. Restore them from a backup.")
