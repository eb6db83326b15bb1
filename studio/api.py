"""The API under /api/v1/: it only collects the routers of the apps. What each call does stands there."""

from __future__ import annotations

import json
from importlib import import_module
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, URLResolver, path, re_path
from django.utils.translation import gettext_lazy as _
from ninja import NinjaAPI
from ninja.errors import ValidationError, ValidationErrorContext
from ninja.openapi.docs import DocsBase
from ninja.openapi.schema import OpenAPISchema
from ninja.parser import Parser
from ninja.renderers import BaseRenderer
from ninja.types import DictStrAny
from pydantic import BaseModel, Field
from pydantic_core import to_json

from studio import api_errors, problems
from studio.teams.auth import Bearer, Session

VERSION = "1"
DESCRIPTION = """Everything that the pages can do, through the same verbs.

Send `Authorization: Bearer <token>`. Errors are `application/problem+json` (RFC 9457); each `type` has a page. Lists are
keyset pages, newest first: `{items, next}`, asked on with `cursor=<next>`; `limit` is at most 200. Without `team` a list
shows all of your teams, and a submit goes to the token's team, else to your own. Times are RFC 3339 in UTC."""

ROUTERS = [
    "studio.teams.api",
    "studio.teams.api_demand",
    "studio.notices.api",
    "studio.workspace.api",
    "studio.workspace.api_pictures",
    "studio.presets.api",
    "studio.presets.api_brands",
    "studio.jobs.api",
    "studio.jobs.api_feed",
    "studio.jobs.api_batches",
    "studio.jobs.api_grid",
    "studio.jobs.api_quotas",
    "studio.gallery.api",
    "studio.gallery.api_family",
    "studio.safety.api",
    "studio.catalog.api",
    "studio.review.api",
    "studio.shares.api",
    "studio.chains.api",
    "studio.threads.api",
    "studio.activity.api",
    "studio.integrations.api",
    "studio.owning.api",
]
"""Modules with a `router`, in the order of the docs. An app brings its own by adding its module here."""


class JsonParser(Parser):
    """Bodies are JSON and nothing else, and hold only text that a database can keep."""

    def parse_body(self, request: HttpRequest) -> DictStrAny:
        kind = request.content_type or "application/json"
        if kind != "application/json" and not kind.endswith("+json"):
            raise problems.Unsupported(
                str(_("The body has to be JSON, with Content-Type: application/json.")),
                title=str(_("The body is not JSON")),
            )
        body = request.body
        try:
            found: DictStrAny = json.loads(body, parse_constant=_no_constant)
        except (ValueError, RecursionError) as error:
            raise api_errors.InvalidJson(
                str(_("The body is no JSON: %(reason)s") % {"reason": str(error)[:200]})
            ) from error
        if b"\\u" in body or b"\x00" in body:
            _storable(found)
        return found


def _no_constant(word: str) -> Any:
    raise ValueError(f"{word} is no number of JSON")


