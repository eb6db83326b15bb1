"""Chains and their runs as the API has them."""

from __future__ import annotations

from typing import Any

from studio.chains import steps
from studio.chains.models import Chain, ChainRun
from studio.clock import when


def chain_json(chain: Chain) -> dict[str, Any]:
    read = steps.read(chain.steps)
    return {
        "id": str(chain.pk),
        "team": str(chain.team_id),
        "author": str(chain.author_id) if chain.author_id else None,
        "name": chain.name,
        "steps": chain.steps,
        "blanks": {key: blank.value for key, blank in steps.blanks(read).items()},
        "created_at": when(chain.created_at),
        "changed_at": when(chain.changed_at),
    }


def run_json(run: ChainRun) -> dict[str, Any]:
    """With the job of each step that was submitted, and what it made. Prefetch rows__job__job_assets for lists."""
    rows = {row.number: row.job for row in run.rows.all()}
    told = []
    for number, step in enumerate(run.steps, 1):
        job = rows.get(number)
        links = sorted(job.job_assets.all(), key=lambda link: link.index) if job else []
        told.append(
            {
                "tool": step["tool"],
                "job": str(job.pk) if job else None,
                "state": job.state if job else None,
                "assets": [{"id": str(link.asset_id), "index": link.index} for link in links],
            }
        )
    return {
        "id": str(run.pk),
        "team": str(run.team_id),
        "author": str(run.author_id) if run.author_id else None,
        "chain": str(run.chain_id) if run.chain_id else None,
        "name": run.name,
        "state": run.state,
        "why": run.why or None,
        "values": run.asked,
        "steps": told,
        "created_at": when(run.created_at),
        "finished_at": when(run.finished_at),
    }
