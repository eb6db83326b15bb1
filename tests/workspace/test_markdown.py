"""Markdown becomes HTML that is safe to show, whatever it says."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.workspace.markdown import TAGS, to_html


class Dangers(HTMLParser):
    """Collects what could run or load: elements that we do not know, handlers, addresses of other kinds."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            self.found.append(tag)
        for name, value in attrs:
            safe = name in {"href", "title", "start", "rel"} and not (
                name == "href" and ":" in (value or "") and not re.match("(https?|mailto):", value or "")
            )
            if not safe:
                self.found.append(f"{name}={value}")


def dangers(html: str) -> list[str]:
    parser = Dangers()
    parser.feed(html)
    return parser.found


def test_it_works() -> None:
    html = to_html("# Log\n\n- **wind**\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```py\nx < 1\n```")
    for part in ("<h1>Log</h1>", "<strong>wind</strong>", "<td>1</td>", "x &lt; 1"):
        assert part in html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "[x](data:text/html,x)",
        "![x](http://e.example/a.png)",
        '<a href="#" onclick="x()">x</a>',
        "<svg onload=x()>",
        '[x](http://e.example "\\" onmouseover=x()")',
    ],
)
def test_nothing_runs(text: str) -> None:
    assert dangers(to_html(text)) == []


def test_a_link_tells_nothing_of_where_it_came_from() -> None:
    assert 'rel="noopener noreferrer nofollow"' in to_html("[x](https://e.example)")


@given(st.text(max_size=200))
def test_any_text_is_rendered(text: str) -> None:
    assert dangers(to_html(text)) == []
