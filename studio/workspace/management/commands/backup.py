"""`manage.py backup`: see studio/backup.py."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from studio.backup import BackupError, backup


class Command(BaseCommand):
    help = "Writes the database and all files into a folder, while the studio runs. Again into the same folder: only what is new."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            manifest = backup(options["folder"].expanduser().resolve(), say=self.stdout.write)
        except BackupError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{manifest['blobs']} files, {manifest['bytes']} bytes: done.")
