"""The part of the table for webhooks: managers see and change them."""

from __future__ import annotations

from tests.rights.page_table import change
from tests.rights.table import Case, members, page, pages, signed_in

ALL = "/api/v1/webhooks"
ONE = f"{ALL}/{{webhook}}"
NEW = {"url": "https://example.org/hook", "events": ["job.failed"]}
PAGE = "/team/webhooks/{webhook}/"
SENT = f"{ONE}/deliveries/{{delivery}}/replay"
MANAGERS = ("manager", "manage")

CALLS: dict[str, Case] = {
    "GET /api/v1/webhooks": Case(signed_in(200), ALL),
    "GET /api/v1/webhooks #of a team": Case(members(200, *MANAGERS), f"{ALL}?team={{team}}"),
    "POST /api/v1/webhooks": Case(members(201, *MANAGERS), ALL, {**NEW, "team": "{team}"}),
    "GET /api/v1/webhooks/{webhook}": Case(members(200, *MANAGERS), ONE),
    "PATCH /api/v1/webhooks/{webhook}": Case(members(200, *MANAGERS), ONE, {"paused": True}),
    "DELETE /api/v1/webhooks/{webhook}": Case(members(204, *MANAGERS), ONE),
    "POST /api/v1/webhooks/{webhook}/rotate": Case(members(200, *MANAGERS), f"{ONE}/rotate", {}),
    "POST /api/v1/webhooks/{webhook}/test": Case(members(202, *MANAGERS), f"{ONE}/test", {}),
    "POST /api/v1/webhooks/{webhook}/replay": Case(members(202, *MANAGERS), f"{ONE}/replay", {}),
    "GET /api/v1/webhooks/{webhook}/deliveries": Case(members(200, *MANAGERS), f"{ONE}/deliveries"),
    "POST /api/v1/webhooks/{webhook}/deliveries/{delivery}/replay": Case(members(202, *MANAGERS), SENT, {}),
}

PAGES: dict[str, Case] = {
    # Whoever is in no team that has webhooks has a team of their own.
    "GET /team/webhooks/": Case(
        {**pages(200), **dict.fromkeys(("viewer", "reviewer", "creator"), 403)}, "/team/webhooks/"
    ),
    "POST /team/webhooks/": Case(
        {**pages(200), **dict.fromkeys(("viewer", "reviewer", "creator"), 403)}, "/team/webhooks/", form=NEW
    ),
    "GET /team/webhooks/{webhook_id}/": Case(page(members(200, "manager")), PAGE),
    "POST /team/webhooks/{webhook_id}/": Case(change("manager"), PAGE, form=NEW),
    **{
        f"POST /team/webhooks/{{webhook_id}}/{verb}/": Case(change("manager"), f"{PAGE}{verb}/", form={})
        for verb in ("pause", "resume", "remove", "test", "replay")
    },
    "POST /team/webhooks/{webhook_id}/rotate/": Case(
        page(members(200, "manager")), f"{PAGE}rotate/", form={}
    ),
    "POST /team/webhooks/{webhook_id}/deliveries/{delivery_id}/replay/": Case(
        change("manager"), f"{PAGE}deliveries/{{delivery}}/replay/", form={}
    ),
}
