"""Writes requirements/*.lock from the pins of pyproject.toml: `python3 manage.py lock`, after a dependency changed."""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path

from studio.setup.steps import Step, command, step

RESOLVER = "uv==0.13.9"
# torch is installed apart: its build, and with it these packages of NVIDIA, depends on the machine.
APART = re.compile(r"^(torch|triton|nvidia-[\w-]+|cuda-[\w-]+)==")
# What [tool.uv] in pyproject.toml limits the lock files to; on every line it would only be noise.
EVERYWHERE = " ; python_full_version < '3.14' and sys_platform != 'emscripten' and sys_platform != 'win32'"
HEADER = "# Made by `python3 manage.py lock` from pyproject.toml; change it there.\n"
EXTRAS = ("dev", "training", "reading", "people", "npm")


def write(root: Path) -> None:
    """Resolve again and write the seven lock files; hashes of all wheels, so they serve x86_64, ARM and macOS alike."""
    with tempfile.TemporaryDirectory() as folder:
        temporary = Path(folder)
        with step("Fetching the resolver") as current:
            command(
                [sys.executable, "-m", "venv", temporary / "venv"],
                current,
                failure="No environment",
                limit_s=120,
            )
            pip: list[str | Path] = [
                temporary / "venv/bin/python",
                "-m",
                "pip",
                "install",
                "--quiet",
                RESOLVER,
            ]
            command(pip, current, failure=f"pip could not install {RESOLVER}", limit_s=300)
        with step("Resolving") as current:
            base = _resolve(root, temporary, current, [])
            _save(root, "python", base)
            for extra in EXTRAS:
                both = _resolve(root, temporary, current, ["--extra", extra])
                _save(root, extra, {name: block for name, block in both.items() if name not in base})
            _save(root, "weights", _weights(root, temporary, current))


def _resolve(root: Path, temporary: Path, current: Step, more: list[str]) -> dict[str, str]:
    return _compile(root, temporary, current, [str(root / "pyproject.toml"), *more])


def _weights(root: Path, temporary: Path, current: Step) -> dict[str, str]:
    import tomllib  # Python 3.11; lock is for people who work on the studio

    declared = tomllib.loads((root / "pyproject.toml").read_text())["project"]["optional-dependencies"][
        "weights"
    ]
    wanted = temporary / "weights.in"
    wanted.write_text("\n".join(declared) + "\n")
    return _compile(root, temporary, current, [str(wanted), "--no-deps"])


def _compile(root: Path, temporary: Path, current: Step, arguments: list[str]) -> dict[str, str]:
    """The resolver's answer as requirement line -> block with hashes."""
    out = temporary / "out.lock"
    out.unlink(missing_ok=True)
    command(
        [
            temporary / "venv/bin/uv",
            "pip",
            "compile",
            *arguments,
            "--generate-hashes",
            "--universal",
            "--python-version",
            "3.11",
            "--no-header",
            "--no-annotate",
            "--output-file",
            out,
        ],
        current,
        failure="The pins of pyproject.toml do not fit together",
        limit_s=300,
        cwd=root,
    )
    blocks = re.findall(r"^[A-Za-z0-9][^\n]*(?:\n +[^\n]*)*", out.read_text(), flags=re.MULTILINE)
    return {block.split("\\")[0].strip(): block for block in blocks}


def _save(root: Path, name: str, blocks: dict[str, str]) -> None:
    kept = [block for line, block in blocks.items() if not APART.match(line)]
    (root / "requirements" / f"{name}.lock").write_text(
        HEADER + "\n".join(kept).replace(f"{EVERYWHERE} \\", " \\") + "\n"
    )


def outdated(root: Path) -> list[str]:
    """Pins of pyproject.toml that no lock file carries: somebody changed one and did not lock."""
    locked = "".join(file.read_text() for file in sorted((root / "requirements").glob("*.lock"))).lower()
    pins = re.findall(
        r'^\s*"([A-Za-z0-9_.-]+)(?:\[[\w,]+\])?==([\w.]+)', (root / "pyproject.toml").read_text(), re.M
    )
    missing = []
    for name, version in pins:
        normal = re.sub(r"[-_.]+", "-", name).lower()
        if name != "torch" and f"{normal}=={version}" not in locked:
            missing.append(f"{name}=={version}")
    return missing
