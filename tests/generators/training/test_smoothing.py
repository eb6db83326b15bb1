"""What is smoothed in a drawn picture, and what is not."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from generators.architectures.diffusion import PatchCodec, load_codec
from generators.architectures.smoothing import smoothed

ALIKE = 0.235
WEIGHTS = Path(__file__).resolve().parents[3] / "generators" / "weights" / "pocket-image"


def _halves() -> torch.Tensor:
    picture = torch.full((1, 3, 32, 32), -0.5)
    picture[..., 16:] = 0.5
    return picture


def test_grain_goes_and_edges_stay() -> None:
    clean = _halves()
    drawn = clean + 0.08 * torch.randn(clean.shape, generator=torch.Generator().manual_seed(0))
    even = smoothed(drawn, ALIKE)
    assert (even - clean).square().mean() < 0.15 * (drawn - clean).square().mean()
    edge = slice(15, 17)
    assert (even - clean)[..., edge].abs().max() < 0.1, "of a step of 1"


def test_an_even_picture_stays_as_it_is() -> None:
    assert torch.allclose(smoothed(_halves(), ALIKE), _halves(), atol=1e-3)
    assert smoothed(_halves(), 0.0).equal(_halves())


def test_pictures_do_not_mix_and_keep_their_kind() -> None:
    some = torch.rand(2, 3, 12, 20, generator=torch.Generator().manual_seed(1)) * 2 - 1
    assert torch.allclose(smoothed(some, ALIKE)[1:], smoothed(some[1:], ALIKE), atol=1e-6)
    assert smoothed(some.half(), ALIKE).dtype is torch.float16
    assert smoothed(some * 3, ALIKE).abs().max() <= 1


def test_a_codec_smooths_what_it_decodes_and_not_what_is_learnt(tmp_path: Path) -> None:
    pictures = torch.rand(40, 3, 16, 16, generator=torch.Generator().manual_seed(2)) * 2 - 1
    codec = PatchCodec.fitted(pictures, 48, smoothing=ALIKE)
    codes = codec.to_codes(pictures)
    assert torch.allclose(codec.to_pixels(codes), pictures, atol=1e-4)
    codec.save_pretrained(tmp_path / "codec")
    decoded = load_codec(tmp_path).decode(codes).sample
    assert decoded.equal(smoothed(codec.to_pixels(codes), ALIKE))
    assert (decoded - pictures).abs().mean() > 0.01


def test_the_models_own_codec_smooths() -> None:
    assert load_codec(WEIGHTS).config.smoothing == pytest.approx(ALIKE)
