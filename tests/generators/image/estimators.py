"""Tiny real depth estimators: built from config, never trained, saved as people's are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

SIDE = 56
_NECK: dict[str, Any] = {"neck_hidden_sizes": [8, 8, 8, 8], "fusion_hidden_size": 8}


def depth_anything(folder: Path) -> Path:
    """Depth Anything: DINOv2 below, DPT's head above; says how near things are."""
    from transformers import DepthAnythingConfig, DepthAnythingForDepthEstimation, Dinov2Config

    eyes = Dinov2Config(
        hidden_size=8,
        num_hidden_layers=4,
        num_attention_heads=2,
        mlp_ratio=2,
        image_size=SIDE,
        patch_size=14,
        out_indices=[1, 2, 3, 4],
        reshape_hidden_states=False,
        apply_layernorm=True,
        initializer_range=0.5,  # at 0.02 the picture hardly shows through
    )
    config = DepthAnythingConfig(backbone_config=eyes, reassemble_hidden_size=8, head_hidden_size=4, **_NECK)
    return _saved(folder, DepthAnythingForDepthEstimation, config, "DPTImageProcessorPil", 14)


def dpt(folder: Path) -> Path:
    """DPT, of the family of MiDaS: says how near things are."""
    from transformers import DPTConfig, DPTForDepthEstimation

    config = DPTConfig(
        hidden_size=8,
        intermediate_size=8,
        num_hidden_layers=4,
        num_attention_heads=2,
        image_size=SIDE - SIDE % 16,
        patch_size=16,
        backbone_out_indices=[0, 1, 2, 3],
        is_hybrid=False,
        initializer_range=0.5,  # at 0.02 the picture hardly shows through
        **_NECK,
    )
    return _saved(folder, DPTForDepthEstimation, config, "DPTImageProcessorPil", 16)


def zoe_depth(folder: Path) -> Path:
    """ZoeDepth: says how far things are, and is shown a picture with mirrored edges around it."""
    from transformers import BeitConfig, ZoeDepthConfig, ZoeDepthForDepthEstimation

    eyes = BeitConfig(
        hidden_size=8,
        intermediate_size=8,
        num_hidden_layers=4,
        num_attention_heads=2,
        image_size=64,
        patch_size=16,
        out_features=["stage1", "stage2", "stage3", "stage4"],
        reshape_hidden_states=False,
        use_relative_position_bias=True,
        initializer_range=0.5,
    )
    config = ZoeDepthConfig(
        backbone_config=eyes,
        bottleneck_features=8,
        num_relative_features=4,
        bin_embedding_dim=8,
        num_attractors=[4, 2, 2, 1],
        backbone_hidden_size=8,
        initializer_range=0.5,
        bin_configurations=[{"n_bins": 4, "min_depth": 0.001, "max_depth": 10.0, "name": "nyu"}],
        **_NECK,
    )
    return _saved(folder, ZoeDepthForDepthEstimation, config, "ZoeDepthImageProcessorPil", 32)


def glpn(folder: Path) -> Path:
    """GLPN: a pyramid of attention; says how far things are, of pictures whose sides are multiples of 32."""
    from transformers import GLPNConfig, GLPNForDepthEstimation, GLPNImageProcessorPil

    config = GLPNConfig(
        hidden_sizes=[8, 8, 8, 8],
        depths=[1, 1, 1, 1],
        num_attention_heads=[1, 1, 2, 2],
        mlp_ratios=[2, 2, 2, 2],
        decoder_hidden_size=8,
        initializer_range=0.5,
    )
    made = _saved(folder, GLPNForDepthEstimation, config, "DPTImageProcessorPil", 32)
    GLPNImageProcessorPil(size_divisor=32).save_pretrained(folder)
    return made


def _saved(folder: Path, family: Any, config: Any, pixels: str, multiple: int) -> Path:
    import torch
    import transformers

    torch.manual_seed(8)
    model = family(config)
    with torch.no_grad():  # some heads begin so small that all answers are alike
        for value in model.head.parameters() if hasattr(model, "head") else ():
            value.add_(torch.rand(value.shape))
    model.save_pretrained(folder)
    side = SIDE - SIDE % multiple or multiple
    getattr(transformers, pixels)(
        size={"height": side, "width": side}, ensure_multiple_of=multiple, keep_aspect_ratio=False
    ).save_pretrained(folder)
    return folder
