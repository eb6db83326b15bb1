"""The fixtures that other tests stand on do what they say."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from tests.stack import Stack


def test_people_are_strangers(new_api: Callable[..., httpx.Client], stack: Stack) -> None:
    one, other = new_api(stack.new_name()).get("/api/v1/me"), new_api(stack.new_name()).get("/api/v1/me")
    assert one.status_code == other.status_code == 200
    assert one.json() != other.json()


def test_a_command_that_fails_says_so(stack: Stack) -> None:
    with pytest.raises(RuntimeError, match=r"nobody@nowhere\.test"):
        stack.manage("signin", "--user", "nobody@nowhere.test")


def test_the_tools_of_the_tests_are_there(owner_api: httpx.Client) -> None:
    names = [tool["name"] for tool in owner_api.get("/api/v1/tools").json()["items"]]
    assert "test.paint" in names
