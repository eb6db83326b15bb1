"""Tags: names of a team's own, on assets."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from studio.gallery.models import Asset, Tag
from studio.problems import InvalidInputs

MOST_TAGS = 50  # of an asset
LONGEST = 60


def clean_tags(tags: Sequence[str]) -> list[str]:
    """Each once, in small letters, with single spaces. InvalidInputs for too many, too long ones, and commas."""
    names = list(dict.fromkeys(" ".join(tag.split()).lower() for tag in tags))
    names = [name for name in names if name]
    if len(names) > MOST_TAGS:
        raise _invalid(_("An asset has at most %(n)d tags.") % {"n": MOST_TAGS}, len(names))
    for name in names:
        if len(name) > LONGEST or "," in name or "\x00" in name:
            raise _invalid(_("A tag has 1 to 60 characters and no comma."), name[:200])
    return names


def set_tags(asset: Asset, tags: Sequence[str]) -> None:
    """Make these all of its tags."""
    names = clean_tags(tags)
    Tag.objects.bulk_create([Tag(team_id=asset.team_id, name=name) for name in names], ignore_conflicts=True)
    asset.tags.set(Tag.objects.filter(team_id=asset.team_id, name__in=names))


def _invalid(words: str, value: object) -> InvalidInputs:
    return InvalidInputs.at("tags", words, value)
