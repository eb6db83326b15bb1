"""What is open ends with the right to it: sockets and streams, at once; and sign-in gives a new session."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import closing

import httpx
import pytest
from django.test import Client
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from studio.teams import actions
from studio.teams.models import User
from tests.security.conftest import PASSWORD
from tests.stack import Stack
from tests.workers.helpers import submit

SOON_S = 5.0


def open_socket(stack: Stack, path: str, **headers: str) -> ClientConnection:
    return connect(f"{stack.url.replace('http', 'ws')}{path}", additional_headers=headers, proxy=None)


def closed_within(socket: ClientConnection, seconds: float = SOON_S) -> tuple[int | None, float]:
    """(code, seconds) of the server's close; TimeoutError where it stays open."""
    began = time.monotonic()
    while True:
        try:
            socket.recv(timeout=max(0.01, seconds - (time.monotonic() - began)))
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else None, time.monotonic() - began


@pytest.fixture
def shared(
    api: httpx.Client, new_api: Callable[..., httpx.Client], stack: Stack
) -> tuple[str, httpx.Client, str]:
    """(team, a client of its member, the member's id)."""
    team = api.post("/api/v1/teams", json={"name": "Shared"}).json()["id"]
    asked = api.post("/api/v1/invitations", json={"team": team, "role": "creator"}).json()
    member = new_api(stack.new_name())
    email = member.get("/api/v1/me").json()["user"]["email"]
    with closing(signed_in(stack, email)) as browser:
        path = "/join/" + asked["url"].rstrip("/").rpartition("/")[2] + "/"
        page = browser.get(path)
        assert page.status_code == 200
        browser.post(
            path, data={"csrfmiddlewaretoken": browser.cookies["csrftoken"]}, headers={"Referer": stack.url}
        )
    found = [row for row in api.get(f"/api/v1/members?team={team}").json()["items"] if row["email"] == email]
    return team, member, found[0]["id"]


def signed_in(stack: Stack, name: str) -> httpx.Client:
    """A browser's client of this person."""
    client = httpx.Client(base_url=stack.url, follow_redirects=True)
    page = client.get(stack.signin_link(name))
    form = {"csrfmiddlewaretoken": client.cookies["csrftoken"]}
    client.post(str(page.url), data=form, headers={"Referer": str(page.url)})
    assert "sessionid" in client.cookies
    return client


def test_a_revoked_token_loses_its_sockets_at_once(api: httpx.Client, stack: Stack) -> None:
    team = api.get("/api/v1/me").json()["teams"][0]["id"]
    made = api.post("/api/v1/tokens", json={"name": "short-lived"}).json()
    header = {"Authorization": f"Bearer {made['secret']}"}
    with open_socket(stack, f"/ws/team/{team}", **header) as socket:
        assert api.delete(f"/api/v1/tokens/{made['id']}").status_code == 204
        code, seconds = closed_within(socket)
        assert code == 4401
        assert seconds < 2
    with pytest.raises(InvalidStatus), open_socket(stack, f"/ws/team/{team}", **header):
        pass


def test_a_removed_member_loses_sockets_and_streams_at_once(
    api: httpx.Client, shared: tuple[str, httpx.Client, str], stack: Stack
) -> None:
    team, member, row = shared
    job = api.post(
        "/api/v1/jobs",
        json={"tool": "test.echo", "team": team, "inputs": {"prompt": "a b c " * 40, "pause_ms": 300}},
    ).json()
    ended: list[float] = []

    def follow() -> None:
        with member.stream("GET", f"/api/v1/jobs/{job['id']}/stream", timeout=30) as stream:
            for _line in stream.iter_lines():
                pass
        ended.append(time.monotonic())

    reader = threading.Thread(target=follow)
    header = {"Authorization": member.headers["Authorization"]}
    with (
        open_socket(stack, f"/ws/team/{team}", **header) as of_team,
        open_socket(stack, f"/ws/jobs/{job['id']}", **header) as of_job,
    ):
        reader.start()
        time.sleep(0.5)  # the stream is open, and tokens come all the time
        began = time.monotonic()
        assert api.delete(f"/api/v1/members/{row}").status_code == 204
        assert closed_within(of_team)[0] == 4403
        assert closed_within(of_job)[0] == 4403
        reader.join(SOON_S)
        assert ended
        assert ended[0] - began < SOON_S
    api.post(f"/api/v1/jobs/{job['id']}/cancel", json={})


