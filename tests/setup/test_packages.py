"""Packages from a lock file: installed exactly, once, and again when the file changes. From a folder, without a network."""

from __future__ import annotations

import base64
import hashlib
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from studio.setup import environment, packages
from studio.setup.problem import SetupProblem
from studio.setup.stamp import Stamp


def _wheel(folder: Path, version: str) -> str:
    """A tiny real wheel; gives its sha256."""
    file = folder / f"pebble-{version}-py3-none-any.whl"
    info = f"pebble-{version}.dist-info"
    files = {
        "pebble.py": f"VERSION = {version!r}\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: pebble\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = ""
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
            digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
            record += f"{name},sha256={digest},{len(text.encode())}\n"
        archive.writestr(f"{info}/RECORD", f"{record}{info}/RECORD,,\n")
    return hashlib.sha256(file.read_bytes()).hexdigest()


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with an environment that has pip, which looks into one folder only."""
    (tmp_path / "requirements").mkdir()
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / ".venv"], check=True)
    site = next((tmp_path / ".venv").glob("lib/python*/site-packages"))
    # The running environment's pip, so that making one takes no seconds.
    (site / "pip.pth").write_text(str(_folder_with_pip(tmp_path)))
    for name in ("PIP_EXTRA_INDEX_URL", "PIP_INDEX_URL", "PIP_CONSTRAINT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    return tmp_path


def _folder_with_pip(folder: Path) -> Path:
    import pip

    alone = folder / "only-pip"
    alone.mkdir()
    (alone / "pip").symlink_to(Path(pip.__file__).parent)
    return alone


def _installed(place: Path) -> str:
    python = environment.python_of(place / ".venv")
    asked = subprocess.run(
        [python, "-c", "import pebble; print(pebble.VERSION)"], capture_output=True, text=True
    )
    return asked.stdout.strip()


def test_it_works(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lock = place / "requirements" / "python.lock"
    for version in ("1.0", "2.0"):
        lock.write_text(f"pebble=={version} \\\n    --hash=sha256:{_wheel(place, version)}\n")
        packages.from_lock(place, place / ".venv", "python", "Installing")
        assert _installed(place) == version
    assert re.search(r"Installing: done in \d", capsys.readouterr().out)
    packages.from_lock(place, place / ".venv", "python", "Installing")
    assert capsys.readouterr().out == ""  # nothing to do, nothing said
    assert not (place / ".venv" / "tmp").exists()


def test_another_file_of_the_same_version_is_refused(place: Path) -> None:
    _wheel(place, "1.0")
    (place / "requirements" / "python.lock").write_text(f"pebble==1.0 \\\n    --hash=sha256:{'0' * 64}\n")
    with pytest.raises(SetupProblem, match="DO NOT MATCH THE HASHES"):
        packages.from_lock(place, place / ".venv", "python", "Installing")
    assert _installed(place) == ""
    assert Stamp(place / ".venv").steps == {}


def test_an_index_that_does_not_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    import socket
    import time

    monkeypatch.setattr(packages, "PROBE_S", 1.0)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        started = time.monotonic()
        assert not packages.reachable(f"http://127.0.0.1:{silent.getsockname()[1]}/")
        assert time.monotonic() - started < 5