def _storable(value: Any) -> None:
    """Refuse NUL and half surrogates, which JSON can spell and no database keeps as text."""
    text = json.dumps(value, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        raise api_errors.InvalidJson(
            str(_("The body holds half of a surrogate pair, which is no text."))
        ) from None
    if "\\u0000" in text:
        raise api_errors.InvalidJson(str(_("The body holds the character NUL, which no text may have.")))


class JsonRenderer(BaseRenderer):
    """pydantic's own encoder: a list of 50 assets in half a millisecond, where Python's takes three."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        return to_json(data, fallback=str)  # translations that wait for their language


class Docs(DocsBase):
    """Readable docs drawn on the server from the same schema: no script, nothing from elsewhere."""

    def render_page(self, request: HttpRequest, api: NinjaAPI, **kwargs: Any) -> HttpResponse:
        from studio.workspace.api_docs import chapters

        schema = api.get_openapi_schema(path_params=kwargs)
        context = {
            "schema": schema,
            "chapters": chapters(schema),
            "problems": _problem_rows(),
            "root": request.build_absolute_uri("."),
        }
        return render(request, "api/docs.html", context)


class StudioAPI(NinjaAPI):
    """NinjaAPI whose errors repeat the (shortened) input and name a field by its own place alone."""

    _schema: OpenAPISchema | None = None

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: DictStrAny | None = None
    ) -> OpenAPISchema:
        """Made once: it takes a tenth of a second, and nothing of it changes while the process runs."""
        if self._schema is None:
            self._schema = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
            _add_problems(self._schema)
        return self._schema

    def validation_error_from_error_contexts(
        self, error_contexts: list[ValidationErrorContext[Any]]
    ) -> ValidationError:
        errors: list[DictStrAny] = []
        for context in error_contexts:
            model: Any = context.model
            single = getattr(model, "__read_from_single_attr__", None)
            for error in context.pydantic_validation_error.errors(include_url=False, include_context=False):
                loc = list(error["loc"])
                if single and loc[:1] == [single]:
                    loc = loc[1:]
                    if not loc and error["type"] == "missing":
                        errors.append(
                            {"loc": ["body"], "msg": str(_("A JSON body is needed.")), "input": None}
                        )
                        continue
                errors.append({"loc": loc, "msg": error["msg"], "input": problems.shown(error.get("input"))})
        return ValidationError(errors)


class ProblemPlace(BaseModel):
    loc: list[str | int] = Field(description="The field, from the outside in")
    msg: str
    input: Any = Field(None, description="What was given, shortened")


class ProblemOut(BaseModel):
    """An error (RFC 9457)."""

    type: str = Field(description="Stays the same; /problems/<type> says what it means")
    title: str
    status: int
    detail: str = Field(description="One or two sentences for a person")
    errors: list[ProblemPlace] = Field(default_factory=list, description="Where inputs cannot be used")


def _add_problems(schema: OpenAPISchema) -> None:
    """Every call may answer with a problem: said once for each as its default response."""
    shape = ProblemOut.model_json_schema(ref_template="#/components/schemas/{model}")
    schema["components"]["schemas"] |= {**shape.pop("$defs"), "ProblemOut": shape}
    content = {api_errors.CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemOut"}}}
    for methods in schema["paths"].values():
        for call in methods.values():
            call["responses"]["default"] = {"description": "A problem", "content": content}


def make() -> NinjaAPI:
    """The API with the router of every app."""
    api = StudioAPI(
        title="Studio",
        version=VERSION,
        description=DESCRIPTION,
        urls_namespace="api",
        docs=Docs(),
        auth=[Bearer(), Session()],
        parser=JsonParser(),
        renderer=JsonRenderer(),
    )
    api_errors.install(api)
    for module in ROUTERS:
        api.add_router("", import_module(module).router)
    return api


def _problem_rows() -> list[dict[str, Any]]:
    return [
        {"type": name, "status": status, "meaning": meaning}
        for name, (status, meaning) in api_errors.MEANINGS.items()
    ]


def problem_page(request: HttpRequest, type: str) -> HttpResponse:
    """/problems/<type>: what a type of problem means and the way out."""
    known = api_errors.MEANINGS.get(type)
    context = {"type": type, "status": known and known[0], "meaning": known and known[1]}
    return render(request, "api/problem.html", context, status=200 if known else 404)


def problems_page(request: HttpRequest) -> HttpResponse:
    """/problems/: every type."""
    return render(request, "api/problem.html", {"problems": _problem_rows()})


api = make()


def _with_problems(patterns: list[URLPattern | URLResolver]) -> list[URLPattern | URLResolver]:
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            pattern.callback = api_errors.as_problems(pattern.callback)
    return patterns


def urls() -> list[URLPattern | URLResolver]:
    """The API's addresses, a 404 in its own shape for every other below it, and the pages of problems."""
    patterns, app_name, namespace = api.urls
    return [
        path("api/v1/", (_with_problems(patterns), app_name, namespace)),
        path("problems/", problems_page),
        path("problems/<slug:type>", problem_page),
    ]


def last_urls() -> list[URLPattern | URLResolver]:
    """What stands after every other address: the API's own 404."""
    return [re_path(r"^api/", api_errors.nothing_here)]
