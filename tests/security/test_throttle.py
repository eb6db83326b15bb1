"""Guessing passwords, links and tokens: counted for accounts and for addresses, in the database."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from studio.teams import throttle
from studio.teams.models import Throttle, User
from tests.security.conftest import PASSWORD

pytestmark = pytest.mark.django_db


def try_password(account: str, password: str = "wrong", address: str = "192.0.2.1") -> int:
    form = {"username": account, "password": password}
    return Client(REMOTE_ADDR=address).post("/signin/", form).status_code


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small numbers, so that a test need not hash a password a hundred times."""
    for name, tries in {"password-here": 2, "password-account": 4, "password-address": 5}.items():
        monkeypatch.setitem(throttle.RULES, name, throttle.Rule(tries, 600))


@pytest.mark.usefixtures("quick")
def test_an_account_rests_for_one_address_and_not_for_another(alice: User) -> None:
    assert [try_password(alice.email) for _ in range(3)] == [422, 422, 429]
    assert try_password(alice.email, PASSWORD) == 429  # not even the right one is looked at
    assert try_password(f" {alice.email.upper()} ", PASSWORD) == 429  # nor written otherwise
    assert try_password(alice.email, PASSWORD, "192.0.2.2") == 302


@pytest.mark.usefixtures("quick")
def test_many_addresses_that_guess_one_account_together_are_stopped(alice: User) -> None:
    tries = [try_password(alice.email, address=f"192.0.2.{n}") for n in range(1, 6)]
    assert tries == [422, 422, 422, 422, 429]


@pytest.mark.usefixtures("quick")
def test_one_address_that_guesses_many_accounts_is_stopped(alice: User) -> None:
    tries = [try_password(f"person-{n}@example.org") for n in range(6)]
    assert tries == [422, 422, 422, 422, 422, 429]
    assert try_password(alice.email, PASSWORD) == 429


@pytest.mark.usefixtures("quick")
def test_one_right_password_forgives_the_account_but_not_the_address(alice: User) -> None:
    assert [try_password(f"person-{n}@example.org") for n in range(4)] == [422] * 4
    assert try_password(alice.email, PASSWORD) == 302
    assert try_password("person-5@example.org") == 422
    assert try_password("person-6@example.org") == 429


@pytest.mark.usefixtures("quick")
def test_it_passes_by_itself(alice: User) -> None:
    assert [try_password(alice.email) for _ in range(3)][-1] == 429
    Throttle.objects.update(until=timezone.now())
    assert try_password(alice.email, PASSWORD) == 302


@pytest.mark.usefixtures("quick")
def test_a_locked_out_owner_comes_in_by_a_link_of_the_machine() -> None:
    call_command("signin", stdout=StringIO())
    owner = User.objects.get(operator=True)
    for _ in range(3):
        try_password(owner.email)
    address = "192.0.2.1"
    for _ in range(throttle.RULES["link"].tries + 2):  # somebody behind the same address guesses links, too
        last = Client(REMOTE_ADDR=address).post("/signin/guess/")
    assert last.status_code == 429
    out = StringIO()
    call_command("signin", stdout=out)
    path = "/signin/" + out.getvalue().split()[-1].partition("/signin/")[2]
    assert Client(REMOTE_ADDR=address).post(path).headers["Location"] == "/"


def test_letters_are_few(alice: User) -> None:
    def ask(account: str) -> int:
        return Client(REMOTE_ADDR="192.0.2.1").post("/reset/", {"email": account}).status_code

    assert [ask(alice.email) for _ in range(4)] == [302, 302, 302, 429]
    assert len(mail.outbox) == 3
    # Whether somebody is known, the answers do not tell.
    assert [ask("nobody@example.org") for _ in range(4)] == [302, 302, 302, 429]


def test_wrong_tokens_are_answered_ever_more_cheaply_and_right_ones_pass(as_alice: Client) -> None:
    wrong = Client(headers={"Authorization": "Bearer st_guess"}, REMOTE_ADDR="127.0.0.1")
    answers = [wrong.get("/api/v1/me") for _ in range(throttle.RULES["token"].tries + 1)]
    assert {answer.status_code for answer in answers[:-1]} == {401}
    assert answers[-1].status_code == 429
    assert answers[-1].json()["type"] == "/problems/too-many"
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
    assert wrong.post("/v1/chat/completions", "{}", "application/json").status_code == 429
    assert as_alice.get("/api/v1/me").status_code == 200


def test_a_page_says_how_long(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(throttle.RULES, "password-here", throttle.Rule(0, 600))
    answer = Client().post("/signin/", {"username": alice.email, "password": "wrong"})
    assert answer.status_code == 429
    assert 590 <= int(answer.headers["Retry-After"]) <= 600
    assert "wait 10 minutes" in answer.content.decode()
    assert alice.email in answer.content.decode()  # what was typed stays


def test_the_table_names_nobody(alice: User) -> None:
    try_password(alice.email)
    assert Throttle.objects.count() == 3
    assert not Throttle.objects.filter(key__contains="alice").exists()
    assert all(len(key) == 64 for key in Throttle.objects.values_list("key", flat=True))
