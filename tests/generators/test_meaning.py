"""MiniLM in numpy says what the same weights say in torch."""

from __future__ import annotations

import numpy as np
import torch

from generators.architectures.meaning import SIZE, TOKENS, Meaning
from generators.architectures.sentence import load_encoder

TEXTS = [
    "a red fox",
    "An owl to the left of a tree, in watercolour",
    "x",
    "Ünïcödé, 東京 und “Zeichen”!",
    "in the night the train left and nobody knew where it went, " * 30,  # longer than it reads
]


def test_the_same_vectors() -> None:
    encoder, tokenizer = load_encoder()
    tokens = tokenizer(TEXTS, padding=True, truncation=True, max_length=TOKENS, return_tensors="pt")
    with torch.no_grad():
        states = encoder.plain(tokens.input_ids, tokens.attention_mask).float()
    mean = states.sum(1) / tokens.attention_mask.sum(1, keepdim=True)
    wanted = torch.nn.functional.normalize(mean, dim=-1).numpy()
    found = Meaning().vectors(TEXTS)
    assert found.shape == (len(TEXTS), SIZE)
    np.testing.assert_allclose(found, wanted, atol=2e-6)


def test_alone_or_among_others() -> None:
    meaning = Meaning()
    together = meaning.vectors(TEXTS)
    for text, vector in zip(TEXTS, together, strict=True):
        np.testing.assert_allclose(meaning.vectors([text])[0], vector, atol=2e-6)
    assert meaning.vectors([]).shape == (0, SIZE)


def test_paraphrases_are_nearer_than_the_rest() -> None:
    meaning = Meaning()
    told = meaning.vectors(["a small cat", "a locomotive at dusk", "a bowl of soup"])
    asked = meaning.vectors(["kitten", "railway engine in the evening", "hot broth"])
    assert (asked @ told.T).argmax(1).tolist() == [0, 1, 2]
