"""A batch's assets as one zip."""

from __future__ import annotations

import json
from typing import Any

from django.utils import timezone

from studio.gallery.zips import Entry, moment, slug, suffix
from studio.jobs.models import Batch, JobAsset

FACTS = "facts.jsonl"


def entries_of(batch: Batch) -> list[Entry]:
    """Every asset that the batch's jobs have made and nobody deleted, in order; and a line of facts for each."""
    links = (
        JobAsset.objects.filter(job__batch=batch, asset__deleted_at=None)
        .select_related("job", "asset")
        .order_by("job__batch_index", "job_id", "index")
    )
    entries: list[Entry] = []
    facts: list[str] = []
    used: set[str] = set()
    for link in links:
        asset = link.asset
        stem = f"{link.job.batch_index + 1:05d}-{link.index}-{slug(asset.title)}"
        name = stem + suffix(asset.mime)
        again = 1
        while name in used:  # a retried job has the number of the one before
            again += 1
            name = f"{stem}-{again}{suffix(asset.mime)}"
        used.add(name)
        entries.append(Entry(name, asset.blob_id, moment(asset.created_at)))
        line: dict[str, Any] = {
            "file": name,
            "asset": str(asset.pk),
            "job": str(link.job_id),
            "digest": asset.blob_id,
            "prompt": asset.prompt,
            "facts": asset.facts,
        }
        facts.append(json.dumps(line, ensure_ascii=False))
    return [*entries, Entry(FACTS, "\n".join([*facts, ""]).encode(), moment(timezone.now()))]
