"""The notices' part of the table: everybody has their own, and the world's one is the reviewer's."""

from __future__ import annotations

from tests.rights.table import Case, everybody, page, pages, signed_in

ALL = "/api/v1/notices"

CALLS: dict[str, Case] = {
    "GET /api/v1/notices": Case(signed_in(200), ALL),
    "POST /api/v1/notices/read": Case(signed_in(200, "write"), f"{ALL}/read", {"all": True}),
    "POST /api/v1/notices/read #another's": Case(
        # It says nothing of what is not one's own, and changes nothing of it.
        signed_in(200, "write"),
        f"{ALL}/read",
        {"ids": ["{notice}"]},
    ),
    "GET /api/v1/notices/preferences": Case(signed_in(200), f"{ALL}/preferences"),
    "PUT /api/v1/notices/preferences": Case(
        signed_in(200, "write"), f"{ALL}/preferences", {"email": "daily"}
    ),
}

PAGES: dict[str, Case] = {
    "GET /notices/": Case(pages(), "/notices/"),
    "GET /notices/{notice_id}/": Case(page({**everybody(404), "reviewer": 302}), "/notices/{notice}/"),
    "POST /notices/read/": Case(pages(302), "/notices/read/", form={}),
    "GET /notices/preferences/": Case(pages(), "/notices/preferences/"),
    "POST /notices/preferences/": Case(
        pages(302),
        "/notices/preferences/",
        form={"email": "never", "digest_hour": "8", "time_zone": "UTC"},
    ),
}
