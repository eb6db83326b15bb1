"""GET /tools."""

from __future__ import annotations

from generators import registry
from studio.clock import db_now
from studio.jobs.models import Node
from tests.api.conftest import Api


def test_it_works(me: Api) -> None:
    tools = {tool["name"]: tool for tool in me.get("tools", limit=200).json()["items"]}
    assert {"text.write", "text.chat", "image.generate"} <= tools.keys()
    image = tools["image.generate"]
    assert image["medium"] == "image"
    assert image["inputs_schema"]["properties"]["prompt"]["x-field"]["kind"] == "prompt"
    assert image["inputs_schema"]["additionalProperties"] is False
    assert image["example"]["prompt"]


def test_what_is_not_run_by_hand_is_not_offered(me: Api) -> None:
    hidden = [tool.name for tool in registry.tools().values() if tool.hidden]
    assert hidden
    offered = {tool["name"] for tool in me.get("tools", limit=200).json()["items"]}
    for name in hidden:
        assert name not in offered
        assert me.get(f"tools/{name}").status_code == 404


def test_one_tool(me: Api) -> None:
    found = me.get("tools/test.paint")
    assert found.json()["title"] == "Paint"
    assert me.get("tools/no.such").status_code == 404


def test_pages(me: Api) -> None:
    first = me.get("tools", limit=1).json()
    second = me.get("tools", limit=1, cursor=first["next"]).json()
    assert first["items"][0]["name"] < second["items"][0]["name"]


def test_it_says_whether_it_can_run_and_why_not(me: Api) -> None:
    paint = me.get("tools/test.paint").json()
    assert paint["can_run"] is False
    assert "No node" in paint["why_not"]
    Node.objects.create(
        name="here",
        device="cpu",
        memory_bytes=2**34,
        lanes=["make"],
        tools={"test.paint": 1},
        seen_at=db_now(),
    )
    paint = me.get("tools/test.paint").json()
    assert paint["can_run"] is True
    assert paint["why_not"] == ""
    assert me.get("tools/image.generate").json()["why_not"]


def test_a_token_is_needed(nobody: Api) -> None:
    assert nobody.get("tools").status_code == 401
