"""The pages' part of the table. A token opens no page; whoever is nobody is sent to sign in."""

from __future__ import annotations

from tests.rights.table import Case, Row, everybody, members, page, pages

MEMBERS: Row = page(members(200))
"""A page about a thing of the team: for people of other teams it is not there."""


def change(first: str) -> Row:
    """A form that changes the team: it sends one on to a page; 403 for roles below."""
    return page(members(302, first))


# In this world everybody's page is about the team, where they are in it, else about a team of their own.
PAGES: dict[str, Case] = {
    "GET /signin/": Case(
        {**everybody(302), **dict.fromkeys(("anonymous", "read", "write", "manage"), 200)}, "/signin/"
    ),
    # Nobody has given a password here, and no company's sign-in is set up.
    "GET /signin/code/": Case(everybody(302), "/signin/code/"),
    "POST /signin/code/": Case(everybody(302), "/signin/code/", form={"code": "000000"}),
    "POST /signin/passkey/options/": Case(everybody(200), "/signin/passkey/options/", form={}),
    "POST /signin/passkey/": Case(everybody(302), "/signin/passkey/", form={}),
    "GET /signin/oidc/": Case(everybody(404), "/signin/oidc/"),
    "GET /signin/oidc/back/": Case(everybody(404), "/signin/oidc/back/?code=x&state=y"),
    "GET /signin/{token}/": Case(everybody(200), "/signin/wrong/"),
    "POST /signout/": Case(everybody(302), "/signout/", form={}),
    "GET /reset/": Case(everybody(200), "/reset/"),
    "GET /reset/sent/": Case(everybody(200), "/reset/sent/"),
    "GET /reset/{uidb64}/{token}/": Case(everybody(200), "/reset/wrong/wrong/"),
    "GET /join/{token}/": Case(everybody(200), "/join/{word}/"),
    "GET /account/": Case(pages(), "/account/"),
    "POST /account/profile/": Case(pages(422), "/account/profile/", form={}),
    "POST /account/password/": Case(pages(422), "/account/password/", form={}),
    "GET /account/totp/": Case(pages(302), "/account/totp/"),
    "POST /account/totp/begin/": Case(pages(302), "/account/totp/begin/", form={}),
    "POST /account/totp/off/": Case(pages(302), "/account/totp/off/", form={}),
    "POST /account/passkeys/options/": Case(pages(200), "/account/passkeys/options/", form={}),
    "POST /account/passkeys/": Case(pages(302), "/account/passkeys/", form={"name": "x"}),
    "POST /account/passkeys/{passkey_id}/remove/": Case(
        {**pages(404), "owner": 302},  # one's own alone
        "/account/passkeys/{passkey}/remove/",
        form={},
    ),
    "POST /account/tokens/": Case(pages(422), "/account/tokens/", form={"team": "wrong"}),
    "POST /account/tokens/{token_id}/revoke/": Case(
        # One's own alone.
        {**pages(404), "owner": 302},
        "/account/tokens/{token}/revoke/",
        form={},
    ),
    "GET /team/": Case(pages(), "/team/"),
    "POST /team/choose/": Case(page(members(302)), "/team/choose/", form={"team": "{team}"}),
    "POST /team/new/": Case(pages(302), "/team/new/", form={"name": "New"}),
    "POST /team/invite/": Case(
        # Whoever is outside invites to their own, personal team, which takes nobody: told as a message.
        page({**members(200, "manager"), "outsider": 302, "operator": 302}),
        "/team/invite/",
        form={"role": "viewer"},
    ),
    "POST /team/invitations/{invitation_id}/revoke/": Case(
        change("manager"), "/team/invitations/{invitation}/revoke/", form={}
    ),
    "POST /team/members/{user_id}/role/": Case(
        change("manager"), "/team/members/{user_id}/role/", form={"role": "reviewer"}
    ),
    "POST /team/members/{user_id}/remove/": Case(
        # The member is the viewer, who may leave.
        {**change("manager"), "viewer": 302},
        "/team/members/{user_id}/remove/",
        form={},
    ),
    "GET /models/": Case(pages(), "/models/"),
    "GET /gallery/": Case(pages(), "/gallery/"),
    "GET /gallery/filters/": Case(pages(), "/gallery/filters/"),
    "GET /gallery/bin/": Case(pages(), "/gallery/bin/"),
    "GET /gallery/ #of a board": Case(MEMBERS, "/gallery/?board={board}"),
    "GET /gallery/duplicates/": Case(pages(), "/gallery/duplicates/"),
    "POST /gallery/export/": Case(MEMBERS, "/gallery/export/", form={"assets": "{asset}"}),
    "POST /gallery/export/ #unlisted": Case(
        {**pages(404), "owner": 200}, "/gallery/export/", form={"assets": "{unlisted}"}
    ),
    "GET /boards/": Case(pages(), "/boards/"),
    "GET /boards/{board_id}/": Case(MEMBERS, "/boards/{board}/"),
    "GET /assets/{asset_id}/": Case(MEMBERS, "/assets/{asset}/"),
    "GET /assets/{asset_id}/similar/": Case(MEMBERS, "/assets/{asset}/similar/"),
    "GET /gallery/meaning/": Case(pages(), "/gallery/meaning/?q=anything"),
    "GET /assets/{asset_id}/diff/{other_id}/": Case(MEMBERS, "/assets/{asset}/diff/{picture}/"),
    "GET /assets/{asset_id}/edit/": Case(page(members(200, "creator")), "/assets/{asset}/edit/"),
    "GET /compare/": Case(MEMBERS, "/compare/?a={asset}&b={picture}"),
    "GET /compare/ #unlisted": Case({**pages(404), "owner": 200}, "/compare/?a={asset}&b={unlisted}"),
    # The other one is its author's alone.
    "GET /assets/{asset_id}/diff/{other_id}/ #unlisted": Case(
        {**pages(404), "owner": 200}, "/assets/{asset}/diff/{unlisted}/"
    ),
    "GET /queue/": Case(pages(), "/queue/"),
    "POST /queue/clear/": Case(pages(302), "/queue/clear/", form={}),
    "GET /jobs/{job_id}/": Case(MEMBERS, "/jobs/{job}/"),
    "GET /batches/{batch_id}/grid/": Case(MEMBERS, "/batches/{batch}/grid/"),
    "GET /nodes/": Case(pages(), "/nodes/"),
    "POST /nodes/{name}/pause/": Case(
        {**pages(403), "operator": 302}, "/nodes/{node}/pause/", form={"paused": "1"}
    ),
    "GET /": Case(pages(302), "/"),
    "GET /create/": Case(
        # The first visit of somebody who has made nothing yet is welcomed; others go on to a tool.
        {**pages(302), "outsider": 200, "operator": 200},
        "/create/",
    ),
    "GET /create/{name}/": Case(pages(), "/create/test.paint/"),
    "GET /canvas/": Case(pages(), "/canvas/"),
    "GET /canvas/{asset_id}/": Case(MEMBERS, "/canvas/{picture}/"),
    "GET /chat/": Case(pages(), "/chat/"),
    "GET /chat/{thread_id}/": Case({**pages(404), "owner": 200}, "/chat/{thread}/"),
}
