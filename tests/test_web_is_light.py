"""The web process never imports torch, nor does looking at the tools; what few people sign in by comes when it is used."""

from __future__ import annotations

import json
import subprocess
import sys

HEAVY = ("torch", "diffusers", "transformers", "accelerate", "xllamacpp", "ncnn", "numpy")
LATER = ("fido2", "joserfc", "pyotp", "segno", "cryptography.hazmat")  # once somebody signs in by them
LOOK = f"""
import json, sys
import studio.asgi
from django.urls import get_resolver
from generators.registry import tools
get_resolver().url_patterns
for tool in tools().values():
    tool.inputs.model_json_schema()
    tool.inputs.model_validate(dict(tool.example))
print(json.dumps([name for name in {HEAVY + LATER!r} if name in sys.modules]))
"""


def test_the_application_and_the_registry_load_without_them() -> None:
    done = subprocess.run([sys.executable, "-c", LOOK], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == []
