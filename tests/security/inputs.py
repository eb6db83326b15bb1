"""Inputs for calls, from their JSON Schema: some that fit, some that nearly do, some from elsewhere altogether."""

from __future__ import annotations

import string
from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

Schema = Mapping[str, Any]

ODD_TEXTS = [
    "", " ", "\x00", "\x7f", "\u202egnp.exe", "é" * 300, "👩‍🎨" * 100, "a" * 70_000, "../../etc/passwd", "..\\..\\con",
    "%00", "%2e%2e%2f", "{{7*7}}", "{% csrf_token %}", "${jndi:ldap://x}", "' OR 1=1 --", '"; DROP TABLE jobs', "*",
    "<script>alert(1)</script>", "NaN", "null", "true", "-1", "1e309", "0x10", "\n\r\n", "\ud7ff", "None", "[]", "{}",
    "AND", "NEAR(", "a\"b", "NOT", "col:x", "2026-02-30", "st_x", "default", "image.generate", "test.paint", "text.chat",
]  # fmt: skip
ODD_NUMBERS: list[Any] = [
    0,
    -1,
    1,
    2**31,
    2**32,
    2**63 - 1,
    2**63,
    2**64,
    -(2**63) - 1,
    10**30,
    1.5,
    -0.0,
    1e308,
]
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from(ODD_NUMBERS),
    st.sampled_from(ODD_TEXTS),
    st.just([]),
    st.just({}),
    st.just([[[[]]]]),
    st.just({"a": {"b": [None]}}),
)
TEXT = st.one_of(
    st.sampled_from(ODD_TEXTS), st.text(max_size=40), st.text(string.ascii_lowercase, max_size=12)
)


class Inputs:
    """Strategies for the schemas of one document. ids: real ids, which half of the id fields get."""

    def __init__(self, document: Schema, ids: list[str]) -> None:
        self.components: Schema = document["components"]["schemas"]
        self.ids = ids

    def ident(self) -> st.SearchStrategy[str]:
        return st.one_of(
            st.sampled_from(self.ids), st.uuids().map(str), st.sampled_from(["0", "x" * 36, "\u0660" * 36])
        )

    def fitting(self, schema: Schema, depth: int = 0) -> st.SearchStrategy[Any]:
        """Mostly of the right type, at the edges of what is allowed, or a little beyond."""
        if "$ref" in schema:
            return self.fitting(self.components[schema["$ref"].rpartition("/")[2]], depth)
        for several in ("anyOf", "oneOf", "allOf"):
            if several in schema:
                return st.one_of([self.fitting(one, depth) for one in schema[several]])
        if "enum" in schema:
            return st.sampled_from(list(schema["enum"]))
        if "const" in schema:
            return st.just(schema["const"])
        kind = schema.get("type")
        if kind == "object" or "properties" in schema:
            return self.object(schema, depth)
        if kind == "array":
            return st.lists(self.any(schema.get("items", {}), depth + 1), max_size=3)
        if kind == "integer" or kind == "number":
            edges = [schema[key] for key in ("minimum", "maximum") if key in schema]
            edges += [edge + step for edge in edges for step in (-1, 1)]
            return st.one_of(st.sampled_from([*edges, 0, 1, 2]), st.sampled_from(ODD_NUMBERS))
        if kind == "boolean":
            return st.booleans()
        if kind == "null":
            return st.none()
        if schema.get("format") == "uuid":
            return self.ident()
        if kind == "string":
            return TEXT
        return ODD

    def object(self, schema: Schema, depth: int) -> st.SearchStrategy[Any]:
        properties: Schema = schema.get("properties", {})
        if not properties or depth > 3:
            return st.dictionaries(TEXT.filter(lambda name: len(name) < 50), ODD, max_size=3)
        needed = set(schema.get("required", ()))
        fields = {name: self.any(inner, depth + 1) for name, inner in properties.items()}
        return st.fixed_dictionaries(
            {name: one for name, one in fields.items() if name in needed},
            optional={name: one for name, one in fields.items() if name not in needed},
        )

    def any(self, schema: Schema, depth: int = 0) -> st.SearchStrategy[Any]:
        """One in five is of another type."""
        return st.integers(0, 4).flatmap(lambda n: ODD if n == 0 else self.fitting(schema, depth))
