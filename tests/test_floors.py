"""What a process loads: the registry knows every tool and none of what runs it (the web: test_web_is_light)."""

from __future__ import annotations

import subprocess
import sys

from tests.conftest import ROOT

HEAVY = ("torch", "diffusers", "transformers", "accelerate", "xllamacpp", "ncnn")


def _loaded(code: str) -> set[str]:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            f"{code}\nimport sys\nprint(*sorted({{n.partition('.')[0] for n in sys.modules}}))",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_the_registry_imports_no_django() -> None:
    loaded = _loaded("from generators.registry import tools\nassert tools()")
    assert loaded.isdisjoint({"django", "celery", "channels", "redis", *HEAVY})


def test_the_worker_process_imports_no_torch() -> None:
    """Only its children do: a crash or a leak in them is theirs alone."""
    loaded = _loaded("import django\ndjango.setup()\nimport workers.tasks")
    assert loaded.isdisjoint(HEAVY)
