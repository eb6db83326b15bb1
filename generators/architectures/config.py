"""What the families are made of, as plain numbers: free of torch, so that cards, forms and checks can read them."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class PatchDiffusionConfig(BaseModel):
    """A text-to-image model that denoises linear patch codes.

    image_size: pixels a side of the training pictures, divisible by `patch`. patch: pixels a side of a patch.
    components: how many numbers stand for a patch (1 to patch·patch·3). smoothing: of what is drawn (`smoothing.py`);
    from 0, none. channels: widths of the U-Net's stages.
    text_size: width of the text encoder's token states. text_tokens: how many tokens are read. reader: layers that
    read the caption once more (0: none), `reader_wide` their inner width. qk_norm: queries and keys of attention are
    normalised (Dehghani et al. 2023); such a network fits in no plain diffusers folder, so it can be compared only.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    image_size: int = Field(default=64, ge=8)
    patch: int = Field(default=4, ge=1)
    components: int = Field(default=24, ge=1)
    smoothing: float = Field(default=0.0, ge=0)
    channels: tuple[int, ...] = (64, 128, 256)
    heads: tuple[int, ...] = (2, 2, 4)
    layers: int = Field(default=1, ge=1)
    text_size: int = 384
    text_heads: int = 6
    text_tokens: int = Field(default=20, ge=2)
    norm_groups: int = 32
    reader: int = Field(default=0, ge=0)
    reader_wide: int = 512
    qk_norm: bool = False

    @property
    def latent_size(self) -> int:
        """Patches a side."""
        return self.image_size // self.patch

    def unet(self) -> dict[str, Any]:
        """Keyword arguments of diffusers' UNet2DConditionModel. The widest picture stage has no attention: there
        it costs most and the captions say nothing about single patches."""
        stages = len(self.channels)
        return {
            "sample_size": self.latent_size,
            "in_channels": self.components,
            "out_channels": self.components,
            "block_out_channels": list(self.channels),
            "layers_per_block": self.layers,
            "down_block_types": ["DownBlock2D"] + ["CrossAttnDownBlock2D"] * (stages - 1),
            "up_block_types": ["CrossAttnUpBlock2D"] * (stages - 1) + ["UpBlock2D"],
            "cross_attention_dim": self.text_size,
            "attention_head_dim": list(self.heads),
            "addition_embed_type": "text",
            "addition_embed_type_num_heads": self.text_heads,
            "norm_num_groups": self.norm_groups,
        }


class ObjectiveConfig(BaseModel):
    """What a patch diffusion model is trained on.

    times: of the noise, t from 0 (none) to 1: "logit-normal" with `time_mean` and `time_spread`, or "uniform".
    weight: what an error at t counts: "floor" 1 / (t² + `weight_floor`); "even" always the same; "min-snr"
    min(((1 - t) / t)², `snr_limit`), as in Hang et al. 2023. drop_caption: share of scenes trained without a caption. align:
    how much the likeness to a picture network's features counts beside that (`alignment.py`); 0 needs no such network.
    easy_first: share of the run in which only scenes of one thing on white are shown.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    times: Literal["logit-normal", "uniform"] = "logit-normal"
    time_mean: float = 0.2
    time_spread: float = Field(default=1.0, gt=0)
    weight: Literal["floor", "even", "min-snr"] = "floor"
    weight_floor: float = Field(default=0.03, ge=0)
    snr_limit: float = Field(default=5.0, gt=0)
    drop_caption: float = Field(default=0.1, ge=0, le=1)
    align: float = Field(default=0.0, ge=0)
    easy_first: float = Field(default=0.0, ge=0, le=1)
