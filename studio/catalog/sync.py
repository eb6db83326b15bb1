"""Brings the catalogue's rows in line with the built-in cards and with the weights that lie on this machine."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from generators.lab import weights
from studio.catalog import cards
from studio.catalog.models import ModelCard, ModelState

log = logging.getLogger(__name__)


def sync() -> None:
    """Make or update the row of each built-in card, and mark as installed what is there and intact.

    Idempotent and quick: a digest is checked once, and again only when a file's size or time has changed.
    A model that is being installed is left alone.
    """
    for card in cards.built_in():
        row = _row(card)
        if row.state != ModelState.INSTALLING:
            _settle(row, str(card.get("digest", "")))
    for row in ModelCard.objects.filter(source__kind="added", state=ModelState.INSTALLED):
        if not Path(row.path).exists():
            _change(row, state=ModelState.FAILED, error=_("Its files are gone. Remove it and add it again."))


def _row(card: dict[str, Any]) -> ModelCard:
    said = {field: card[field] for field in cards.FIELDS if field in card and field != "meta"}
    row = ModelCard.objects.filter(team=None, name=card["name"]).first()
    if row is None:
        try:
            with transaction.atomic():
                return ModelCard.objects.create(name=card["name"], **said, meta=card.get("meta", {}))
        except IntegrityError:  # another process is starting as well
            row = ModelCard.objects.get(team=None, name=card["name"])
    said["meta"] = card.get("meta", {}) | {k: v for k, v in row.meta.items() if k == "checked"}
    _change(row, **said)
    return row


def _settle(row: ModelCard, expected: str) -> None:
    """Set path, digest and state from what lies on the disk."""
    found = cards.weights_at(row.name, row.source)
    if found is None:
        missing = ""
        if row.source.get("kind") == "package":
            missing = _("Its package %(name)s is not here. Start the studio once more to fetch it.") % {
                "name": row.source.get("distribution", row.source["package"])
            }
        if row.state == ModelState.INSTALLED or missing:
            _change(row, state=ModelState.AVAILABLE, path="", progress=0.0, error=missing)
        return
    path, covered = found
    stamp = cards.stamp(covered)
    known = row.path == str(path) and row.meta.get("checked") == stamp and expected in ("", row.digest)
    if known and row.state == ModelState.INSTALLED:
        return
    digest = weights.digest_of(covered)
    if expected and digest != expected:
        log.error("model %s: digest %s, expected %s", row.name, digest, expected)
        reason = _("The file on this machine is not the one that the catalogue names, so it is not used.")
        _change(row, state=ModelState.FAILED, path="", error=reason)
        return
    size = row.bytes or weights.bytes_of(covered)
    _change(
        row,
        state=ModelState.INSTALLED,
        path=str(path),
        digest=digest,
        bytes=size,
        memory_bytes=row.memory_bytes or int(size * 1.2),
        progress=1.0,
        error="",
        meta=row.meta | {"checked": stamp},
    )


def _change(row: ModelCard, **values: Any) -> None:
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    if changed:
        row.save(update_fields=changed)
