"""What a team's assets take on the disk, and whether its quota has room for more.

Each asset counts with its file, in the bin too, though equal files lie on the disk once. Nothing is summed where a
team has no quota.
"""

from __future__ import annotations

from django.db.models import Sum
from django.utils.translation import gettext as _

from studio.gallery.models import Asset
from studio.problems import QuotaReached
from studio.teams.models import Team

MB = 1_000_000


def taken(team: Team) -> int:
    """Bytes of all assets of a team."""
    return int(Asset.objects.filter(team=team).aggregate(all=Sum("bytes"))["all"] or 0)


def ask_room(team: Team, more: int) -> None:
    """Raises QuotaReached where `more` bytes would not fit."""
    if team.disk_mb is None:
        return
    used = taken(team)
    if used + more > team.disk_mb * MB:
        raise QuotaReached(
            _(
                "%(team)s may keep %(all)d MB and has %(used)d, so there is no room for %(more)d more. Delete what is not "
                "needed and empty the bin, or ask an owner of the team to raise the quota."
            )
            % {"team": team.name, "all": team.disk_mb, "used": used // MB, "more": -(-more // MB)}
        )
