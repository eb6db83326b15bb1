"""What a generation process may know: nothing of the database, of Redis, of secrets, and no network but for `io`."""

from __future__ import annotations

from pathlib import Path

import pytest

from workers.process import environment

CANARIES = {
    "DATABASE_URL": "postgres://studio:canary@db/studio",
    "REDIS_URL": "redis://:canary@cache/0",
    "STUDIO_SECRET_KEY": "canary",
    "STUDIO_SMTP_PASSWORD": "canary",
    "AWS_SECRET_ACCESS_KEY": "canary",
    "HF_TOKEN": "canary",
    "STUDIO_DATA": "/canary",
    "SOMETHING_NEW": "canary",
}


@pytest.mark.parametrize("network", [False, True])
def test_no_secret_reaches_it(network: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in CANARIES.items():
        monkeypatch.setenv(name, value)
    given = environment(1, tmp_path, network)
    assert not set(given) & set(CANARIES)
    assert not [value for value in given.values() if "canary" in value]
    assert given["HOME"] == str(tmp_path)
    assert given["HF_HUB_OFFLINE"] == ("0" if network else "1")
    assert given["TRANSFORMERS_OFFLINE"] == given["HF_HUB_OFFLINE"]
