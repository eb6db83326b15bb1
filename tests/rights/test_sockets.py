"""Every socket × everybody who could open it: what is not there and what is not theirs are refused alike."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest
from asgiref.testing import ApplicationCommunicator

from studio.feeds import hub
from tests.rights.table import SOCKETS
from tests.rights.test_matrix import plain
from tests.rights.world import ACTORS, SCOPES, World, build, filled

NOBODYS = "00000000-0000-7000-8000-000000000000"


def _headers(world: World, actor: str) -> list[tuple[bytes, bytes]]:
    """People come with a cookie and our Origin, tokens with a header."""
    client = world.client(actor)
    headers = [(b"host", b"localhost"), (b"origin", b"http://localhost")]
    if actor in SCOPES:
        headers.append((b"authorization", f"Bearer {world.secrets[actor]}".encode()))
    elif client.cookies:
        headers.append((b"cookie", client.cookies.output(header="", attrs=[]).strip().encode()))
    return headers


async def _opens(path: str, headers: list[tuple[bytes, bytes]]) -> bool:
    from studio.asgi import application

    scope = {"type": "websocket", "path": path, "query_string": b"", "headers": headers, "subprotocols": []}
    socket = cast(Any, ApplicationCommunicator)(application, scope)  # it has no types
    await socket.send_input({"type": "websocket.connect"})
    answer = await socket.receive_output(timeout=10)
    await socket.send_input({"type": "websocket.disconnect", "code": 1000})
    await socket.wait(timeout=10)
    return bool(answer["type"] == "websocket.accept")


@pytest.mark.django_db(transaction=True)
def test_every_socket() -> None:
    world = build()
    headers = {actor: _headers(world, actor) for actor in ACTORS}

    async def ask(path: str) -> dict[str, bool]:
        found = {actor: await _opens(path, headers[actor]) for actor in ACTORS}
        await hub.hub().close()
        return found

    for row, path in SOCKETS.values():
        assert asyncio.run(ask(filled(path, world.names))) == dict(row), path
        nothing = path.partition("{")[0] + NOBODYS
        assert not any(asyncio.run(ask(nothing)).values())


def test_every_socket_stands_in_the_table() -> None:
    from studio.sockets import urlpatterns

    assert {"/" + plain(str(pattern.pattern)) for pattern in urlpatterns} == SOCKETS.keys()
