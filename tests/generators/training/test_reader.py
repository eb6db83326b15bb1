"""The caption reader: nothing at first, then order; padding stays nothing."""

from __future__ import annotations

import torch
from torch.nn import functional as F

from generators.architectures.reader import CaptionReader


def captions(count: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Two words of eight in some order and two of padding; the target: which of them is first."""
    rng = torch.Generator().manual_seed(0)
    words = torch.randn(8, 12, generator=rng)
    picks = torch.stack([torch.randperm(8, generator=rng)[:2] for _ in range(count)])
    states = torch.zeros(count, 4, 12)
    states[:, :2] = words[picks]
    return states, picks[:, 0]


def test_it_works() -> None:
    """A sum over tokens cannot tell which came first; what the reader adds to it can."""
    torch.manual_seed(0)
    reader, head = CaptionReader(size=12, tokens=4, heads=2, layers=1, wide=24), torch.nn.Linear(12, 8)
    states, first = captions(256)
    assert torch.equal(reader(states), states)
    optimiser = torch.optim.AdamW([*reader.parameters(), *head.parameters()], lr=1e-2)
    for _ in range(150):
        loss = F.cross_entropy(head(reader(states).sum(1)), first)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    right = (head(reader(states).sum(1)).argmax(1) == first).float().mean()
    assert right > 0.9
    assert torch.equal(reader(states)[:, 2:], states[:, 2:])


def test_no_words_are_no_error() -> None:
    assert torch.equal(
        CaptionReader(size=12, tokens=4, heads=2)(torch.zeros(1, 4, 12)), torch.zeros(1, 4, 12)
    )
