"""Installs the front-end libraries by npm, exactly as package-lock.json says, into node_modules."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from studio.setup import packages
from studio.setup.problem import SetupProblem
from studio.setup.stamp import Stamp, digest_of
from studio.setup.steps import command, step

LIMIT_S = 300.0
OLDEST_NPM = 8  # reads lockfileVersion 3


def libraries(root: Path, venv: Path, *, dev: bool) -> None:
    """Make node_modules as locked; with dev, what the browser tests load too."""
    locked = digest_of(root / "package.json", root / "package-lock.json")
    stamp = Stamp(venv)
    known = {digest_of(locked, "dev")} if dev else {digest_of(locked, "dev"), digest_of(locked)}
    if (root / "node_modules").is_dir() and stamp.steps.get("npm") in known:
        return
    ways = [str(npm)] if (npm := _on_path()) else []
    ways.append("")  # the packaged one, fetched only when needed
    for way in ways:
        try:
            _install(root, way or _packaged(root, venv), dev=dev)
            break
        except SetupProblem:
            if not way:
                raise
    stamp.set("npm", digest_of(locked, "dev") if dev else digest_of(locked))


def _install(root: Path, npm: str, *, dev: bool) -> None:
    with step("Installing the front-end libraries") as current:
        command(
            [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", *([] if dev else ["--omit=dev"])],
            current,
            failure="npm could not install the front-end libraries; it needs the network once",
            limit_s=LIMIT_S,
            # npm's scripts start node by name: the folder of npm comes first. HOME stays, npm hangs without it.
            env={**os.environ, "PATH": f"{Path(npm).parent}{os.pathsep}{os.environ.get('PATH', '')}"},
            cwd=root,
        )


def _on_path() -> str | None:
    """npm of this machine where it is new enough for our lock file."""
    npm = shutil.which("npm")
    if npm is None:
        return None
    try:
        version = subprocess.run(
            [npm, "--version"], capture_output=True, text=True, timeout=30, check=True
        ).stdout
        return npm if int(version.split(".")[0]) >= OLDEST_NPM else None
    except (OSError, ValueError, subprocess.SubprocessError):
        return None


def _packaged(root: Path, venv: Path) -> str:
    packages.from_lock(root, venv, "npm", "Fetching npm, which this machine does not have")
    return str(venv / "bin" / "npm")
