"""Finds a Chromium for the browser tests, or gets one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from studio.setup.problem import SetupProblem
from studio.setup.steps import command, step

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
APT_LIMIT_S = 600.0
PLAYWRIGHT_LIMIT_S = 300.0


def find() -> str | None:
    """STUDIO_CHROMIUM, else one on PATH, else the one that playwright has fetched; None where there is none."""
    given = os.environ.get("STUDIO_CHROMIUM")
    if given:
        if not os.access(given, os.X_OK):
            raise SetupProblem(f"STUDIO_CHROMIUM names no program: {given}")
        return given
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return found
    return _of_playwright()


def ensure() -> str:
    """The path of a Chromium, installed where there is none. Raises SetupProblem where none is to be had."""
    found = find()
    if found:
        return found
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        _by_apt()
    if not find():
        _by_playwright()
    found = find()
    if found:
        return found
    raise SetupProblem(
        "The browser tests need Chromium: install it, or name one with STUDIO_CHROMIUM=/path/to/chromium."
    )


def _by_apt() -> None:
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        with step("Installing Chromium from the system's packages") as current:
            for words in (
                ["update"],
                ["install", "-y", "--no-install-recommends", "chromium", "fonts-liberation"],
            ):
                command(
                    ["apt-get", *words], current, failure="apt-get failed", limit_s=APT_LIMIT_S, env=quiet
                )
    except SetupProblem as problem:
        print(problem, file=sys.stderr)  # the next way may do


def _by_playwright() -> None:
    try:
        with step("Fetching Chromium by playwright") as current:
            command(
                [sys.executable, "-m", "playwright", "install", "chromium"],
                current,
                failure="playwright could not fetch its Chromium",
                limit_s=PLAYWRIGHT_LIMIT_S,
            )
    except SetupProblem as problem:
        print(problem, file=sys.stderr)


def _of_playwright() -> str | None:
    # In a process of its own: playwright's driver belongs to the tests, not to whoever only asks.
    ask = "from playwright.sync_api import sync_playwright as p\nwith p() as a: print(a.chromium.executable_path)"
    try:
        asked = subprocess.run(
            [sys.executable, "-c", ask], capture_output=True, text=True, timeout=60, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    path = asked.stdout.strip()
    return path if path and Path(path).exists() else None
