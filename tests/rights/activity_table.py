"""The part of the table for a team's day: members see its activity; owners say whether a second step is demanded."""

from __future__ import annotations

from tests.rights.page_table import change
from tests.rights.table import Case, members, page, pages

CALLS: dict[str, Case] = {
    "GET /api/v1/teams/{team}/activity": Case(members(200), "/api/v1/teams/{team}/activity"),
    "GET /api/v1/teams/{team}/activity #of a kind": Case(
        members(200), "/api/v1/teams/{team}/activity?kind=settings"
    ),
    "PUT /api/v1/teams/{team}/second-step": Case(
        members(200, "owner", "manage"), "/api/v1/teams/{team}/second-step", {"second_step": ""}
    ),
}

PAGES: dict[str, Case] = {
    "GET /team/activity/": Case(pages(200), "/team/activity/"),
    # Whoever is outside asks it of their own place, which takes no demand; nobody's demand is what there is already.
    "POST /team/second-step/": Case(
        {**change("owner"), "outsider": 302, "operator": 302}, "/team/second-step/", form={"demand": ""}
    ),
    "GET /second-step/{team_id}/": Case(page(members(302)), "/second-step/{team}/"),  # on into the team
}
