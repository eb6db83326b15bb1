"""Finds a Chromium for the browser tests, or gets one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from studio.setup.problem import SetupProblem
from studio.setup.steps import command, step

SHELL = "chromium-headless-shell"  # Chromium without windows: a tab costs it a third of the processor time
NAMES = (SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
APT_LIMIT_S = 600.0
LIGHTER_LIMIT_S = 90.0  # for the shell where there is a browser already
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
    if _may_install():
        _by_apt()
    if not find():
        _by_playwright()
    found = find()
    if found:
        return found
    raise SetupProblem(
        "The browser tests need Chromium: install it, or name one with STUDIO_CHROMIUM=/path/to/chromium."
    )


def lighter() -> str:
    """As `ensure`, for a whole suite: where the system's packages have Chromium's headless shell, that one."""
    if not os.environ.get("STUDIO_CHROMIUM") and not shutil.which(SHELL) and _may_install():
        _by_apt(LIGHTER_LIMIT_S if find() else APT_LIMIT_S)
    return ensure()


def _may_install() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get") is not None


def _by_apt(limit_s: float = APT_LIMIT_S) -> None:
    """The shell, or the whole of Chromium on systems whose packages have no shell."""
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    failure = "apt-get failed"
    try:
        with step("Installing Chromium from the system's packages") as current:
            command(["apt-get", "update"], current, failure=failure, limit_s=limit_s, env=quiet)
            for package in (SHELL, "chromium"):
                argv = ["apt-get", "install", "-y", "--no-install-recommends", package, "fonts-liberation"]
                try:
                    command(argv, current, failure=failure, limit_s=limit_s, env=quiet)
                    return
                except SetupProblem:
                    if package == "chromium" or find():
                        raise
    except SetupProblem as problem:
        print(problem, file=sys.stderr)  # the next way, or the one that is there, will do


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
