"""Pages for what goes wrong: each can be drawn when the part that broke is the database."""

from __future__ import annotations

import pytest
from django.db import OperationalError
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from studio.middleware import BusyDatabase


def busy(accept: str) -> HttpResponse:
    request = RequestFactory().get("/gallery/", headers={"Accept": accept})
    answer = BusyDatabase(lambda _request: HttpResponse()).process_exception(
        request, OperationalError("database is locked")
    )
    assert answer is not None
    return answer


def test_a_busy_database_is_a_page_for_people_and_a_problem_for_programs() -> None:
    page = busy("text/html,application/xhtml+xml")
    assert (page.status_code, page.headers["Retry-After"]) == (503, "1")
    assert "The studio is busy" in page.content.decode()
    problem = busy("application/json")
    assert (problem.status_code, problem.headers["Retry-After"]) == (503, "1")
    assert problem.headers["Content-Type"] == "application/problem+json"


def test_the_page_of_a_fault_needs_nothing() -> None:
    assert "Something broke on our side" in render_to_string("500.html")


@pytest.mark.django_db
def test_not_there() -> None:
    answer = Client().get("/no/such/page/", headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert "There is nothing here" in answer.content.decode()


@pytest.mark.django_db
def test_a_form_without_its_token_is_asked_for_again() -> None:
    answer = Client(enforce_csrf_checks=True).post("/signin/", {"username": "a"})
    assert answer.status_code == 403
    assert "Please send that once more" in answer.content.decode()
