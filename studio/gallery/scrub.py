"""The scrubber: reads every blob and says which do not hold what their name says."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from studio.gallery import storage
from studio.gallery.models import Blob

CHUNK = 1 << 20


@dataclass
class Report:
    """What was read, and what was wrong: digest and reason for each bad blob."""

    blobs: int = 0
    bytes_read: int = 0
    bad: list[tuple[str, str]] = field(default_factory=list)


def check(digest: str, size: int) -> tuple[int, str]:
    """(bytes read, what is wrong with the blob or "")."""
    hasher = hashlib.new(digest.partition(":")[0])
    read = 0
    try:
        with storage.current().open(digest) as file:
            while block := file.read(CHUNK):
                hasher.update(block)
                read += len(block)
    except FileNotFoundError:
        return 0, "it is missing"
    except OSError as error:
        return read, f"it cannot be read: {error.strerror}"
    if read != size:
        return read, f"it has {read} bytes instead of {size}"
    if hasher.hexdigest() != digest.partition(":")[2]:
        return read, "its bytes have changed"
    return read, ""


def scrub(*, pause_s: float = 0.0) -> Iterator[Report]:
    """Read all blobs in order of digest; yields the growing report after each. pause_s: rest between two blobs."""
    report = Report()
    for digest, size in (
        Blob.objects.filter(deleting=False).order_by("digest").values_list("digest", "bytes").iterator()
    ):
        read, wrong = check(digest, size)
        if wrong and not Blob.objects.filter(digest=digest, deleting=False).exists():
            continue  # taken away while we read
        report.blobs += 1
        report.bytes_read += read
        if wrong:
            report.bad.append((digest, wrong))
        yield report
        if pause_s:
            time.sleep(pause_s)
    yield report
