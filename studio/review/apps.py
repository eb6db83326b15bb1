"""Registers the app."""

from django.apps import AppConfig


class ReviewConfig(AppConfig):
    name = "studio.review"
    label = "review"

    def ready(self) -> None:
        """Tell the apps below who wants to hear of revisions, of the minute, of roles, and of who leaves."""
        from django.db.models.signals import post_delete

        from studio.gallery import ports as gallery
        from studio.jobs import ports as jobs
        from studio.review.follow import follow
        from studio.review.joining import role_given
        from studio.review.leaving import left
        from studio.review.reminders import remind
        from studio.teams import changes
        from studio.teams.models import Member

        gallery.when_revised(follow)
        jobs.every_minute(remind)
        changes.role_given.connect(role_given, dispatch_uid="reviews that ask a role")
        post_delete.connect(left, sender=Member, dispatch_uid="reviews that asked who has left")
