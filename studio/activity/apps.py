"""Registers the app. It has no rows of its own: what happened stands in those of the apps below."""

from django.apps import AppConfig


class ActivityConfig(AppConfig):
    name = "studio.activity"
    label = "activity"
