"""The second step: an authenticator app's codes and recovery codes, in every way in but a passkey's."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pyotp
import pytest
from django.contrib.auth.tokens import default_token_generator
from django.core.management import call_command
from django.test import Client
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from studio.teams import throttle, totp
from studio.teams.actions import create_token, make_signin_link
from studio.teams.models import AuditEntry, RecoveryCode, Totp, User
from tests.teams.conftest import PASSWORD
from tests.teams.test_signin_page import signed_in

pytestmark = pytest.mark.django_db
Clients = Callable[[User], Client]


def code_of(user: User, ahead: int = 0) -> str:
    """What the app shows now, or `ahead` half minutes later."""
    return pyotp.TOTP(totp.secret_of(Totp.objects.get(user=user))).at(time.time() + 30 * ahead)


def switch_on(user: User) -> list[str]:
    """The recovery codes."""
    totp.begin(user)
    codes = totp.confirm(user, code_of(user))
    assert len(codes) == 10
    return codes


def password(user: User) -> Client:
    """A browser after the right password."""
    client = Client()
    answer = client.post("/signin/", {"username": user.email, "password": PASSWORD, "next": "/gallery/"})
    assert answer.headers["Location"] == "/signin/code/"
    assert not signed_in(client)
    return client


def test_it_is_switched_on_by_a_code_and_off_by_a_code(alice: User, client_of: Clients) -> None:
    client = client_of(alice)
    client.post("/account/totp/begin/")
    page = client.get("/account/totp/").content.decode()
    secret = re.search(r'id="totp-secret">([A-Z2-7 ]+)<', page)
    assert secret
    assert "data:image/svg+xml" in page
    stored = Totp.objects.get(user=alice).secret
    assert secret[1].replace(" ", "") not in stored
    assert client.post("/account/totp/", {"code": "000000"}).status_code == 422
    assert not totp.is_on(alice)
    shown = client.post("/account/totp/", {"code": code_of(alice)}).content.decode()
    codes = shown.partition('id="recovery">')[2].partition("</pre>")[0].split()
    assert len(set(codes)) == 10
    assert totp.is_on(alice)
    assert codes[0] not in client.get("/account/").content.decode()
    assert client.get("/account/totp/").status_code == 302  # the secret is not shown again
    client.post("/account/totp/begin/")
    assert totp.is_on(alice)  # nobody replaces the secret without a code
    client.post("/account/totp/off/", {"code": "000000"})
    assert totp.is_on(alice)
    client.post("/account/totp/off/", {"code": code_of(alice, ahead=1)})
    assert not totp.is_on(alice)
    assert not RecoveryCode.objects.exists()
    said = AuditEntry.objects.filter(user=alice, verb__startswith="totp").values_list("verb", flat=True)
    assert list(said.order_by("at")) == ["totp.on", "totp.off"]


def test_a_password_alone_opens_nothing_and_a_code_opens_once(alice: User) -> None:
    switch_on(alice)
    client = password(alice)
    used = code_of(alice)
    assert client.post("/signin/code/", {"code": used}).status_code == 422  # it has switched it on
    fresh = code_of(alice, ahead=1)
    assert client.post("/signin/code/", {"code": fresh}).headers["Location"] == "/gallery/"
    assert signed_in(client)
    again = password(alice)
    assert again.post("/signin/code/", {"code": fresh}).status_code == 422
    assert again.post("/signin/code/", {"code": code_of(alice, ahead=5)}).status_code == 422
    assert not signed_in(again)


def test_a_wrong_password_says_nothing_of_a_second_step(alice: User) -> None:
    switch_on(alice)
    wrong = {"password": "wrong"}
    here = Client().post("/signin/", wrong | {"username": alice.email})
    nobody = Client().post("/signin/", wrong | {"username": "nobody@example.org"})
    assert here.status_code == nobody.status_code == 422
    assert Client().get("/signin/code/").headers["Location"] == "/signin/"


def test_a_recovery_code_opens_once(alice: User) -> None:
    code = switch_on(alice)[3]
    client = password(alice)
    assert client.post("/signin/code/", {"code": f" {code.upper()} "}).status_code == 302
    assert signed_in(client)
    assert password(alice).post("/signin/code/", {"code": code}).status_code == 422
    assert AuditEntry.objects.filter(user=alice, verb="totp.recovery").count() == 1
    assert "9 recovery codes are left" in client.get("/account/").content.decode()


def test_a_link_and_a_new_password_ask_for_it_too(alice: User) -> None:
    switch_on(alice)
    client = Client()
    assert client.post(f"/signin/{make_signin_link(alice)}/").headers["Location"] == "/signin/code/"
    assert not signed_in(client)
    client = Client()
    uid = urlsafe_base64_encode(force_bytes(alice.pk))
    form = client.get(f"/reset/{uid}/{default_token_generator.make_token(alice)}/", follow=True)
    new = {"new_password1": "nine grey seals at noon", "new_password2": "nine grey seals at noon"}
    assert client.post(form.request["PATH_INFO"], new).headers["Location"] == "/signin/code/"
    assert not signed_in(client)


def test_tries_are_counted_and_a_right_one_waits_too(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(throttle.RULES, "code-here", throttle.Rule(2, 600))
    codes = switch_on(alice)
    client = password(alice)
    assert [client.post("/signin/code/", {"code": "000000"}).status_code for _ in range(3)] == [422, 422, 429]
    assert client.post("/signin/code/", {"code": codes[0]}).status_code == 429
    assert RecoveryCode.objects.filter(used_at=None).count() == 10


def test_who_waits_too_long_begins_again(alice: User) -> None:
    codes = switch_on(alice)
    client = password(alice)
    session = client.session
    session["second_step"] = {**session["second_step"], "at": time.time() - 601}
    session.save()
    assert client.post("/signin/code/", {"code": codes[0]}).headers["Location"] == "/signin/"
    assert not signed_in(client)


def test_tokens_of_the_api_ask_for_none(alice: User) -> None:
    switch_on(alice)
    headers = {"Authorization": f"Bearer {create_token(user=alice)[1]}"}
    assert Client(headers=headers).get("/api/v1/me").status_code == 200


def test_another_key_of_the_studio_never_switches_it_off(
    alice: User, settings: pytest.FixtureRequest
) -> None:
    codes = switch_on(alice)
    settings.SECRET_KEY = "another"  # type: ignore[attr-defined]
    client = password(alice)
    assert client.post("/signin/code/", {"code": "000000"}).status_code == 422
    assert client.post("/signin/code/", {"code": codes[0]}).status_code == 302


def test_the_machine_lets_in_who_has_lost_everything(alice: User, capsys: pytest.CaptureFixture[str]) -> None:
    switch_on(alice)
    call_command("signin", "--user", alice.email, "--without-code")
    path = "/signin/" + capsys.readouterr().out.split()[-1].partition("/signin/")[2]
    client = Client()
    assert client.post(path).headers["Location"] == "/"
    assert signed_in(client)
