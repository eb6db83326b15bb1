"""Runs commands of manage.py one after another in one process: each line of JSON in is a list of words, each out its end.

`python -m tests.manager`, started by tests.stack; Django is loaded once instead of once a command.
"""

from __future__ import annotations

import io
import json
import os
import sys
import traceback
from collections.abc import Sequence

import django


def answer(words: Sequence[str]) -> dict[str, str]:
    """{"out": what the command printed} or {"error": its traceback}."""
    from django.core.management import call_command

    out = io.StringIO()
    try:
        call_command(*words, stdout=out, stderr=out)
    except (Exception, SystemExit):
        return {"out": out.getvalue(), "error": traceback.format_exc()}
    return {"out": out.getvalue()}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings")
    words_out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a library prints is not an answer
    django.setup()
    for line in sys.stdin:
        words_out.write(json.dumps(answer(json.loads(line))) + "\n")
        words_out.flush()


if __name__ == "__main__":
    main()
