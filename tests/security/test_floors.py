"""Pinned packages are not older than the lowest version that is known to be safe. Works offline."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]
FLOORS: dict[str, list[str]] = tomllib.loads((ROOT / "requirements" / "floors.toml").read_text())["floors"]


def pins() -> dict[str, list[Version]]:
    """Every pin of the lock files, and torch's, which stands in pyproject.toml alone."""
    found: dict[str, list[Version]] = {}
    texts = [file.read_text() for file in (ROOT / "requirements").glob("*.lock")]
    texts.append("\n".join(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]))
    for text in texts:
        for name, version in re.findall(
            r"^([A-Za-z0-9_.-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", text, re.MULTILINE
        ):
            found.setdefault(name.lower(), []).append(Version(version))
    return found


@pytest.mark.parametrize("name", FLOORS)
def test_not_below_the_floor(name: str) -> None:
    floor, why = FLOORS[name]
    pinned = pins()
    assert name in pinned, f"{name} is no dependency any more: take it out of floors.toml"
    assert all(version >= Version(floor) for version in pinned[name]), why


def test_every_pin_has_a_hash() -> None:
    """What is installed is what was looked at."""
    for file in (ROOT / "requirements").glob("*.lock"):
        if file.name == "npm.lock":
            continue
        for block in re.split(r"\n(?=[A-Za-z0-9])", file.read_text()):
            if re.match(r"[A-Za-z0-9_.-]+(\[[^\]]*\])?==", block):
                assert "--hash=sha256:" in block, (file.name, block.splitlines()[0])


BANNED = frozenset({"pickle", "dill", "joblib", "cloudpickle", "shelve", "marshal"})


def _breaks(call: ast.Call) -> bool:
    """Whether a call reads a format that can run code."""
    said = ast.unparse(call.func)
    given = {word.arg: ast.unparse(word.value) for word in call.keywords}
    return (
        (said == "torch.load" and given.get("weights_only") != "True")
        or (said in ("np.load", "numpy.load") and given.get("allow_pickle", "False") != "False")
        or said in ("yaml.load", "yaml.unsafe_load", "eval", "exec")
    )


def test_nothing_is_unpickled() -> None:
    """No reader of a format that can run code stands in the code that runs."""
    for folder in ("studio", "workers", "generators"):
        for file in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text())):
                where = f"{file.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"
                if isinstance(node, ast.Import):
                    assert not BANNED & {name.name.partition(".")[0] for name in node.names}, where
                elif isinstance(node, ast.ImportFrom):
                    assert (node.module or "").partition(".")[0] not in BANNED, where
                elif isinstance(node, ast.Call):
                    assert not _breaks(node), where
