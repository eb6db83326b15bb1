"""Modules stay readable: under 400 lines, a tool's file under 150."""

from __future__ import annotations

import subprocess
from pathlib import Path

from studio.checks.check import ROOT

MODULE_LIMIT = 400
TOOL_LIMIT = 150


def too_long() -> list[str]:
    """A line for each Python file over its limit."""
    faults = []
    for file in _python_files():
        lines = file.read_text(encoding="utf-8").splitlines()
        is_tool = file.is_relative_to(ROOT / "generators") and any(
            line.startswith("@tool(") for line in lines
        )
        limit = TOOL_LIMIT if is_tool else MODULE_LIMIT
        if len(lines) >= limit:
            kind = "a tool's file" if is_tool else "a module"
            faults.append(
                f"{file.relative_to(ROOT)}: {len(lines)} lines; {kind} stays under {limit}. Split it by noun."
            )
    return faults


def _python_files() -> list[Path]:
    """What is or would be in the repository; migrations are written by a program."""
    asked = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py"]
    names = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return [
        ROOT / name for name in sorted(set(names)) if "/migrations/" not in name and (ROOT / name).exists()
    ]
