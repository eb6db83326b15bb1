"""The reviews' part of the table: calls and pages. In this world the reviewer is asked, and commented."""

from __future__ import annotations

from typing import Any

from tests.rights.page_table import MEMBERS
from tests.rights.table import Case, members, page, pages, signed_in

ASK: dict[str, Any] = {"assets": ["{asset}"], "role": "reviewer"}
SEEN = {"verdict": "approved", "asset": "{reviewed}"}
REVIEW = "/api/v1/reviews/{review}"
COMMENT = "/api/v1/comments/{comment}"

CALLS: dict[str, Case] = {
    "GET /api/v1/reviews": Case(members(200), "/api/v1/reviews?team={team}"),
    "GET /api/v1/reviews #of all teams": Case(signed_in(200), "/api/v1/reviews"),
    "POST /api/v1/reviews": Case(
        {**members(201, "creator", "write"), "outsider": 422, "operator": 422}, "/api/v1/reviews", ASK
    ),
    "POST /api/v1/reviews #of a board": Case(
        members(201, "creator", "write"),
        "/api/v1/reviews",
        {"board": "{board}", "role": "reviewer"},
    ),
    "GET /api/v1/reviews/{review}": Case(members(200), REVIEW),
    "GET /api/v1/reviews/{review}/report": Case(members(200), f"{REVIEW}/report"),
    "POST /api/v1/reviews/{review}/close": Case(members(200, "manager", "write"), f"{REVIEW}/close", {}),
    "PUT /api/v1/reviews/{review}/picks": Case(
        # It asks for a verdict, not for picks.
        members(422, "reviewer", "write"),
        f"{REVIEW}/picks",
        {"items": ["{item}"]},
    ),
    "POST /api/v1/reviews/{review}/items/{item}/decide": Case(
        # A creator may decide, and is not asked.
        {**members(200, "reviewer", "write"), "creator": 422},
        f"{REVIEW}/items/{{item}}/decide",
        SEEN,
    ),
    "POST /api/v1/reviews/{review}/items/{item}/unlock": Case(
        members(200, "manager", "manage"), f"{REVIEW}/items/{{item}}/unlock", {}
    ),
    "GET /api/v1/comments": Case(members(200), "/api/v1/comments?asset={reviewed}"),
    "POST /api/v1/comments": Case(
        members(201, "reviewer", "write"), "/api/v1/comments", {"asset": "{reviewed}", "text": "Warmer"}
    ),
    "POST /api/v1/comments #in a review": Case(
        members(201, "reviewer", "write"),
        "/api/v1/comments",
        {"asset": "{reviewed}", "text": "Warmer", "review": "{review}", "reply_to": "{comment}"},
    ),
    "PATCH /api/v1/comments/{comment}": Case(members(200, "reviewer", "write"), COMMENT, {"resolved": True}),
    "PATCH /api/v1/comments/{comment} #another's words": Case(
        {**members(403), "reviewer": 200}, COMMENT, {"text": "Mine now"}
    ),
    "DELETE /api/v1/comments/{comment}": Case(
        {**members(204, "manager", "write"), "reviewer": 204, "creator": 403}, COMMENT
    ),
    "POST /api/v1/assets/{asset}/weave": Case(
        # No language model is installed here.
        members(422, "creator", "write"),
        "/api/v1/assets/{reviewed}/weave",
        {"prompt": "a lamp"},
    ),
}

PAGES: dict[str, Case] = {
    "GET /review/": Case(pages(), "/review/"),
    "GET /review/{review_id}/": Case(MEMBERS, "/review/{review}/"),
    "GET /review/new/": Case(page(members(200, "creator")), "/review/new/?assets={asset}"),
    "POST /review/new/": Case(
        page(members(302, "creator")), "/review/new/", form={"assets": "{asset}", "role": "reviewer"}
    ),
}
