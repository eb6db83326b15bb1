"""Loaded last in every Django process of the faulty studio: its patches are in place before any work begins."""

from __future__ import annotations

from django.apps import AppConfig


class FaultsConfig(AppConfig):
    name = "tests.faults.plugin"
    label = "faults"

    def ready(self) -> None:
        from tests.faults.plugin import clock, guards, points

        points.install()
        guards.install()
        clock.install()
