"""The scrubber finds what was planted, and says how much it has read."""

from __future__ import annotations

import hashlib
import random

import pytest

from studio.gallery import storage
from studio.gallery.models import Blob
from studio.gallery.scrub import scrub


@pytest.mark.django_db(transaction=True)
def test_three_bad_files_in_a_thousand_are_found() -> None:
    sizes = 0
    rows = []
    for number in range(1000):  # written straight to their places: a thousand flushes would take a minute
        content = f"file {number} ".encode() * (1 + number % 50)
        digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
        path = storage.current().path(digest)
        assert path is not None
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        rows.append(Blob(digest=digest, bytes=len(content)))
        sizes += len(content)
    Blob.objects.bulk_create(rows)
    digests = [row.digest for row in rows]
    changed, cut, gone = random.Random(7).sample(digests, 3)
    for digest, damage in ((changed, b"X"), (cut, b"")):
        path = storage.current().path(digest)
        assert path is not None
        content = path.read_bytes()
        path.write_bytes(damage + content[1:])
    storage.current().delete(gone)
    *_growing, report = scrub()
    assert {digest for digest, _why in report.bad} == {changed, cut, gone}
    whys = dict(report.bad)
    assert "changed" in whys[changed]
    assert "instead of" in whys[cut]
    assert "missing" in whys[gone]
    assert report.blobs == 1000
    assert 0 < sizes - report.bytes_read < 600, "all but the missing one and the cut byte was read"
