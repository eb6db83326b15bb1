"""Registers the app."""

from django.apps import AppConfig


class SharesConfig(AppConfig):
    name = "studio.shares"
    label = "shares"
