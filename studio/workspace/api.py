"""GET /tools: what can be made, with the schema of each tool's inputs and whether it can run now."""

from __future__ import annotations

from typing import Annotated, Any

from django.utils.translation import gettext as _
from ninja import Query, Router
from pydantic import Field

from generators import registry
from generators.fields import marked
from generators.tool import Tool
from studio.api_shapes import LIMIT, Limit, Listed, Out, TeamFilter
from studio.jobs.needs import can_run
from studio.problems import NotFound
from studio.teams.auth import ApiRequest

router = Router(tags=["Tools"])


class ToolOut(Out):
    name: str
    title: str
    summary: str
    medium: str = Field(description="What its assets are: text, image, music, video, speech, or model")
    version: int = Field(description="Goes up when the same inputs would give another asset")
    lane: str
    model_task: str | None = Field(
        description="What a model must be able to do to be its input `model`; null: none"
    )
    listed: bool = Field(description="Whether what it makes shows in the gallery at once")
    inputs_schema: dict[str, Any] = Field(
        description="JSON Schema of `inputs`; `x-field` says what kind of field it is"
    )
    example: dict[str, Any] = Field(description="Inputs that run as they are")
    can_run: bool = Field(description="Whether it can run now on some node with its default model")
    why_not: str = Field(description="Why it cannot; empty where it can")


def inputs_schema(tool: Tool) -> dict[str, Any]:
    """JSON Schema of a tool's inputs, each marked field with its kind, medium, task and unit as `x-field`."""
    schema: dict[str, Any] = tool.inputs.model_json_schema()
    for name, kind in marked(tool.inputs):
        facts = {"kind": kind.kind, "medium": kind.medium, "task": kind.task, "unit": kind.unit}
        schema["properties"][name]["x-field"] = {key: value for key, value in facts.items() if value}
    return schema


def tool_json(tool: Tool) -> dict[str, Any]:
    """A tool as the API tells it."""
    runs, why_not = can_run(tool)
    return {
        "name": tool.name,
        "title": tool.title,
        "summary": tool.summary,
        "medium": tool.makes,
        "version": tool.version,
        "lane": tool.lane,
        "model_task": tool.model_task,
        "listed": tool.listed,
        "inputs_schema": inputs_schema(tool),
        "example": dict(tool.example),
        "can_run": runs,
        "why_not": "" if runs else why_not,
    }


@router.get("/tools", response=Listed[ToolOut], summary="Every tool")
def tools(
    request: ApiRequest,
    team: TeamFilter = None,
    cursor: Annotated[str | None, Query(description="`next` of the page before")] = None,
    limit: Limit = LIMIT,
) -> dict[str, Any]:
    """In alphabetical order of their names. Tools are everybody's, so `team` changes nothing."""
    offered = sorted((t for t in registry.tools().values() if not t.hidden), key=lambda t: t.name)
    rest = [tool for tool in offered if cursor is None or tool.name > cursor]
    page = rest[:limit]
    return {
        "items": [tool_json(tool) for tool in page],
        "next": page[-1].name if len(rest) > limit else None,
    }


@router.get("/tools/{name}", response=ToolOut, summary="One tool")
def read_tool(request: ApiRequest, name: str) -> dict[str, Any]:
    tool = registry.tools().get(name)
    if tool is None or tool.hidden:
        raise NotFound(_("There is no tool named %(name)s. GET /tools lists them.") % {"name": name[:60]})
    return tool_json(tool)
