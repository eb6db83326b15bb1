"""Every call of the API with generated inputs: each is answered in words, none is an error of the studio's own."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pytest_django.plugin import DjangoDbBlocker

from studio.api import api
from tests.rights.world import World, build, undone
from tests.security.inputs import ODD_TEXTS, TEXT, Inputs

pytestmark = pytest.mark.django_db

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "5"))  # a call; a long run: FUZZ_EXAMPLES=2000
DOCUMENT: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema()))
CALLS = {
    f"{method.upper()} {path}": call
    for path, methods in DOCUMENT["paths"].items()
    for method, call in methods.items()
}
KINDS = [
    "application/json",
    "application/json; charset=utf-16",
    "text/plain",
    "application/merge-patch+json",
    "",
]
HEADS = [
    b"",
    b"\x89PNG\r\n\x1a\n",
    b"\xff\xd8\xff",
    b"GIF89a",
    b"RIFF\x10\0\0\0WEBP",
    b"OggS",
    b"\x1aE\xdf\xa3",
    b"\0\0\0\x18ftypavif",
]
OUR_OWN = {500, 502, 504}

quick = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """One of everything; each request is taken back."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


def place(draw: st.DrawFn, call: dict[str, Any], path: str, inputs: Inputs) -> tuple[str, dict[str, str]]:
    """(address with its query, headers)."""
    query: list[tuple[str, str]] = []
    value: Any
    headers: dict[str, str] = {}
    for parameter in call.get("parameters", []):
        name, where, schema = parameter["name"], parameter["in"], parameter.get("schema", {})
        if where == "path":
            value = draw(st.one_of(inputs.ident(), TEXT))
            path = path.replace(f"{{{name}}}", quote(str(value)[:300], safe=""))
        elif where == "query" and draw(st.booleans()):
            value = draw(inputs.any(schema))
            if name == "wait":  # a long poll would only wait
                value = draw(st.sampled_from(["0", "-1", "x", "nan", "0.01"]))
            query.append((name, str(value)[:5000]))
        elif where == "header" and draw(st.integers(0, 3)):
            text = str(draw(inputs.any(schema)))[:3000]
            headers[name] = "".join(letter for letter in text if " " <= letter <= "~")
    return path + ("?" + urlencode(query, errors="surrogatepass") if query else ""), headers


def send(data: st.DataObject, client: Client, key: str, inputs: Inputs) -> Any:
    method, _, path = key.partition(" ")
    call = CALLS[key]
    address, headers = place(data.draw, call, path, inputs)  # type: ignore[arg-type]
    content = call.get("requestBody", {}).get("content", {})
    if "multipart/form-data" in content:
        fields = data.draw(inputs.object(content["multipart/form-data"]["schema"], 0))
        form = {name: str(value)[:200] for name, value in fields.items() if name != "file"}
        name = data.draw(
            st.sampled_from(ODD_TEXTS).filter(lambda text: text.strip(" .\x00\n\r") and len(text) < 1000)
        )
        file = data.draw(st.sampled_from(HEADS)) + data.draw(st.binary(max_size=60))
        return client.post(address, {**form, "file": SimpleUploadedFile(name, file)}, headers=headers)
    if "application/json" in content:
        body: bytes | str = json.dumps(data.draw(inputs.any(content["application/json"]["schema"])))
        if data.draw(st.integers(0, 9)) == 0:
            body = data.draw(st.binary(max_size=60))
        kind = data.draw(st.sampled_from(KINDS)) if data.draw(st.integers(0, 5)) == 0 else KINDS[0]
        return client.generic(method, address, body, content_type=kind, headers=headers)
    kind = "application/offset+octet-stream" if method == "PATCH" else "application/json"
    return client.generic(
        method, address, data.draw(st.binary(max_size=20)), content_type=kind, headers=headers
    )


@pytest.mark.parametrize("key", CALLS)
def test_no_call_fails(world: World, key: str) -> None:
    ids = [name for name in world.names.values() if name]
    inputs = Inputs(DOCUMENT, ids)

    @quick
    @given(data=st.data(), who=st.sampled_from(["owner", "manage", "operator", "outsider"]))
    def run(data: st.DataObject, who: str) -> None:
        client = world.client(
            "manage" if who == "owner" and not key.startswith(("GET", "HEAD", "OPTIONS")) else who
        )
        with undone():
            answer = send(data, client, key, inputs)
        assert answer.status_code not in OUR_OWN, (answer.status_code, answer.content[:500])
        if answer.status_code >= 400 and not answer.streaming and answer.content:
            problem = json.loads(answer.content)
            assert problem["status"] == answer.status_code
            assert problem["detail"]
            assert "Traceback" not in problem["detail"]

    run()


@pytest.mark.parametrize("path", ["chat/completions", "images/generations"])
def test_nor_does_the_other_door(world: World, path: str) -> None:
    fields = {
        "model": TEXT, "prompt": TEXT, "messages": st.lists(st.dictionaries(TEXT, TEXT, max_size=3), max_size=3),
        "n": st.sampled_from([0, 1, -1, 10**30, "x"]), "size": TEXT, "stream": st.booleans(), "stop": TEXT,
        "temperature": st.sampled_from([0, -1, 3, "x", None]), "max_tokens": st.sampled_from([0, -1, 10**30]),
    }  # fmt: skip

    @quick
    @given(body=st.fixed_dictionaries({}, optional=dict(fields)))
    def run(body: dict[str, Any]) -> None:
        with undone():
            answer = world.client("write").post(f"/v1/{path}", json.dumps(body), "application/json")
        assert answer.status_code not in OUR_OWN
        assert answer.status_code >= 400  # no model is installed in this world
        assert json.loads(answer.content)["error"]["message"]

    run()
