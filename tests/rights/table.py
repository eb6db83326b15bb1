"""Who gets what: every address and method with the answer for each actor. What stands here was decided, not computed.

Columns are ACTORS of world.py. An address that is missing here fails the test.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.rights.world import ACTORS, PAINT, ROLES, SCOPES

Row = Mapping[str, int]


@dataclass(frozen=True)
class Case:
    """One method of one address. `path` is asked with names of the world put in; `body` is JSON, `form` a form.

    A field named "file" is sent as a text file.
    """

    row: Row
    path: str
    body: Mapping[str, Any] | None = None
    form: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


def everybody(status: int) -> Row:
    """The same answer for all."""
    return dict.fromkeys(ACTORS, status)


def signed_in(status: int, scope: str = "read") -> Row:
    """Whoever is somebody; tokens from this scope on."""
    return {**everybody(status), "anonymous": 401, **_scopes(status, scope)}


def members(status: int, first: str = "viewer", scope: str = "read") -> Row:
    """Members from this role on (403 below), tokens from this scope on; for the rest it is not there."""
    roles = {role: status if ROLES.index(role) >= ROLES.index(first) else 403 for role in ROLES}
    return {"anonymous": 401, "outsider": 404, **roles, "operator": 404, **_scopes(status, scope)}


def operators(status: int, scope: str = "manage") -> Row:
    """The operator alone. The owner's tokens are not the operator's."""
    return {**everybody(403), "anonymous": 401, "operator": status}


def author(status: int, scope: str = "read") -> Row:
    """The author (here the owner) alone, and their tokens from this scope on; for the rest it is not there."""
    return {**everybody(404), "anonymous": 401, "owner": status, **_scopes(status, scope)}


def _scopes(status: int, scope: str) -> Row:
    return {name: status if SCOPES.index(name) >= SCOPES.index(scope) else 403 for name in SCOPES}


def page(row: Row) -> Row:
    """A page: whoever is nobody is sent to sign in, and a token opens no page."""
    return {**row, **dict.fromkeys(("anonymous", *SCOPES), 302)}


def pages(status: int = 200) -> Row:
    """A page for everybody who is signed in."""
    return page(everybody(status))


TUS = {"Tus-Resumable": "1.0.0"}
JOB = {"tool": "test.paint", "inputs": PAINT, "team": "{team}"}
API: dict[str, Case] = {
    # People
    "GET /api/v1/me": Case(signed_in(200), "/api/v1/me"),
    "GET /api/v1/teams": Case(signed_in(200), "/api/v1/teams"),
    "POST /api/v1/teams": Case(signed_in(201, "manage"), "/api/v1/teams", {"name": "New"}),
    "GET /api/v1/teams/{team}": Case(members(200), "/api/v1/teams/{team}"),
    "GET /api/v1/teams/{team}/policy": Case(members(200, "manager", "manage"), "/api/v1/teams/{team}/policy"),
    "PUT /api/v1/teams/{team}/policy": Case(
        members(200, "manager", "manage"), "/api/v1/teams/{team}/policy", {"blocked_words": ["gore"]}
    ),
    "GET /api/v1/teams/{team}/flags": Case(members(200, "manager", "manage"), "/api/v1/teams/{team}/flags"),
    "GET /api/v1/members": Case(members(200), "/api/v1/members?team={team}"),
    "PATCH /api/v1/members/{member}": Case(
        members(200, "manager", "manage"), "/api/v1/members/{member}", {"role": "reviewer"}
    ),
    "DELETE /api/v1/members/{member}": Case(
        # The member is the viewer, who may leave.
        {**members(204, "manager", "manage"), "viewer": 204},
        "/api/v1/members/{member}",
    ),
    "POST /api/v1/invitations": Case(
        members(201, "manager", "manage"), "/api/v1/invitations", {"team": "{team}", "role": "viewer"}
    ),
    "DELETE /api/v1/invitations/{invitation}": Case(
        members(204, "manager", "manage"), "/api/v1/invitations/{invitation}"
    ),
    "GET /api/v1/tokens": Case(signed_in(200), "/api/v1/tokens"),
    # A token with scopes makes and revokes none.
    "POST /api/v1/tokens": Case(
        {**signed_in(201), **dict.fromkeys(SCOPES, 403)}, "/api/v1/tokens", {"name": "Script"}
    ),
    "DELETE /api/v1/tokens/{token}": Case(
        {**author(204), **dict.fromkeys(SCOPES, 403)}, "/api/v1/tokens/{token}"
    ),
    # Tools and nodes
    "GET /api/v1/tools": Case(signed_in(200), "/api/v1/tools"),
    "GET /api/v1/tools/{name}": Case(signed_in(200), "/api/v1/tools/test.paint"),
    "GET /api/v1/nodes": Case(signed_in(200), "/api/v1/nodes"),
    "GET /api/v1/nodes/{name}": Case(signed_in(200), "/api/v1/nodes/{node}"),
    "PATCH /api/v1/nodes/{name}": Case(operators(200), "/api/v1/nodes/{node}", {"paused": True}),
    # Jobs
    "POST /api/v1/jobs": Case(members(201, "creator", "write"), "/api/v1/jobs", JOB),
    "GET /api/v1/jobs": Case(members(200), "/api/v1/jobs?team={team}"),
    "GET /api/v1/jobs/{job}": Case(members(200), "/api/v1/jobs/{job}"),
    "POST /api/v1/jobs/{job}/cancel": Case(members(202, "manager", "write"), "/api/v1/jobs/{job}/cancel", {}),
    "POST /api/v1/jobs/{job}/retry": Case(members(201, "creator", "write"), "/api/v1/jobs/{ended}/retry", {}),
    "POST /api/v1/jobs/{job}/when": Case(
        members(200, "manager", "write"), "/api/v1/jobs/{job}/when", {"when": "idle"}
    ),
    "GET /api/v1/jobs/{job}/events": Case(members(200), "/api/v1/jobs/{job}/events"),
    "GET /api/v1/jobs/{job}/stream": Case(members(204), "/api/v1/jobs/{ended}/stream?after=99"),
    "GET /api/v1/jobs/{job}/preview": Case(members(200), "/api/v1/jobs/{job}/preview"),
    "GET /api/v1/queue": Case(members(200), "/api/v1/queue?team={team}"),
    "POST /api/v1/queue/move": Case(
        members(200, "manager", "write"), "/api/v1/queue/move", {"job": "{before}", "before": "{job}"}
    ),
    # Batches
    "POST /api/v1/batches": Case(members(201, "creator", "write"), "/api/v1/batches", {**JOB, "count": 2}),
    "GET /api/v1/batches": Case(members(200), "/api/v1/batches?team={team}"),
    "POST /api/v1/batches/read": Case(
        signed_in(200), "/api/v1/batches/read", form={"tool": "test.paint", "file": "prompt\nA boat"}
    ),
    "POST /api/v1/batches/check": Case(
        members(200, "creator", "write"),
        "/api/v1/batches/check",
        {"tool": "test.paint", "team": "{team}", "items": [{"prompt": "A boat"}]},
    ),
    "GET /api/v1/batches/{batch}": Case(members(200), "/api/v1/batches/{batch}"),
    "POST /api/v1/batches/{batch}/cancel": Case(
        members(202, "manager", "write"), "/api/v1/batches/{batch}/cancel", {}
    ),
    "POST /api/v1/batches/{batch}/pause": Case(
        members(200, "manager", "write"), "/api/v1/batches/{batch}/pause", {}
    ),
    "POST /api/v1/batches/{batch}/resume": Case(
        members(200, "manager", "write"), "/api/v1/batches/{batch}/resume", {}
    ),
    "POST /api/v1/batches/{batch}/when": Case(
        members(200, "manager", "write"), "/api/v1/batches/{batch}/when", {"when": "idle"}
    ),
    "POST /api/v1/batches/{batch}/retry-failed": Case(
        members(201, "creator", "write"), "/api/v1/batches/{batch}/retry-failed", {}
    ),
    "GET /api/v1/batches/{batch}/export": Case(members(200), "/api/v1/batches/{batch}/export"),
    "GET /api/v1/batches/{batch}/grid": Case(members(200), "/api/v1/batches/{batch}/grid"),
    "GET /api/v1/batches/{batch}/grid/picture": Case(
        # Whoever may have it hears that there is no such axis: drawing it ten times is not what is tested here.
        members(422),
        "/api/v1/batches/{batch}/grid/picture?x=none",
    ),
    # Assets
    "POST /api/v1/assets": Case(
        members(201, "creator", "write"),
        "/api/v1/assets",
        form={"team": "{team}", "file": "Words in a file."},
    ),
    "POST /api/v1/assets/import": Case(
        members(200, "creator", "write"),
        "/api/v1/assets/import",
        form={"team": "{team}", "file": "Words in a file."},
    ),
    # A text file: whoever may ask hears that it is no picture.
    "POST /api/v1/pictures/read": Case(
        signed_in(415), "/api/v1/pictures/read", form={"file": "Words in a file."}
    ),
    "GET /api/v1/assets": Case(members(200), "/api/v1/assets?team={team}"),
    "GET /api/v1/assets/{asset}": Case(members(200), "/api/v1/assets/{asset}"),
    "GET /api/v1/assets/search": Case(members(200), "/api/v1/assets/search?team={team}&q=anything"),
    "GET /api/v1/assets/{asset}/similar": Case(members(200), "/api/v1/assets/{asset}/similar"),
    # The world's asset is a text: whoever may take it away hears that only pictures are written anew.
    "GET /api/v1/assets/{asset}/export": Case(members(415), "/api/v1/assets/{asset}/export"),
    "PATCH /api/v1/assets/{asset}": Case(
        members(200, "manager", "write"), "/api/v1/assets/{asset}", {"title": "Another"}
    ),
    "DELETE /api/v1/assets/{asset}": Case(members(204, "manager", "write"), "/api/v1/assets/{asset}"),
    "POST /api/v1/assets/{asset}/restore": Case(
        members(200, "manager", "write"), "/api/v1/assets/{binned}/restore", {}
    ),
    "POST /api/v1/assets/delete": Case(
        members(200, "manager", "write"), "/api/v1/assets/delete", {"assets": ["{asset}"]}
    ),
    "POST /api/v1/assets/change": Case(
        members(200, "reviewer", "write"), "/api/v1/assets/change", {"assets": ["{asset}"], "rating": 4}
    ),
    "POST /api/v1/assets/change #unlisted": Case(
        author(200, "write"), "/api/v1/assets/change", {"assets": ["{unlisted}"], "add_tags": ["fox"]}
    ),
    "POST /api/v1/assets/change #onto a board": Case(
        members(200, "creator", "write"), "/api/v1/assets/change", {"assets": ["{asset}"], "board": "{board}"}
    ),
    "POST /api/v1/assets/export": Case(members(200), "/api/v1/assets/export", {"assets": ["{asset}"]}),
    "GET /api/v1/assets/{asset}/duplicates": Case(members(200), "/api/v1/assets/{asset}/duplicates"),
    "GET /api/v1/assets #of a board": Case(members(200), "/api/v1/assets?board={board}"),
    # Boards
    "GET /api/v1/boards": Case(members(200), "/api/v1/boards?team={team}"),
    "POST /api/v1/boards": Case(
        members(201, "creator", "write"), "/api/v1/boards", {"title": "Lamps", "team": "{team}"}
    ),
    "GET /api/v1/boards/{board}": Case(members(200), "/api/v1/boards/{board}"),
    "PATCH /api/v1/boards/{board}": Case(
        members(200, "creator", "write"), "/api/v1/boards/{board}", {"title": "Lights"}
    ),
    "DELETE /api/v1/boards/{board}": Case(members(204, "manager", "write"), "/api/v1/boards/{board}"),
    "POST /api/v1/boards/{board}/restore": Case(
        members(200, "manager", "write"), "/api/v1/boards/{board}/restore", {}
    ),
    "GET /api/v1/boards/{board}/assets": Case(members(200), "/api/v1/boards/{board}/assets"),
    **{
        f"POST /api/v1/boards/{{board}}/{verb}": Case(
            members(200, "creator", "write"), f"/api/v1/boards/{{board}}/{verb}", {"assets": ["{asset}"]}
        )
        for verb in ("assets", "move", "remove")
    },
    "GET /api/v1/boards/{board}/export": Case(members(200), "/api/v1/boards/{board}/export"),
    "POST /api/v1/assets/restore": Case(
        members(200, "manager", "write"), "/api/v1/assets/restore", {"assets": ["{binned}"]}
    ),
    **{
        f"{method} /api/v1/assets/{{asset}}/{name}": Case(members(200), f"/api/v1/assets/{{asset}}/{name}")
        for method in ("GET", "HEAD")
        for name in ("content", "thumbnail", "preview")
    },
    **{
        f"{method} /api/v1/assets/{{asset}}/parts/{{name}}": Case(
            members(200), "/api/v1/assets/{asset}/parts/notes"
        )
        for method in ("GET", "HEAD")
    },
    # An asset and its relatives
    **{
        f"GET /api/v1/assets/{{asset}}/{name}": Case(members(200), f"/api/v1/assets/{{asset}}/{name}")
        for name in ("family", "revisions")
    },
    "GET /api/v1/assets/{asset}/diff/{other}": Case(members(200), "/api/v1/assets/{asset}/diff/{picture}"),
    # The other one is its author's alone.
    "GET /api/v1/assets/{asset}/diff/{other} #unlisted": Case(
        author(200), "/api/v1/assets/{asset}/diff/{unlisted}"
    ),
    "POST /api/v1/assets/{asset}/diff": Case(members(200), "/api/v1/assets/{asset}/diff", {"text": "Other"}),
    "POST /api/v1/assets/{asset}/revisions": Case(
        members(201, "creator", "write"), "/api/v1/assets/{asset}/revisions", {"text": "Other words"}
    ),
    "POST /api/v1/assets/{asset}/revisions #unlisted": Case(
        author(201, "write"), "/api/v1/assets/{unlisted}/revisions", {"text": "Other words"}
    ),
    # Models
    "GET /api/v1/models": Case(signed_in(200), "/api/v1/models"),
    "GET /api/v1/models #of a team": Case(members(200), "/api/v1/models?team={team}"),
    "GET /api/v1/models/{name}": Case(signed_in(200), "/api/v1/models/{model}"),
    "POST /api/v1/models": Case(operators(201), "/api/v1/models", {"source": "owner/model"}),
    "POST /api/v1/models #for a team": Case(
        members(201, "manager", "manage"), "/api/v1/models", {"source": "owner/model", "team": "{team}"}
    ),
    "POST /api/v1/models/{name}/install": Case(operators(201), "/api/v1/models/{model}/install", {}),
    "DELETE /api/v1/models/{name}": Case(operators(204), "/api/v1/models/{model}"),
    # Threads are their author's
    "GET /api/v1/threads": Case(members(200), "/api/v1/threads?team={team}"),
    "POST /api/v1/threads": Case(members(201, "creator", "write"), "/api/v1/threads", {"team": "{team}"}),
    "GET /api/v1/threads/{thread}": Case(author(200), "/api/v1/threads/{thread}"),
    "PATCH /api/v1/threads/{thread}": Case(
        author(200, "write"), "/api/v1/threads/{thread}", {"title": "Another"}
    ),
    "DELETE /api/v1/threads/{thread}": Case(author(204, "write"), "/api/v1/threads/{thread}"),
    "GET /api/v1/threads/{thread}/turns": Case(author(200), "/api/v1/threads/{thread}/turns"),
    # No model is installed in this world: who may is told so.
    "POST /api/v1/threads/{thread}/turns": Case(
        author(422, "write"), "/api/v1/threads/{thread}/turns", {"prompt": "Hello"}
    ),
    "POST /api/v1/threads/{thread}/turns/{turn}/regenerate": Case(
        author(422, "write"), "/api/v1/threads/{thread}/turns/{turn}/regenerate", {}
    ),
    # This turn has no text yet.
    "POST /api/v1/threads/{thread}/turns/{turn}/keep": Case(
        author(409, "write"), "/api/v1/threads/{thread}/turns/{turn}/keep", {}
    ),
    # What is unlisted is its author's: a chat's job, its events, its text
    **{
        f"GET /api/v1/jobs/{{job}}{rest} #of a chat": Case(author(200), f"/api/v1/jobs/{{chat}}{rest}")
        for rest in ("", "/events")
    },
    "POST /api/v1/jobs/{job}/cancel #of a chat": Case(author(202, "write"), "/api/v1/jobs/{chat}/cancel", {}),
    **{
        f"GET /api/v1/assets/{{asset}}{rest} #unlisted": Case(
            author(200), f"/api/v1/assets/{{unlisted}}{rest}"
        )
        for rest in ("", "/content", "/thumbnail", "/preview")
    },
    "DELETE /api/v1/assets/{asset} #unlisted": Case(author(204, "write"), "/api/v1/assets/{unlisted}"),
    # A creator's own: the creator may, other creators may not, the owner's token with write alone may not
    "POST /api/v1/jobs/{job}/cancel #of a creator": Case(
        members(202, "creator", "manage"), "/api/v1/jobs/{creators}/cancel", {}
    ),
    # Uploads that go on after an interruption: whoever began one, while they may add to its team
    "OPTIONS /api/v1/uploads/": Case(signed_in(204), "/api/v1/uploads/"),
    "POST /api/v1/uploads/": Case(
        # To one's own team, which everybody has.
        signed_in(201, "write"),
        "/api/v1/uploads/",
        headers={**TUS, "Upload-Length": "5"},
    ),
    "GET /api/v1/uploads/{upload}": Case(author(200, "write"), "/api/v1/uploads/{upload}"),
    "HEAD /api/v1/uploads/{upload}": Case(author(200, "write"), "/api/v1/uploads/{upload}"),
    "PATCH /api/v1/uploads/{upload}": Case(
        # An empty piece: nothing changes.
        author(204, "write"),
        "/api/v1/uploads/{upload}",
        headers={**TUS, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"},
    ),
    # This upload is no zip: whoever may ask hears so.
    "GET /api/v1/uploads/{upload}/files": Case(author(422, "write"), "/api/v1/uploads/{upload}/files"),
    "POST /api/v1/uploads/{upload}/files/{n}": Case(
        author(422, "write"), "/api/v1/uploads/{upload}/files/0", {}
    ),
    "DELETE /api/v1/uploads/{upload}": Case(author(204, "write"), "/api/v1/uploads/{upload}", headers=TUS),
}

PUBLIC: dict[str, Case] = {
    "GET /api/v1/openapi.json": Case(everybody(200), "/api/v1/openapi.json"),
    "GET /api/v1/docs": Case(everybody(200), "/api/v1/docs"),
    "GET /api/v1/": Case(everybody(404), "/api/v1/"),
    "GET /^api/": Case(everybody(404), "/api/v1/nothing"),
    "GET /^v1/": Case(everybody(404), "/v1/nothing"),
    "GET /problems/": Case(everybody(200), "/problems/"),
    "GET /problems/{type}": Case(everybody(200), "/problems/busy"),
    "GET /healthz": Case(everybody(200), "/healthz"),
    # No worker runs in this world.
    "GET /readyz": Case(everybody(503), "/readyz"),
    "GET /metrics": Case(operators(200), "/metrics"),
    "GET /v1/images/{word}": Case(everybody(404), "/v1/images/wrong"),
}

OPENAI: dict[str, Case] = {
    # No model is installed in this world: who may asks for one that is not there.
    "POST /v1/chat/completions": Case(
        {**signed_in(404, "write")},
        "/v1/chat/completions",
        {"messages": [{"role": "user", "content": "Hello"}]},
    ),
    # Without a picture: whoever may ask hears that one is missing.
    "POST /v1/images/edits": Case(signed_in(400), "/v1/images/edits", form={"prompt": "a lamp"}),
    "POST /v1/images/generations": Case(
        {**signed_in(404, "write")}, "/v1/images/generations", {"prompt": "a lamp"}
    ),
    "GET /v1/models": Case(signed_in(200), "/v1/models"),
    "GET /v1/models/{name}": Case(signed_in(200), "/v1/models/default"),
}

SOCKETS: dict[str, tuple[Mapping[str, bool], str]] = {
    # Whether the socket opens; what is not there and what is not theirs are refused alike.
    name: ({actor: status == 200 for actor, status in members(200).items()}, path)
    for name, path in {
        "/ws/jobs/{job}": "/ws/jobs/{job}",
        "/ws/batches/{batch}": "/ws/batches/{batch}",
        "/ws/team/{team}": "/ws/team/{team}",
    }.items()
}
