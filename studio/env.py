"""Typed reading of environment variables; the only place that reads os.environ for settings."""

from __future__ import annotations

import os
from pathlib import Path


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, default)


def number(name: str, default: float) -> float:
    """A number; a ValueError that names the variable where it is none."""
    raw = os.environ.get(name, "")
    if not raw:
        return default
    try:
        return float(raw)
    except ValueError:
        raise ValueError(f"{name} must be a number, not {raw!r}") from None


def flag(name: str, default: bool = False) -> bool:
    raw = os.environ.get(name, "").lower()
    return default if not raw else raw in {"1", "true", "yes", "on"}


def words(name: str, default: str = "") -> list[str]:
    """Comma-separated words, trimmed, empty ones left out."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def folder(name: str, default: Path) -> Path:
    return Path(os.environ.get(name) or default).expanduser().resolve()
