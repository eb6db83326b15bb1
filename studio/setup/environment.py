"""Makes the virtual environment, after looking whether Python can and the disk will hold what comes."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from pathlib import Path

from studio.setup.problem import SetupProblem
from studio.setup.stamp import Stamp, interpreter
from studio.setup.steps import command, step

# Measured: environment and front-end libraries together, with what pip unpacks beside them while it installs.
NEED_GB = {"cpu": 3.5, "cuda": 9.0}


def has_nvidia() -> bool:
    """Whether this machine shows an NVIDIA GPU; decides which build of torch is installed."""
    return Path("/proc/driver/nvidia/version").exists() or shutil.which("nvidia-smi") is not None


def python_of(venv: Path) -> Path:
    return venv / "bin" / "python"


def ready(root: Path, venv: Path) -> bool:
    """Whether the environment is there, whole, of this Python and made at this place (it holds absolute paths)."""
    if not python_of(venv).exists() or not (venv / "pyvenv.cfg").exists():
        return False
    stamp = Stamp(venv)
    if not stamp.steps:  # made by hand or interrupted: keep it where its Python fits
        return f"{sys.version_info.major}.{sys.version_info.minor}." in (venv / "pyvenv.cfg").read_text()
    return stamp.has("place", str(root)) and stamp.has("interpreter", interpreter())


def check_disk(root: Path, build: str) -> None:
    """Raises SetupProblem where the disk is too small for the build that will come."""
    free = shutil.disk_usage(root).free / 1e9
    need = NEED_GB[build]
    if free < need:
        kind = "with CUDA" if build == "cuda" else "for the CPU"
        raise SetupProblem(
            f"Not enough disk space: {root} has {free:.1f} GB free, the build {kind} needs {need:.1f} GB. "
            "Free some space, or put the checkout on a larger disk, and start again."
        )


def make(root: Path, venv: Path) -> None:
    """Make the environment anew with this Python. SetupProblem where it is a link: what that leads to is another's."""
    if venv.is_symlink():
        raise SetupProblem(
            f"{venv} is a link to {venv.resolve()}, which would be emptied. Remove the link; set-up then makes a new one here."
        )
    for module in ("venv", "ensurepip"):
        if importlib.util.find_spec(module) is None:
            version = f"{sys.version_info.major}.{sys.version_info.minor}"
            raise SetupProblem(
                f"This Python ({sys.executable}) comes without its module {module}, which makes the environment. "
                f"On Debian and Ubuntu it is in the package python{version}-venv; else install Python from python.org."
            )
    with step(f"Making the environment {venv.name} with Python {sys.version.split()[0]}") as current:
        base = Path(getattr(sys, "_base_executable", sys.executable))
        # In an environment (sys.prefix differs) venv would link to that one's Python: take the one below.
        command(
            [base, "-m", "venv", "--clear", venv],
            current,
            failure="Python could not make the environment",
            limit_s=300,
        )
    stamp = Stamp(venv)
    stamp.set("place", str(root))
    stamp.set("interpreter", interpreter())
