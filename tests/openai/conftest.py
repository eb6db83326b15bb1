"""The official client against the running studio."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from openai import OpenAI

from tests.stack import Stack


@pytest.fixture(scope="session")
def live(stack: Stack) -> Iterator[httpx.Client]:
    """The studio's own API as one person."""
    with stack.client(stack.token("otto")) as client:
        yield client


@pytest.fixture(scope="session")
def client(stack: Stack) -> Iterator[OpenAI]:
    """The official client as the same person."""
    with OpenAI(
        base_url=f"{stack.url}/v1", api_key=stack.token("otto"), max_retries=0, timeout=120
    ) as client:
        yield client
