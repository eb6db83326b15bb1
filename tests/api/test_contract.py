"""What outside programs test against stays: calls and names may be added, none renamed or taken away."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.conftest import Api

CALLS = [
    "",
    "GET /me",
    "GET /tools",
    "GET /tools/{name}",
    "POST /jobs",
    "GET /jobs",
    "GET /jobs/{job}",
    "GET /jobs/{job}/events",
    "GET /jobs/{job}/stream",
    "GET /jobs/{job}/preview",
    "POST /jobs/{job}/cancel",
    "POST /jobs/{job}/retry",
    "GET /queue",
    "POST /queue/move",
    "POST /batches",
    "GET /batches/{batch}",
    "POST /batches/{batch}/cancel",
    "POST /batches/{batch}/pause",
    "POST /batches/{batch}/resume",
    "POST /batches/{batch}/retry-failed",
    "GET /batches/{batch}/export",
    "POST /assets",
    "GET /assets",
    "GET /assets/{asset}",
    "GET /assets/{asset}/content",
    "GET /assets/{asset}/parts/{name}",
    "PATCH /assets/{asset}",
    "DELETE /assets/{asset}",
    "POST /assets/{asset}/restore",
    "OPTIONS /uploads/",
    "POST /uploads/",
    "HEAD /uploads/{upload}",
    "PATCH /uploads/{upload}",
    "DELETE /uploads/{upload}",
    "GET /threads",
    "POST /threads",
    "GET /threads/{thread}/turns",
    "POST /threads/{thread}/turns",
    "GET /teams",
    "GET /members",
    "GET /models",
    "GET /nodes",
    "",
][1:-1]

FIELDS = {
    "JobOut": "id state tool tool_version inputs model progress eta_s waiting_for attempts error assets retry_of batch"
    " created_at started_at finished_at wait_s run_s energy_wh",
    "EventOut": "n kind at attempt",
    "EventsOut": "events final",
    "ToolOut": "name title medium version inputs_schema example",
    "BatchOut": "id total counts",
    "AssetOut": "id medium mime bytes digest content_digest width height duration_s title prompt facts job parents"
    " children parts tags rating review provenance listed urls",
    "ProblemOut": "type title status detail errors",
}

INPUTS = {
    "image.generate": "prompt negative_prompt seed model steps guidance width height",
    "text.write": "prompt seed model max_tokens temperature top_p stop",
    "text.chat": "messages seed model max_tokens temperature top_p stop",
}


@pytest.fixture
def document(nobody: Api) -> dict[str, Any]:
    found: dict[str, Any] = nobody.get("openapi.json").json()
    return found


@pytest.mark.parametrize("call", CALLS)
def test_a_call_is_there(document: dict[str, Any], call: str) -> None:
    method, _space, path = call.partition(" ")
    assert method.lower() in document["paths"][f"/api/v1{path}"]


@pytest.mark.parametrize("name", FIELDS)
def test_an_answer_has_its_fields(document: dict[str, Any], name: str) -> None:
    assert set(FIELDS[name].split()) <= document["components"]["schemas"][name]["properties"].keys()


@pytest.mark.parametrize("name", INPUTS)
def test_names_of_inputs_stay(me: Api, name: str) -> None:
    assert set(INPUTS[name].split()) <= me.get(f"tools/{name}").json()["inputs_schema"]["properties"].keys()


def test_every_list_takes_team_cursor_and_limit(document: dict[str, Any]) -> None:
    for path, methods in document["paths"].items():
        answer = methods.get("get", {}).get("responses", {}).get("200", {}).get("content", {})
        shape = answer.get("application/json", {}).get("schema", {}).get("$ref", "")
        if "Listed_" not in shape or path.endswith(("/turns", "/boards/{board}/assets", "/deliveries")):
            continue  # of one thing, which is in one team
        taken = {parameter["name"] for parameter in methods["get"]["parameters"]}
        assert {"team", "cursor", "limit"} <= taken, path
