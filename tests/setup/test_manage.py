"""manage.py: read by old Pythons so that it can say which one it needs."""

from __future__ import annotations

import ast
import os
import subprocess
import sys

from tests.conftest import ROOT


def test_an_old_python_can_read_it() -> None:
    ast.parse((ROOT / "manage.py").read_text(), feature_version=(3, 6))


def test_an_unknown_extra_is_said_in_words() -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "setup", "everything"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=20,
    )
    assert done.returncode == 1
    assert "There is no extra named everything" in done.stderr


def test_setup_needs_only_the_standard_library() -> None:
    code = (
        "import sys; import studio.bootstrap\n"
        "outside = {n.partition('.')[0] for n in sys.modules} - set(sys.stdlib_module_names) - {'studio', '__main__'}\n"
        "print(sorted(n for n in outside if 'site-packages' in (getattr(sys.modules.get(n), '__file__', '') or '')))"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", code],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=20,
    )
    assert done.stdout.strip() == "[]", done.stderr
