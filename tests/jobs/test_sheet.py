"""Tables that batches are made from."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.registry import get
from studio.jobs import sheet
from studio.problems import InvalidInputs

PLAIN = 'Prompt,steps,Note\nA red boat,5,x\n"A ""blue"" boat, at sea",,\n'


@pytest.mark.parametrize(
    "content",
    [
        PLAIN.encode(),
        b"\xef\xbb\xbf" + PLAIN.encode(),
        PLAIN.replace("\n", "\r\n").encode(),
        PLAIN.encode("utf-16"),
    ],
    ids=["plain", "BOM", "CRLF", "UTF-16"],
)
def test_it_works(content: bytes) -> None:
    made = sheet.read(content)
    assert made.columns == ["Prompt", "steps", "Note"]
    uses = sheet.guess(made, get("test.paint"))
    assert uses == {"Prompt": "prompt", "steps": "steps", "Note": None}
    assert list(sheet.items(made.rows, uses)) == [
        {"prompt": "A red boat", "steps": "5"},
        {"prompt": 'A "blue" boat, at sea'},
    ]
    assert [row.line for row in made.rows] == [2, 3]


def test_other_separators_scripts_and_lines_inside_cells() -> None:
    made = sheet.read('prompt;steps\n"東京の夜\nzwei"; 3\n\nمنارة;4\n'.encode())
    assert [(row.line, row.cells["prompt"]) for row in made.rows] == [(2, "東京の夜\nzwei"), (5, "منارة")]
    assert sheet.read("größe\tprompt\nä\tö\n".encode("cp1252")).rows[0].cells == {"größe": "ä", "prompt": "ö"}
    assert sheet.read(b"prompt\none\n").rows[0].cells == {"prompt": "one"}


def test_a_bad_row_leaves_the_others() -> None:
    made = sheet.read(b"prompt,steps\na,1\nb,2,3,4\nc\n")
    assert [bool(row.wrong) for row in made.rows] == [False, True, False]
    assert "4 cells" in made.rows[1].wrong
    lines = sheet.read(b'{"prompt": "a"}\n{"prompt": \n[1]\n\n{"prompt": "b", "steps": 2}\n')
    assert [(row.line, bool(row.wrong)) for row in lines.rows] == [
        (1, False),
        (2, True),
        (3, True),
        (5, False),
    ]
    assert lines.columns == ["prompt", "steps"]


def test_a_list_of_objects() -> None:
    made = sheet.read(json.dumps([{"prompt": "a", "steps": 3}, {"prompt": "b"}]).encode())
    assert list(sheet.items(made.rows, {"prompt": "prompt", "steps": "steps"})) == [
        {"prompt": "a", "steps": 3},
        {"prompt": "b"},
    ]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b" \n ", "empty"),
        (b"prompt,steps\n", "no row"),
        (b"a,a\n1,2\n", "Two columns"),
        (b"a" + b",b" * 100 + b"\n1\n", "columns"),
        (b"p\n" + b"x\n" * 10_001, "10000"),
        (b"[1,", "cannot be read"),
        (b"\xff\xfe\x00", "no text"),
    ],
)
def test_refused_in_words(content: bytes, why: str) -> None:
    with pytest.raises(InvalidInputs, match=why) as refused:
        sheet.read(content)
    assert refused.value.errors[0]["loc"] == ["file"]


@given(st.binary(max_size=200) | st.text(alphabet='ab,;"\n\r{}[]:1 ', max_size=60).map(str.encode))
def test_no_file_is_a_crash(content: bytes) -> None:
    try:
        made = sheet.read(content)
    except InvalidInputs:
        return
    assert made.rows
    assert len(list(sheet.items(made.rows, sheet.guess(made, get("test.paint"))))) == len(made.rows)
