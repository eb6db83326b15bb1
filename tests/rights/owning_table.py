"""The part of the table for what is owned: handing over, leaving, deleting, taking along."""

from __future__ import annotations

from tests.rights.table import Case, author, everybody, members, page, pages

OWNERS = {**pages(302), **dict.fromkeys(("viewer", "reviewer", "creator", "manager"), 403)}
"""Of the team they work in; whoever is in no such team owns a personal one, of which it is refused in words."""

CALLS: dict[str, Case] = {
    "POST /api/v1/teams/{team}/hand-over": Case(
        members(204, "owner", "manage"), "/api/v1/teams/{team}/hand-over", {"member": "{member}"}
    ),
    "POST /api/v1/teams/{team}/delete": Case(
        members(200, "owner", "manage"), "/api/v1/teams/{team}/delete", {"name": "{team_name}"}
    ),
    # Nobody takes back what is not deleted.
    "POST /api/v1/teams/{team}/restore": Case(
        {**pages(404), "anonymous": 401, "read": 404, "write": 404, "manage": 404},
        "/api/v1/teams/{team}/restore",
        {},
    ),
}

CALLS |= {
    # Into the owner's own team: for everybody else it is not there, whatever may be seen of the asset.
    "POST /api/v1/assets/send": Case(
        author(200, "write"), "/api/v1/assets/send", {"assets": ["{asset}"], "team": "{own}"}
    ),
    "POST /api/v1/assets/send #move": Case(
        author(200, "write"), "/api/v1/assets/send", {"assets": ["{asset}"], "team": "{own}", "move": True}
    ),
    "POST /api/v1/boards/{board}/send": Case(
        author(200, "write"), "/api/v1/boards/{board}/send", {"team": "{own}", "move": True}
    ),
}

CALLS |= {
    # One's own; not by a token that may less than its person.
    "POST /api/v1/me/export": Case(
        {**everybody(200), "anonymous": 401, "read": 403, "write": 403, "manage": 403},
        "/api/v1/me/export",
        {},
    ),
    # Not the owner's, who is a team's only one; not by a token.
    "POST /api/v1/me/delete": Case(
        {**everybody(422), "anonymous": 401, "read": 403, "write": 403, "manage": 403},
        "/api/v1/me/delete",
        {"email": "nobody@example.org"},
    ),
}

PAGES: dict[str, Case] = {
    "GET /account/export/": Case(pages(), "/account/export/"),
    "POST /account/export/": Case(pages(), "/account/export/", form={"files": "1"}),
    "GET /account/delete/": Case(pages(), "/account/delete/"),
    "POST /account/delete/": Case(pages(422), "/account/delete/", form={"email": "nobody@example.org"}),
    "GET /team/leave/": Case({**pages(200), "outsider": 302, "operator": 302}, "/team/leave/"),
    "POST /team/leave/": Case(pages(302), "/team/leave/", form={}),
    "POST /team/hand-over/": Case(
        page({**members(302, "owner"), "outsider": 404, "operator": 404}),
        "/team/hand-over/",
        form={"user": "{user_id}"},
    ),
    "GET /team/delete/": Case({**OWNERS, "owner": 200}, "/team/delete/"),
    "POST /team/delete/": Case(OWNERS, "/team/delete/", form={"name": "{team_name}"}),
    "POST /team/{team_id}/restore/": Case(pages(404), "/team/{team}/restore/", form={}),
}
