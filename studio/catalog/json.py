"""A model as the API tells it."""

from __future__ import annotations

from typing import Any

from generators.image import defaults
from studio.catalog.choose import facts
from studio.catalog.models import ModelCard


def model_json(card: ModelCard) -> dict[str, Any]:
    """Paths of this machine stay here."""
    return {
        "id": str(card.pk),
        "name": card.name,
        "team": str(card.team_id) if card.team_id else None,
        "title": card.title,
        "summary": card.summary,
        "task": card.task,
        "format": card.format,
        "architecture": card.architecture or None,
        "licence": card.licence or None,
        "digest": card.digest or None,
        "bytes": card.bytes,
        "memory_bytes": card.memory_bytes,
        "context": card.context or None,
        "base": card.meta.get("base") or None,
        "triggers": card.meta.get("triggers") or [],
        "defaults": defaults.of(facts(card)),
        "state": card.state,
        "progress": card.progress,
        "error": card.error or None,
        "job": str(card.install_job) if card.install_job else None,
        "home": card.meta.get("home"),
        "created_at": card.created_at.isoformat().replace("+00:00", "Z"),
    }
