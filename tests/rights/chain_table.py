"""The part of the table for chains and their runs."""

from __future__ import annotations

from tests.rights.page_table import MEMBERS, change
from tests.rights.table import Case, members, page, pages

STEPS = [{"tool": "test.paint", "inputs": {"prompt": {"kind": "blank", "value": "a lamp"}}}]

CALLS: dict[str, Case] = {
    "GET /api/v1/chains": Case(members(200), "/api/v1/chains?team={team}"),
    "POST /api/v1/chains": Case(
        members(201, "creator", "write"), "/api/v1/chains", {"team": "{team}", "name": "New", "steps": STEPS}
    ),
    "GET /api/v1/chains/{chain}": Case(members(200), "/api/v1/chains/{chain}"),
    "PATCH /api/v1/chains/{chain}": Case(
        members(200, "creator", "write"), "/api/v1/chains/{chain}", {"name": "Other"}
    ),
    "DELETE /api/v1/chains/{chain}": Case(members(204, "creator", "write"), "/api/v1/chains/{chain}"),
    "POST /api/v1/chains/{chain}/restore": Case(
        members(200, "creator", "write"), "/api/v1/chains/{chain}/restore", {}
    ),
    "POST /api/v1/chains/{chain}/run": Case(
        members(201, "creator", "write"), "/api/v1/chains/{chain}/run", {}
    ),
    "GET /api/v1/chains/runs": Case(members(200), "/api/v1/chains/runs?team={team}"),
    "GET /api/v1/chains/runs/{run}": Case(members(200), "/api/v1/chains/runs/{run}"),
    # Its author, or a manager.
    "POST /api/v1/chains/runs/{run}/cancel": Case(
        members(202, "manager", "write"), "/api/v1/chains/runs/{run}/cancel", {}
    ),
    # It has not stopped.
    "POST /api/v1/chains/runs/{run}/go-on": Case(
        members(409, "creator", "write"), "/api/v1/chains/runs/{run}/go-on", {}
    ),
}

PAGES: dict[str, Case] = {
    "GET /chains/": Case(pages(), "/chains/"),
    "GET /chains/{chain_id}/": Case(MEMBERS, "/chains/{chain}/"),
    "GET /chains/runs/{run_id}/": Case(MEMBERS, "/chains/runs/{run}/"),
    "POST /chains/{chain_id}/edit/": Case(change("creator"), "/chains/{chain}/edit/", form={"name": "Other"}),
    "GET /chains/{chain_id}/edit/": Case(page(members(200, "creator")), "/chains/{chain}/edit/"),
    # An asset that no tool made: back to its page, in words.
    "GET /chains/new/": Case(change("creator"), "/chains/new/?asset={asset}"),
}