def test_who_signs_out_leaves_no_socket_open(api: httpx.Client, stack: Stack) -> None:
    me = api.get("/api/v1/me").json()
    path = f"/ws/team/{me['teams'][0]['id']}"
    with closing(signed_in(stack, me["user"]["email"])) as browser:
        cookie = f"sessionid={browser.cookies['sessionid']}"
        with open_socket(stack, path, Cookie=cookie, Origin=stack.url) as socket:
            form = {"csrfmiddlewaretoken": browser.cookies["csrftoken"]}
            browser.post("/signout/", data=form, headers={"Referer": stack.url})
            assert closed_within(socket)[0] == 4401
    with pytest.raises(InvalidStatus), open_socket(stack, path, Cookie=cookie, Origin=stack.url):
        pass


def test_a_deleted_team_is_shut_at_once(
    api: httpx.Client, shared: tuple[str, httpx.Client, str], stack: Stack
) -> None:
    team, member, _row = shared
    header = {"Authorization": member.headers["Authorization"]}
    with open_socket(stack, f"/ws/team/{team}", **header) as socket:
        assert api.post(f"/api/v1/teams/{team}/delete", json={"name": "Shared"}).status_code == 200
        assert closed_within(socket)[0] == 4403
    assert member.get(f"/api/v1/teams/{team}").status_code == 404
    assert api.post(f"/api/v1/teams/{team}/restore").status_code == 200
    assert member.get(f"/api/v1/teams/{team}").status_code == 200


def test_who_deletes_their_account_leaves_nothing_open(api: httpx.Client, stack: Stack) -> None:
    me = api.get("/api/v1/me").json()
    path = f"/ws/team/{me['teams'][0]['id']}"
    email = me["user"]["email"]
    made = api.post("/api/v1/tokens", json={"name": "short-lived"}).json()
    header = {"Authorization": f"Bearer {made['secret']}"}
    with closing(signed_in(stack, email)) as here, closing(signed_in(stack, email)) as there:
        cookie = f"sessionid={there.cookies['sessionid']}"
        with (
            open_socket(stack, path, Cookie=cookie, Origin=stack.url) as of_browser,
            open_socket(stack, path, **header) as of_program,
        ):
            asked = {"X-CSRFToken": here.cookies["csrftoken"], "Referer": stack.url}
            answer = here.post("/api/v1/me/delete", json={"email": email}, headers=asked)
            assert answer.status_code == 200, answer.text
            assert closed_within(of_browser)[0] == 4401
            assert closed_within(of_program)[0] == 4401
        assert there.get("/api/v1/me").status_code == 401
    assert httpx.get(f"{stack.url}/api/v1/me", headers=header).status_code == 401


def test_others_stay(api: httpx.Client, new_api: Callable[..., httpx.Client], stack: Stack) -> None:
    other = new_api(stack.new_name())
    team = other.get("/api/v1/me").json()["teams"][0]["id"]
    made = api.post("/api/v1/tokens", json={"name": "short-lived"}).json()
    with open_socket(stack, f"/ws/team/{team}", Authorization=other.headers["Authorization"]) as socket:
        api.delete(f"/api/v1/tokens/{made['id']}")
        with pytest.raises(TimeoutError):
            socket.recv(timeout=1)
        submit(other, "test.nothing")
        assert socket.recv(timeout=5)


def test_signing_in_gives_a_new_session(alice: User, bob: User) -> None:
    """A session that somebody planted before is not the one that is signed in (fixation)."""
    client = Client()
    client.get("/signin/")
    session = client.session
    session["planted"] = "yes"
    session.save()
    client.cookies["sessionid"] = planted = str(session.session_key)
    client.post("/signin/", {"username": alice.email, "password": PASSWORD})
    mine = client.cookies["sessionid"].value
    assert mine != planted
    thief = Client()
    thief.cookies["sessionid"] = planted
    assert thief.get("/account/").status_code == 302
    client.post(f"/signin/{actions.make_signin_link(bob)}/")  # somebody else, at the same browser
    assert client.cookies["sessionid"].value not in (mine, planted)
    assert "planted" not in client.session


def test_a_new_password_ends_other_sessions(alice: User) -> None:
    here, there = Client(), Client()
    for client in (here, there):
        client.post("/signin/", {"username": alice.email, "password": PASSWORD})
    old = here.cookies["sessionid"].value
    form = {
        "old_password": PASSWORD,
        "new_password1": "nine blue whales",
        "new_password2": "nine blue whales",
    }
    assert here.post("/account/password/", form).status_code == 302
    assert here.get("/account/").status_code == 200
    assert there.get("/account/").status_code == 302
    assert here.cookies["sessionid"].value != old
