"""What a team's pages hear of their members, settings and presets."""

from __future__ import annotations

from typing import Any

import pytest

from studio.feeds.models import Event
from studio.teams.models import Member, Team, User
from studio.teams.rights import Actor

pytestmark = pytest.mark.django_db


def told(team: Team) -> list[tuple[str, dict[str, Any]]]:
    return list(Event.objects.filter(feed=f"team:{team.pk}").order_by("n").values_list("kind", "data"))


def test_members_and_settings_say_that_they_changed_and_not_what(team: Team, alice: User, bob: User) -> None:
    from studio.jobs.quotas import set_quotas
    from studio.teams.actions import change_role, invite, remove_member

    owner = Actor.of(alice)
    member = Member.objects.select_related("team").get(team=team, user=bob)
    invite(actor=owner, team=team, role="viewer")
    change_role(actor=owner, member=member, role="reviewer")
    set_quotas(actor=owner, team=team, jobs_a_day=5, minutes_a_month=None, disk_mb=None)
    remove_member(actor=owner, member=member)
    assert told(team) == [
        ("team", {"about": about, "by": "Alice"}) for about in ("member", "member", "team", "member")
    ]


def test_presets_and_wildcards(team: Team, alice: User) -> None:
    from studio.presets import actions

    owner = Actor.of(alice)
    preset = actions.save_preset(owner, team, "text.write", "Plain", {})
    actions.rename_preset(owner, preset, "Plainer")
    actions.delete(owner, preset)
    actions.save_wildcard(owner, team, "colour", "red\nblue")
    assert told(team) == [
        *[("preset", {"tool": "text.write", "by": "Alice"})] * 3,
        ("preset", {"tool": None, "by": "Alice"}),
    ]
