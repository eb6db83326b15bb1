"""The sentences of the scripts: what a script asks for is there, and what is there is asked for."""

from __future__ import annotations

import re
from pathlib import Path

from studio.workspace.words import words

SCRIPTS = Path(__file__).resolve().parents[2] / "static" / "js"
SAID = re.compile(r"""\b(?:say|count)\(\s*(?:left_s \? )?"([a-z_]+)"(?: : "([a-z_]+)")?""")
FOLDERS = ("frame", "fields", "create", "chat")  # other pages bring words of their own


def test_what_scripts_say_is_there() -> None:
    known = set(words())
    files = [file for folder in FOLDERS for file in (SCRIPTS / folder).rglob("*.js")]
    missing = {
        f"{file.name}: {key}"
        for file in files
        for found in SAID.finditer(file.read_text(encoding="utf-8"))
        for key in found.groups()
        if key and key not in known and f"{key}_other" not in known
    }
    assert not missing


def test_pairs_are_whole() -> None:
    known = set(words())
    for key in known:
        if key.endswith("_one"):
            assert f"{key.removesuffix('_one')}_other" in known
