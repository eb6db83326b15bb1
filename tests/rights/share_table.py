"""The part of the table for share links. What guests with other links reach: tests/shares/test_guests.py."""

from __future__ import annotations

from tests.rights.page_table import change
from tests.rights.table import Case, everybody, members, page, pages

CALLS: dict[str, Case] = {
    "GET /api/v1/shares": Case(members(200), "/api/v1/shares?team={team}"),
    "POST /api/v1/shares": Case(members(201, "creator", "write"), "/api/v1/shares", {"asset": "{asset}"}),
    "POST /api/v1/shares #of a board": Case(
        members(201, "creator", "write"), "/api/v1/shares", {"board": "{board}"}
    ),
    "DELETE /api/v1/shares/{share}": Case(members(204, "manager", "write"), "/api/v1/shares/{share}"),
}

PAGES: dict[str, Case] = {
    "GET /shares/": Case(pages(), "/shares/"),
    "GET /shares/ #of an asset": Case(page(members(200)), "/shares/?asset={asset}"),
    "POST /shares/": Case(page(members(200, "creator")), "/shares/", form={"asset": "{asset}"}),
    "POST /shares/{share_id}/revoke/": Case(change("manager"), "/shares/{share}/revoke/", form={}),
    # Whoever has the link, and nothing but the link, is asked for.
    "GET /s/{secret}/": Case(everybody(200), "/s/{secret}/"),
    "GET /s/{secret}/{asset_id}/": Case(everybody(200), "/s/{secret}/{reviewed}/"),
    "GET /s/{secret}/{asset_id}/ #another": Case(everybody(404), "/s/{secret}/{asset}/"),
    "GET /s/{secret}/{asset_id}/picture": Case(everybody(200), "/s/{secret}/{reviewed}/picture"),
    "GET /s/{secret}/{asset_id}/file": Case(everybody(200), "/s/{secret}/{reviewed}/file"),
}
