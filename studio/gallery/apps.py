"""Registers the app."""

from django.apps import AppConfig


class GalleryConfig(AppConfig):
    name = "studio.gallery"
    label = "gallery"

    def ready(self) -> None:
        from django.http import multipartparser

        # Names of files are no shorter than people write them: 255 emoji are 1020 bytes, and Django refuses a part of
        # a form whose header has more than 1024.
        multipartparser.MAX_TOTAL_HEADER_SIZE = 8192  # type: ignore[attr-defined]
