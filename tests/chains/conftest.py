"""A node, and jobs that end as a worker would end them. Rows and files only: no worker runs here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from generators.registry import tools
from studio.gallery.models import Asset
from studio.jobs import actions as jobs
from studio.jobs.actions import Slot
from studio.jobs.models import Job, Node


@pytest.fixture
def slot(db: None) -> Slot:
    """A place on a node that is here and runs every tool."""
    node = Node.objects.create(
        name="juniper",
        device="cpu",
        memory_bytes=2**33,
        lanes=["make"],
        tools={tool.name: tool.version for tool in tools().values()},
    )
    return Slot(node=node.name, name="make-0", lane="make", memory_bytes=node.memory_bytes)


@pytest.fixture
def work(slot: Slot, tmp_path: Path) -> Callable[[], Asset]:
    """work() runs the job whose turn it is: a text becomes its prompt, a picture is a grey one. Its asset."""

    def run() -> Asset:
        job: Job | None = jobs.claim(slot)
        assert job is not None, "nothing waits"
        file = tmp_path / f"{job.pk}"
        if job.makes == "text":
            file.write_text(job.inputs["prompt"])
            asset = jobs.store(job, path=file, medium="text", mime="text/plain")
        else:
            shade = job.pk.int % 256  # another picture each time
            Image.new("RGB", (8, 8), (shade, shade, job.pk.int // 256 % 256)).save(file, "PNG")
            asset = jobs.store(job, path=file, medium="image", mime="image/png")
        jobs.finish(job, state="succeeded")
        return asset

    return run
