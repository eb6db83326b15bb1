"""Registers the app."""

from django.apps import AppConfig


class FeedsConfig(AppConfig):
    name = "studio.feeds"
    label = "feeds"
