"""What a picture file carries of how it was made, whichever tool wrote it: read in a bounded child, never believed blindly."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from generators.image.metadata.said import Said
from studio.gallery import bounded
from studio.gallery.probe import Unreadable
from studio.gallery.sniff import HEAD, sniff

LIMITS = bounded.Limits(memory=1 << 30, cpu_s=20, wall_s=40)


def carried(path: Path) -> Said | None:
    """What the file says of its prompt, seed, model and the like; None where it says nothing that we know.

    Raises Unreadable for what is no picture.
    """
    with path.open("rb") as file:
        head = file.read(HEAD)
    kind = sniff(head) if head else None
    if kind is None or kind.kind != "image":
        raise Unreadable(_("It is no picture: PNG, JPEG, WebP, GIF and AVIF can be read."))
    base = Path(settings.SCRATCH)
    base.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="carried-", dir=base))
    try:
        request = {"path": str(path.resolve())}
        found = bounded.run("studio.gallery.carried_child", request, LIMITS, folder)
    except bounded.TookTooLong:
        found = None
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if found is None:
        raise Unreadable(_("It could not be decoded within the limits for one file."))
    if "unreadable" in found:
        raise Unreadable(str(found["unreadable"]))
    said = found["said"]
    if said is None:
        return None
    for pairs in ("loras", "unmapped"):
        said[pairs] = [tuple(pair) for pair in said[pairs]]
    return Said(**said)
