"""Registers the app."""

from django.apps import AppConfig


class GalleryConfig(AppConfig):
    name = "studio.gallery"
    label = "gallery"

    def ready(self) -> None:
        from django.db.models.signals import post_migrate
        from django.http import multipartparser

        from studio.gallery.vectors import ensure_pgvector

        post_migrate.connect(ensure_pgvector, sender=self)

        # Names of files are no shorter than people write them: 255 emoji are 1020 bytes, and Django refuses a part of
        # a form whose header has more than 1024.
        multipartparser.MAX_TOTAL_HEADER_SIZE = 8192  # type: ignore[attr-defined]
