"""Registers the app."""

from django.apps import AppConfig


class ReviewConfig(AppConfig):
    name = "studio.review"
    label = "review"

    def ready(self) -> None:
        """Tell the gallery, which stands below, who wants to hear of revisions."""
        from studio.gallery import ports
        from studio.review.follow import follow

        ports.when_revised(follow)
