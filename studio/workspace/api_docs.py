"""The OpenAPI document as chapters that a template can draw, and the snapshot that is kept in docs/api/."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Schema = Mapping[str, Any]


@dataclass(frozen=True)
class Row:
    """A parameter, or a field of a body or an answer."""

    name: str
    kind: str
    required: bool
    about: str


@dataclass(frozen=True)
class Answer:
    """An answer of a call by its status."""

    status: str
    mime: str
    kind: str
    rows: list[Row]


@dataclass(frozen=True)
class Call:
    method: str
    path: str
    summary: str
    about: str
    anchor: str
    parameters: list[Row]
    body: list[Row]
    body_kind: str
    answers: list[Answer]


@dataclass
class Chapter:
    name: str
    calls: list[Call] = field(default_factory=list)


def resolve(schema: Schema, document: Schema) -> Schema:
    """What a `$ref` points at, else the schema itself."""
    ref = schema.get("$ref", "")
    if ref.startswith("#/components/schemas/"):
        found: Schema = document["components"]["schemas"][ref.rpartition("/")[2]]
        return found
    return schema


def item_of(schema: Schema, document: Schema) -> Schema | None:
    """What a page of a list holds (`Listed[…]` in api_shapes); None for every other schema."""
    if not str(schema.get("$ref", "")).rpartition("/")[2].startswith("Listed_"):
        return None
    items: Schema = resolve(schema, document)["properties"]["items"]["items"]
    return items


def in_words(schema: Schema, document: Schema) -> str:
    """A type as a reader says it: "string", "list of JobOut", "1 to 200"."""
    if "$ref" in schema:
        name = str(schema["$ref"]).rpartition("/")[2]
        item = item_of(schema, document)
        return f"page of {in_words(item, document)}" if item is not None else name
    if "enum" in schema:
        return " | ".join(str(value) for value in schema["enum"])
    if "const" in schema:
        return str(schema["const"])
    options = schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf")
    if options:
        return " or ".join(dict.fromkeys(in_words(option, document) for option in options))
    kind = schema.get("type", "anything")
    if kind == "array":
        return f"list of {in_words(schema.get('items', {}), document)}"
    words = str(schema.get("format") or kind)
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and high is not None:
        words += f", {low} to {high}"
    if "maxLength" in schema:
        words += f", at most {schema['maxLength']:,} characters"
    return words


def rows_of(schema: Schema, document: Schema) -> list[Row]:
    """The fields of an object, each with its type in words."""
    found = resolve(schema, document)
    required = set(found.get("required", ()))
    return [
        Row(name, in_words(details, document), name in required, details.get("description", ""))
        for name, details in found.get("properties", {}).items()
    ]


def _call(method: str, path: str, details: Schema, document: Schema) -> Call:
    parameters = [
        Row(item["name"], in_words(item["schema"], document), item["required"], item.get("description", ""))
        for item in details.get("parameters", ())
    ]
    body: list[Row] = []
    body_kind = ""
    for mime, content in details.get("requestBody", {}).get("content", {}).items():
        body, body_kind = rows_of(content["schema"], document), mime
    answers = []
    for status, answer in details.get("responses", {}).items():
        if status == "default":
            continue  # a problem, as every call may answer: the page tells it once
        for mime, content in answer.get("content", {"": {"schema": {}}}).items():
            schema = content.get("schema", {})
            rows = rows_of(item_of(schema, document) or schema, document)
            answers.append(Answer(str(status), mime, in_words(schema, document), rows))
    return Call(
        method=method.upper(),
        path=path,
        summary=details.get("summary", ""),
        about=re.sub(r"\s*\n\s*", " ", details.get("description", "")),
        anchor=details["operationId"],
        parameters=parameters,
        body=body,
        body_kind=body_kind,
        answers=answers,
    )


def chapters(document: Schema) -> list[Chapter]:
    """The calls of an OpenAPI document by their tag, in the order in which they stand there."""
    found: dict[str, Chapter] = {}
    for path, methods in document["paths"].items():
        for method, details in methods.items():
            name = (details.get("tags") or ["Other"])[0]
            found.setdefault(name, Chapter(name)).calls.append(_call(method, path, details, document))
    return list(found.values())
