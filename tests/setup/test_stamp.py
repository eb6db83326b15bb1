"""The stamp: what is done is skipped, what changed is done again."""

from __future__ import annotations

from pathlib import Path

from studio.setup.stamp import Stamp, digest_of


def test_it_works(tmp_path: Path) -> None:
    lock = tmp_path / "python.lock"
    lock.write_text("one==1\n")
    Stamp(tmp_path).set("python", digest_of(lock))
    assert Stamp(tmp_path).has("python", digest_of(lock))
    lock.write_text("one==2\n")
    assert not Stamp(tmp_path).has("python", digest_of(lock))


def test_a_broken_stamp_counts_as_none(tmp_path: Path) -> None:
    (tmp_path / "studio-stamp.json").write_text("{half")
    assert Stamp(tmp_path).steps == {}


def test_the_parts_of_a_digest_do_not_run_together() -> None:
    assert digest_of("ab", "c") != digest_of("a", "bc")
