"""Getting in and out: by link, by password, with a new password by mail."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from studio.teams.actions import make_signin_link
from studio.teams.models import SignInLink, Team, User
from tests.teams.conftest import PASSWORD

pytestmark = pytest.mark.django_db


def signed_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def test_a_link_signs_in_once(bob: User) -> None:
    token = make_signin_link(bob)
    client = Client()
    page = client.get(f"/signin/{token}/")
    assert page.status_code == 200
    assert not signed_in(client)  # looking at it spends nothing
    assert client.post(f"/signin/{token}/").headers["Location"] == "/"
    assert signed_in(client)
    again = Client()
    spent = again.post(f"/signin/{token}/")
    assert spent.status_code == 410
    assert "python manage.py signin" in spent.content.decode()
    assert not signed_in(again)


def test_who_is_in_already_goes_on(bob: User) -> None:
    token = make_signin_link(bob)
    client = Client()
    client.post(f"/signin/{token}/")
    assert client.post(f"/signin/{token}/").headers["Location"] == "/"


def test_an_old_link_does_not(bob: User) -> None:
    token = make_signin_link(bob)
    SignInLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert Client().post(f"/signin/{token}/").status_code == 410


def test_a_link_of_somebody_switched_off_does_not(bob: User) -> None:
    token = make_signin_link(bob)
    User.objects.filter(pk=bob.pk).update(is_active=False)
    assert Client().post(f"/signin/{token}/").status_code == 410


def test_address_and_password(alice: User) -> None:
    client = Client()
    answer = client.post(
        "/signin/", {"username": "ALICE@example.org", "password": PASSWORD, "next": "/gallery/"}
    )
    assert answer.headers["Location"] == "/gallery/"
    assert signed_in(client)


def test_next_stays_in_the_studio(alice: User) -> None:
    form = {"username": alice.email, "password": PASSWORD, "next": "https://elsewhere.example/"}
    assert Client().post("/signin/", form).headers["Location"] == "/"


@pytest.mark.parametrize("address", ["alice@example.org", "nobody@example.org"])
def test_a_wrong_password_tells_nothing_of_the_address(alice: User, address: str) -> None:
    answer = Client().post("/signin/", {"username": address, "password": "wrong"})
    assert answer.status_code == 422
    assert "do not go together" in answer.content.decode()
    assert address in answer.content.decode()  # what was typed stays


def test_ten_wrong_passwords_let_the_address_rest(alice: User) -> None:
    client = Client()
    for _ in range(10):
        client.post("/signin/", {"username": alice.email, "password": "wrong"})
    answer = client.post("/signin/", {"username": alice.email, "password": PASSWORD})
    assert answer.status_code == 429
    assert 590 <= int(answer.headers["Retry-After"]) <= 600
    assert "wait 10 minutes" in answer.content.decode()


def test_sign_out(alice: User) -> None:
    client = Client()
    client.force_login(alice)
    assert client.get("/signout/").status_code == 405  # a link could sign one out
    client.post("/signout/")
    assert not signed_in(client)


def test_pages_send_one_to_sign_in_and_back(team: Team) -> None:
    answer = Client().get("/team/?team=x")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/signin/?next=/team/%3Fteam%3Dx"
    assert Client().get("/queue/", headers={"X-Fragment": "all"}).status_code == 401


def test_a_new_password_by_mail(bob: User) -> None:
    client = Client()
    assert client.post("/reset/", {"email": "Bob@Example.org"}).headers["Location"] == "/reset/sent/"
    assert [letter.to for letter in mail.outbox] == [["bob@example.org"]]
    found = re.search(r"https?://[^/]+(/reset/\S+)", str(mail.outbox[0].body))
    assert found
    form = client.get(found.group(1), follow=True)
    place = form.request["PATH_INFO"]
    short = client.post(place, {"new_password1": "short", "new_password2": "short"})
    assert "at least 10 characters" in short.content.decode()
    done = client.post(place, {"new_password1": PASSWORD, "new_password2": PASSWORD})
    assert done.headers["Location"] == "/account/"
    bob.refresh_from_db()
    assert bob.check_password(PASSWORD)
    assert signed_in(client)
    assert "no longer works" in Client().get(found.group(1), follow=True).content.decode()


def test_an_unknown_address_gets_the_same_answer_and_no_mail(alice: User) -> None:
    assert Client().post("/reset/", {"email": "nobody@example.org"}).headers["Location"] == "/reset/sent/"
    assert mail.outbox == []
