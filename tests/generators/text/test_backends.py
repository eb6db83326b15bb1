"""Loading language models: what fits and what does not; stop texts over the edges of pieces."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.context import Context, ModelFiles
from generators.events import ToolError
from generators.text.backends import End, Piece, Sampling, loaded
from generators.text.backends.stopping import Stopper


def test_a_damaged_file_is_refused_in_words(
    context: Callable[..., Context], gguf: ModelFiles, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.gguf"
    bad.write_bytes(b"GGUF" + b"\0" * 100)
    with pytest.raises(ToolError, match="could not be loaded"):
        loaded(context(replace(gguf, path=bad, digest="sha256:bad")))


def test_a_folder_without_weights_is_refused_in_words(
    context: Callable[..., Context], tiny: ModelFiles, tmp_path: Path
) -> None:
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ToolError, match="could not be loaded"):
        loaded(context(replace(tiny, path=tmp_path, digest="sha256:none")))


def test_another_kind_of_model_is_refused(context: Callable[..., Context], tiny: ModelFiles) -> None:
    with pytest.raises(ToolError, match="not a language model"):
        loaded(context(replace(tiny, format="diffusers", digest="sha256:other")))


def test_letters_of_several_tokens_come_whole(context: Callable[..., Context], tiny: ModelFiles) -> None:
    """The untrained model writes any bytes: no half letter may leave it before its other half is there."""
    backend = loaded(context(tiny))
    how = Sampling(200, 2.0, 1.0, (), 5)
    pieces = list(backend.write([{"role": "user", "content": "海"}], how))
    text = "".join(piece.text for piece in pieces if isinstance(piece, Piece))
    assert not text.endswith("\N{REPLACEMENT CHARACTER}")
    assert isinstance(pieces[-1], End)


def test_llama_cpp_asks_for_its_key(context: Callable[..., Context], gguf: ModelFiles) -> None:
    import http.client

    backend = loaded(context(gguf))
    connection = http.client.HTTPConnection(backend._address, timeout=5)  # type: ignore[attr-defined]
    connection.request("POST", "/tokenize", '{"content": "x"}', {"Content-Type": "application/json"})
    assert connection.getresponse().status == 401
    connection.close()


@given(
    st.lists(st.text("abc", max_size=4), max_size=12),
    st.lists(st.text("abc", min_size=1, max_size=3), max_size=3),
)
def test_stop_texts_are_found_over_the_edges_of_pieces(pieces: list[str], stops: list[str]) -> None:
    stopper, out = Stopper(stops), ""
    for piece in pieces:
        out += stopper.take(piece)
        if stopper.ended:
            break
    out += stopper.rest()
    whole = "".join(pieces)
    ends = [whole.index(stop) + len(stop) for stop in stops if stop in whole]
    if ends:
        assert stopper.ended
        assert not any(stop in out for stop in stops)
        assert whole.startswith(out)
    else:
        assert out == whole
