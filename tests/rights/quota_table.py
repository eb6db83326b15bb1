"""The part of the table for quotas: members see them, owners set them."""

from __future__ import annotations

from tests.rights.table import Case, members, pages

ONE = "/api/v1/teams/{team}/quotas"
BELOW = dict.fromkeys(("viewer", "reviewer", "creator", "manager"), 403)

CALLS: dict[str, Case] = {
    "GET /api/v1/teams/{team}/quotas": Case(members(200), ONE),
    "PATCH /api/v1/teams/{team}/quotas": Case(members(200, "owner", "manage"), ONE, {"jobs_a_day": 5}),
}

PAGES: dict[str, Case] = {
    "GET /team/quotas/": Case(pages(200), "/team/quotas/"),
    # Whoever is in no such team owns one of their own.
    "POST /team/quotas/": Case({**pages(302), **BELOW}, "/team/quotas/", form={"jobs_a_day": "5"}),
}
