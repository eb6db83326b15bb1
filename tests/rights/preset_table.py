"""The part of the table for presets, wildcards and brand kits."""

from __future__ import annotations

from tests.rights.page_table import change
from tests.rights.table import Case, members, page, pages

EDIT = members(200, "creator", "write")
MAKE = members(201, "creator", "write")
DELETE = members(204, "creator", "write")

CALLS: dict[str, Case] = {
    "GET /api/v1/presets": Case(members(200), "/api/v1/presets?team={team}"),
    "POST /api/v1/presets": Case(
        MAKE,
        "/api/v1/presets",
        {"team": "{team}", "tool": "test.paint", "name": "Mine", "inputs": {"steps": 3}},
    ),
    "GET /api/v1/presets/{preset}": Case(members(200), "/api/v1/presets/{preset}"),
    "PATCH /api/v1/presets/{preset}": Case(EDIT, "/api/v1/presets/{preset}", {"name": "Other"}),
    "DELETE /api/v1/presets/{preset}": Case(DELETE, "/api/v1/presets/{preset}"),
    "GET /api/v1/wildcards": Case(members(200), "/api/v1/wildcards?team={team}"),
    "POST /api/v1/wildcards": Case(
        MAKE, "/api/v1/wildcards", {"team": "{team}", "name": "tree", "text": "oak\nelm"}
    ),
    "GET /api/v1/wildcards/{wildcard}": Case(members(200), "/api/v1/wildcards/{wildcard}"),
    "PATCH /api/v1/wildcards/{wildcard}": Case(EDIT, "/api/v1/wildcards/{wildcard}", {"text": "blue"}),
    "DELETE /api/v1/wildcards/{wildcard}": Case(DELETE, "/api/v1/wildcards/{wildcard}"),
    "GET /api/v1/brands": Case(members(200), "/api/v1/brands?team={team}"),
    "POST /api/v1/brands": Case(MAKE, "/api/v1/brands", {"team": "{team}", "name": "Reef"}),
    "GET /api/v1/brands/{brand}": Case(members(200), "/api/v1/brands/{brand}"),
    "PATCH /api/v1/brands/{brand}": Case(EDIT, "/api/v1/brands/{brand}", {"tone": "Calm"}),
    "DELETE /api/v1/brands/{brand}": Case(DELETE, "/api/v1/brands/{brand}"),
    "POST /api/v1/brands/{brand}/restore": Case(EDIT, "/api/v1/brands/{brand}/restore", {}),
}

PAGES: dict[str, Case] = {
    "GET /brands/": Case(pages(), "/brands/"),
    "GET /brands/new/": Case(
        page({**members(200, "creator"), "outsider": 200, "operator": 200}), "/brands/new/"
    ),
    "POST /brands/new/": Case(
        page({**members(302, "creator"), "outsider": 302, "operator": 302}),
        "/brands/new/",
        form={"name": "Reef"},
    ),
    "GET /brands/{brand_id}/": Case(page(members(200, "creator")), "/brands/{brand}/"),
    "POST /brands/{brand_id}/": Case(change("creator"), "/brands/{brand}/", form={"name": "Other"}),
    "GET /presets/": Case(pages(), "/presets/"),
    "POST /presets/{preset_id}/": Case(change("creator"), "/presets/{preset}/", form={"name": "Other"}),
    "POST /presets/wildcards/": Case(
        page({**members(302, "creator"), "outsider": 302, "operator": 302}),
        "/presets/wildcards/",
        form={"name": "tree", "text": "oak"},
    ),
    "POST /presets/wildcards/{wildcard_id}/": Case(
        change("creator"), "/presets/wildcards/{wildcard}/", form={"name": "colour", "text": "green"}
    ),
}
