"""store: a file that an attempt made becomes an asset, at once and once."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from generators.fields import asset_refs
from generators.registry import get as get_tool
from studio.feeds.actions import tell_team
from studio.gallery import actions as gallery
from studio.gallery.models import Asset
from studio.jobs.events import number, tell
from studio.jobs.models import Job, JobAsset
from studio.teams.models import PROMPT_IN_FILES, key_of


def stored_indexes(job: Job) -> list[int]:
    """The indexes that this job, in whatever attempt, has stored."""
    return list(JobAsset.objects.filter(job=job).order_by("index").values_list("index", flat=True))


def store(
    job: Job,
    *,
    path: Path,
    medium: str,
    mime: str,
    index: int = 0,
    title: str = "",
    facts: dict[str, Any] | None = None,
    parts: Sequence[tuple[str, Path, str]] = (),
) -> Asset:
    """Keep the file as the job's asset number `index`; the asset that is there already where an attempt has.

    The rows, the job's event and the team's line are one transaction, inside gallery.add. Raises Fenced where the
    attempt no longer owns the job: nothing is stored then.
    """
    known = Asset.objects.filter(job_ref=job.pk, index=index).first()
    if known is not None:
        return known

    def also(asset: Asset) -> None:
        JobAsset.objects.create(job=job, asset=asset, index=index)
        line = {"asset": str(asset.pk), "index": index, "medium": asset.medium, "title": asset.title}
        tell(job, number(job), "asset", line)
        tell_team(job.team_id, "asset", team_line(job, asset))

    asked = bool(job.author and job.author.preferences.get(PROMPT_IN_FILES))
    try:
        return gallery.add(
            team=job.team,
            author=job.author,
            path=path,
            medium=medium,
            mime=mime,
            title=title or job.title,
            prompt=str(job.inputs.get("prompt", "")),
            facts=facts_of(job) | (facts or {}),
            job_ref=job.pk,
            index=index,
            tool=job.tool,
            model=job.model_name,
            listed=job.listed,
            parents=parents_of(job),
            parts=parts,
            provenance={"include_prompt": asked},
            also=also,
        )
    except gallery.AlreadyStored as found:
        return found.asset


def team_line(job: Job, asset: Asset) -> dict[str, Any]:
    """What the team hears of a new asset; of an unlisted one only that there is one."""
    line: dict[str, Any] = {"job": str(job.pk), "listed": asset.listed}
    if asset.listed:
        line |= {
            "asset": str(asset.pk),
            "medium": asset.medium,
            "title": asset.title,
            "batch": str(job.batch_id) if job.batch_id else None,
        }
    return line


def facts_of(job: Job) -> dict[str, Any]:
    """The snapshot of how an asset was made, so that it can be made again."""
    return {
        "tool": job.tool,
        "tool_version": job.tool_version,
        "inputs": job.inputs,
        "model": {"name": job.model_name, "digest": job.model_digest} if job.model_name else None,
        "seed": job.inputs.get("seed"),
        "node": job.node,
    }


def parents_of(job: Job) -> list[tuple[uuid.UUID, str]]:
    """(asset, role) of what the job was made from: the asset it revises, and each asset its inputs name."""
    parents: list[tuple[uuid.UUID, str]] = []
    if job.parent_id:
        parents.append((job.parent_id, "parent"))
    tool = get_tool(job.tool)
    parents += [
        (key_of(ref), field) for field, ref, _medium in asset_refs(tool.inputs.model_validate(job.inputs))
    ]
    return parents
