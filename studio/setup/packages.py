"""Installs Python packages from the lock files, and the build of torch that fits the machine."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from studio.setup import environment
from studio.setup.problem import SetupProblem
from studio.setup.stamp import Stamp, digest_of
from studio.setup.steps import Step, command, step

CPU_INDEX = "https://download.pytorch.org/whl/cpu"  # torch's own index of builds without CUDA
PROBE_S = 15.0
CONVERT_LIMIT_S = 300.0  # a second of work, and half a minute of a slow disk until torch is read
INSTALL_LIMIT_S = 3600.0  # a slow line may need long for 200 MB, a stuck one must end


def from_lock(root: Path, venv: Path, name: str, title: str) -> None:
    """Install requirements/<name>.lock exactly: versions, hashes, nothing else. Skipped where the stamp says so."""
    lock = root / "requirements" / f"{name}.lock"
    digest = digest_of(lock)
    stamp = Stamp(venv)
    if stamp.has(name, digest):
        return
    wanted = len(re.findall(r"^[A-Za-z0-9]", lock.read_text(), flags=re.MULTILINE))
    with step(title) as current:
        _pip(
            venv,
            current,
            ["install", "--no-deps", "--require-hashes", "-r", lock],
            wanted=wanted,
            failure=f"pip could not install the packages of requirements/{name}.lock",
        )
    stamp.set(name, digest)


def torch(root: Path, venv: Path, build: str) -> None:
    """Install the pinned torch: with CUDA where there is an NVIDIA GPU, else the much smaller build for the CPU."""
    pin = re.search(r'"torch==([\w.]+)"', (root / "pyproject.toml").read_text())
    if pin is None:
        raise SetupProblem('pyproject.toml names no version of torch ("torch==…").')
    version = pin.group(1)
    digest = digest_of(version, build)
    stamp = Stamp(venv)
    if stamp.has("torch", digest):
        return
    with step(f"Installing torch {version} ({'CUDA' if build == 'cuda' else 'CPU'})") as current:
        if build == "cuda":
            # === takes no build with a local label, so a CPU build that pip also sees does not win.
            _install_torch(root, venv, current, [["--no-deps", f"torch==={version}"], [f"torch==={version}"]])
        elif sys.platform == "linux" and reachable(f"{CPU_INDEX}/torch/"):
            own_index = ["--no-deps", "--retries", "1", "--index-url", CPU_INDEX, f"torch=={version}"]
            _install_torch(root, venv, current, [own_index, [f"torch=={version}"]])
        else:
            _install_torch(root, venv, current, [[f"torch=={version}"]])
    stamp.set("torch", digest)


def converted(root: Path, venv: Path) -> None:
    """Turn the pickled weights among the small models into safetensors, once for each version of them."""
    digest = digest_of(root / "requirements" / "weights.lock", root / "generators/metrics/efficientnet.py")
    stamp = Stamp(venv)
    if stamp.has("converted", digest):
        return
    with step("Converting the small models to safetensors") as current:
        command(
            [environment.python_of(venv), "-m", "generators.metrics.efficientnet"],
            current,
            failure="A small model could not be converted",
            limit_s=CONVERT_LIMIT_S,
            cwd=root,
        )
    stamp.set("converted", digest)


def _install_torch(root: Path, venv: Path, current: Step, ways: list[list[str]]) -> None:
    for number, way in enumerate(ways):
        last = number == len(ways) - 1
        if last:
            _check_plain_pin(root, venv, current, way[-1])
        try:
            _pip(venv, current, ["install", *way], wanted=1, failure="pip could not install torch")
            return
        except SetupProblem:
            if last:
                raise
            current.at("this source failed, trying the next")


def _check_plain_pin(root: Path, venv: Path, current: Step, pin: str) -> None:
    """The plain pin may be a build with CUDA, several times larger: look at the disk before it comes."""
    report = venv / "torch-report.json"
    _pip(
        venv,
        current,
        ["install", "--dry-run", "--no-deps", "--quiet", "--report", report, pin],
        wanted=1,
        failure="pip found no build of torch for this machine",
    )
    found = json.loads(report.read_text())["install"]
    report.unlink()
    if found and sys.platform == "linux" and "+cpu" not in found[0]["metadata"]["version"]:
        environment.check_disk(root, "cuda")


def reachable(url: str) -> bool:
    """Whether an address answers within PROBE_S, looking up its name included."""
    answered = threading.Event()

    def ask() -> None:
        try:
            with urllib.request.urlopen(url, timeout=PROBE_S):
                answered.set()
        except (urllib.error.URLError, OSError, ValueError):
            return

    probe = threading.Thread(target=ask, daemon=True)
    probe.start()
    probe.join(PROBE_S)
    return answered.is_set()


def _pip(venv: Path, current: Step, arguments: Sequence[str | Path], *, wanted: int, failure: str) -> None:
    # pip unpacks beside the environment: /tmp is often a small disk in memory.
    temporary = venv / "tmp"
    temporary.mkdir(exist_ok=True)
    before = len(_installed(venv))

    def how_far(lines: list[str]) -> str:
        seen = sum(line.startswith(("Collecting ", "Requirement already satisfied")) for line in lines)
        if any(line.startswith("Installing collected packages") for line in lines):
            return f"{min(len(_installed(venv)) - before, wanted)} of {wanted} unpacked"
        megabytes = _size(temporary) / 1e6
        return f"{min(seen, wanted)} of {wanted} found, {megabytes:.0f} MB fetched"

    try:
        command(
            [
                environment.python_of(venv),
                "-m",
                "pip",
                "--no-input",
                "--disable-pip-version-check",
                *arguments,
            ],
            current,
            failure=f"{failure}. Look at the lines above: mostly the network is away or a disk is full",
            limit_s=INSTALL_LIMIT_S,
            how_far=how_far,
            env={**os.environ, "TMPDIR": str(temporary), "PIP_PROGRESS_BAR": "off"},
        )
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _installed(venv: Path) -> list[Path]:
    return list(venv.glob("lib/python*/site-packages/*.dist-info"))


def _size(folder: Path) -> int:
    total = 0
    for path, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(path, name)).st_size
            except OSError:
                continue  # pip has just removed it
    return total
