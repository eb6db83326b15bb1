"""What every tool keeps, whichever it is: derived things work, and its example runs as it is."""

from __future__ import annotations

import inspect
import json
import re

import httpx
import pytest
from django.template.loader import get_template

from generators.fields import marker, works_on
from generators.registry import tools
from generators.tool import MEDIA, ModelFacts, Tool
from studio.workspace.forms import form_for
from tests.workers.helpers import events_of, final_states, submit, wait_for

EVERY = sorted(tools().values(), key=lambda tool: tool.name)
ON_ITS_OWN = [
    tool
    for tool in EVERY
    if not tool.hidden and not tool.name.startswith("test.") and not any(works_on(tool.inputs))
]


def ids(tool: Tool) -> str:
    return tool.name


@pytest.mark.parametrize("tool", EVERY, ids=ids)
def test_it_is_declared_fully(tool: Tool) -> None:
    assert re.fullmatch(r"[a-z]+\.[a-z_]+", tool.name)
    assert tool.title
    assert tool.summary.endswith("."), "one plain sentence"
    assert tool.version >= 1
    assert tool.makes in MEDIA
    assert tool.inputs.__doc__
    assert inspect.isgeneratorfunction(tool.run)


@pytest.mark.parametrize("tool", EVERY, ids=ids)
def test_its_inputs_make_a_schema_and_refuse_what_they_do_not_know(tool: Tool) -> None:
    schema = tool.inputs.model_json_schema()
    assert json.loads(json.dumps(schema))["additionalProperties"] is False
    with pytest.raises(ValueError, match="Extra inputs"):
        tool.inputs.model_validate({**tool.example, "no such input": 1})
    example = tool.inputs.model_validate(dict(tool.example))
    assert tool.inputs.model_validate(example.model_dump(mode="json")) == example, (
        "a stored job can be read again"
    )


@pytest.mark.parametrize("tool", EVERY, ids=ids)
def test_every_input_says_what_it_is(tool: Tool) -> None:
    for name, info in tool.inputs.model_fields.items():
        kind = marker(info)
        assert info.description or kind is not None, f"{name} needs a description or a field type"
        if name == "seed":
            assert kind is not None
            assert kind.kind == "seed"
        if name == "model":
            assert kind is not None
            assert kind.kind == "model"


@pytest.mark.parametrize("tool", EVERY, ids=ids)
def test_needs_are_told_without_loading_anything(tool: Tool) -> None:
    facts = ModelFacts(
        "m", "sha256:0", tool.model_task or "", "gguf", bytes=10**8, memory_bytes=2 * 10**8, context=2048
    )
    needs = tool.needs(tool.inputs.model_validate(dict(tool.example)), facts if tool.model_task else None)
    assert needs.memory_bytes >= (2 * 10**8 if tool.model_task else 0)
    assert needs.device in ("any", "cuda")
    assert needs.work > 0


@pytest.mark.parametrize("tool", ON_ITS_OWN, ids=ids)
def test_its_example_runs_as_it_is(tool: Tool, api: httpx.Client) -> None:
    job = wait_for(api, submit(api, tool.name, **tool.example)["id"], seconds=120)
    assert job["state"] == "succeeded", job["error"]
    assert job["inputs"].get("seed", 0) is not None
    assert final_states(events_of(api, job["id"])) == ["succeeded"]
    for made in job["assets"]:
        asset = api.get(f"/api/v1/assets/{made['id']}").json()
        assert asset["medium"] == tool.makes
        assert asset["facts"]["tool"] == tool.name


@pytest.mark.parametrize("tool", [tool for tool in EVERY if not tool.hidden], ids=ids)
def test_each_of_its_inputs_has_a_widget(tool: Tool) -> None:
    """Widgets belong to field types: a form can be drawn for any tool, and none needs a template of its own."""
    form = form_for(tool, dict(tool.example))
    views = [view for view in (form.prompt, *form.open, *form.more) if view is not None]
    assert views or not tool.inputs.model_fields
    for view in views:
        get_template(f"fields/{view.widget}.html")
