"""The part of the table for activity: members see it."""

from __future__ import annotations

from tests.rights.table import Case, members, pages

CALLS: dict[str, Case] = {
    "GET /api/v1/teams/{team}/activity": Case(members(200), "/api/v1/teams/{team}/activity"),
    "GET /api/v1/teams/{team}/activity #of a kind": Case(
        members(200), "/api/v1/teams/{team}/activity?kind=settings"
    ),
}

PAGES: dict[str, Case] = {"GET /team/activity/": Case(pages(200), "/team/activity/")}
