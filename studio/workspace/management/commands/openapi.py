"""`manage.py openapi`: write docs/api/openapi.json. `--check`: say whether it is out of date, write nothing."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.core.serializers.json import DjangoJSONEncoder


class Command(BaseCommand):
    help = "Write the API's OpenAPI document to docs/api/openapi.json."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="only say whether it is out of date (exit 1)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        from studio.api import api

        file = settings.BASE / "docs" / "api" / "openapi.json"
        document = api.get_openapi_schema()
        text = (
            json.dumps(document, indent=1, ensure_ascii=False, cls=DjangoJSONEncoder, sort_keys=False) + "\n"
        )
        if options["check"]:
            if not file.exists() or file.read_text(encoding="utf-8") != text:
                self.stderr.write(
                    "docs/api/openapi.json is not what the code says. Run `manage.py openapi`, look at the difference "
                    "(nothing that stands there may be renamed or removed) and commit it."
                )
                sys.exit(1)
            self.stdout.write(f"openapi: {len(document['paths'])} addresses, up to date.")
            return
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        self.stdout.write(f"openapi: {len(document['paths'])} addresses written.")
