"""The list of models with the official client."""

from __future__ import annotations

import openai
import pytest
from openai import OpenAI


def test_default_is_always_one_of_them(client: OpenAI) -> None:
    names = [model.id for model in client.models.list()]
    assert names[0] == "default"
    assert len(names) > 2  # a text model and an image model are there after the start
    for name in names:
        assert client.models.retrieve(name).id == name


def test_one_that_is_not_there(client: OpenAI) -> None:
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("no-such-model")
