"""Text-to-image by diffusion on linear patch codes, from patches to a diffusers pipeline.

A picture of 64×64 pixels is cut into patches of 4×4; each patch's 48 numbers are written in the 24 directions in
which the training pictures vary most (PCA). The codec has nothing to train and cannot blur what it keeps (34 dB).
A small U-Net learns to say the clean code from a noisy one and a caption: x_t = (1 - t)·x + t·noise, answer x,
timestep 1000·t (rectified flow with x-prediction). Diffusers' own pipelines and solvers then draw from it.
"""

from __future__ import annotations

import json
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import torch
from diffusers import ConfigMixin, DPMSolverMultistepScheduler, ModelMixin, UNet2DConditionModel
from diffusers.configuration_utils import register_to_config
from diffusers.models.attention_processor import Attention
from diffusers.models.autoencoders.vae import DecoderOutput, DiagonalGaussianDistribution
from diffusers.models.modeling_outputs import AutoencoderKLOutput
from torch import Tensor, nn
from torch.nn import functional as F

from generators.architectures.config import ObjectiveConfig, PatchDiffusionConfig
from generators.architectures.precision import in_bf16
from generators.architectures.reader import CaptionReader
from generators.architectures.smoothing import smoothed
from generators.training.recipe import Recipe

# The sampler: second-order DPM-Solver++ on the straight path that the model was trained on.
SCHEDULER: dict[str, Any] = {
    "prediction_type": "sample",
    "use_flow_sigmas": True,
    "flow_shift": 1.0,
    "algorithm_type": "dpmsolver++",
    "solver_order": 2,
    "steps_offset": 1,  # changes nothing with flow sigmas, but pipelines complain about 0
}


class PatchCodec(ModelMixin, ConfigMixin):  # type: ignore[misc]
    """A fixed linear code of patches, in the place where diffusers' pipelines expect a VAE.

    Parameters, none of them trained: `mean` (patch·patch·3), `basis` (patch·patch·3, components), `scale`
    (components). Pixels are -1 to 1; a patch is laid out row, column, channel. smoothing: how far colours may be that
    are made even when a picture is decoded; codes that a network has learnt to say are never quite those of a picture.
    """

    @register_to_config  # type: ignore[untyped-decorator]
    def __init__(
        self,
        latent_channels: int = 24,
        patch: int = 4,
        block_out_channels: tuple[int, ...] = (
            1,
            1,
            1,
        ),  # 2 ** (3 - 1) = 4: how pipelines read the patch size
        scaling_factor: float = 1.0,
        force_upcast: bool = False,
        smoothing: float = 0.0,
    ) -> None:
        super().__init__()
        size = patch * patch * 3
        self.mean = nn.Parameter(torch.zeros(size), requires_grad=False)
        self.basis = nn.Parameter(torch.eye(size)[:, :latent_channels].contiguous(), requires_grad=False)
        self.scale = nn.Parameter(torch.ones(latent_channels), requires_grad=False)

    def to_codes(self, pixels: Tensor) -> Tensor:
        """(batch, 3, height, width) in -1 to 1 → (batch, components, height/patch, width/patch)."""
        p = self.config.patch
        patches = F.pixel_unshuffle(pixels, p)  # channel-major: (batch, 3·p·p, h, w)
        b, _, h, w = patches.shape
        patches = patches.view(b, 3, p * p, h, w).permute(0, 3, 4, 2, 1).reshape(b, h, w, p * p * 3)
        codes = (patches - self.mean) @ (self.basis / self.scale)
        return codes.permute(0, 3, 1, 2)

    def to_pixels(self, codes: Tensor) -> Tensor:
        """The inverse of `to_codes`, up to the directions that were left out."""
        p = self.config.patch
        patches = codes.permute(0, 2, 3, 1) @ (self.basis * self.scale).T + self.mean
        b, h, w, _ = patches.shape
        patches = patches.view(b, h, w, p * p, 3).permute(0, 4, 3, 1, 2).reshape(b, 3 * p * p, h, w)
        return F.pixel_shuffle(patches, p)

    def encode(self, x: Tensor, return_dict: bool = True) -> Any:
        """As a VAE's: a distribution of (almost) no width around the codes."""
        codes = self.to_codes(x)
        spread = DiagonalGaussianDistribution(torch.cat([codes, torch.full_like(codes, -30.0)], dim=1))
        return AutoencoderKLOutput(latent_dist=spread) if return_dict else (spread,)

    def decode(self, z: Tensor, return_dict: bool = True, generator: Any = None) -> Any:
        """As a VAE's: pixels of codes, smoothed."""
        pixels = smoothed(self.to_pixels(z), self.config.smoothing)
        return DecoderOutput(sample=pixels) if return_dict else (pixels,)

    @classmethod
    def fitted(
        cls, pictures: Tensor, components: int, patch: int = 4, *, smoothing: float = 0.0
    ) -> PatchCodec:
        """The codec whose basis is the PCA of these pictures (n, 3, height, width), in -1 to 1.

        Each direction is divided by the fourth root of its variance: half-way whitening keeps large shapes louder
        than texture, so that the noise hides texture first. All is then scaled to unit variance together.
        """
        codec: PatchCodec = cls(latent_channels=components, patch=patch, smoothing=smoothing)
        size = patch * patch * 3
        full = cls(latent_channels=size, patch=patch).to_codes(pictures).permute(0, 2, 3, 1).reshape(-1, size)
        mean = full.mean(0)
        values, vectors = torch.linalg.eigh(torch.cov((full - mean).T))
        values, vectors = values.flip(0)[:components], vectors.flip(1)[:, :components]
        scale = values.clamp_min(float(values[0]) * 1e-5) ** 0.25
        scale = scale * (((full - mean) @ vectors) / scale).std()
        with torch.no_grad():
            codec.mean.copy_(mean)
            codec.basis.copy_(vectors)
            codec.scale.copy_(scale)
        return codec


def build_unet(config: PatchDiffusionConfig) -> Any:
    """An untrained U-Net; channels-last, which is a few per cent faster on a CPU."""
    unet = UNet2DConditionModel(**config.unet())
    for part in unet.modules() if config.qk_norm else ():
        if isinstance(part, Attention):
            size = part.inner_dim // part.heads
            part.norm_q, part.norm_k = nn.RMSNorm(size), nn.RMSNorm(size)
    return unet.to(memory_format=torch.channels_last)


class ReadingDenoiser(nn.Module):
    """What is trained: the U-Net, and the reader of its captions where the recipe asks for one.

    head: of feature alignment, if that is trained with; not published.
    """

    def __init__(self, unet: Any, reader: CaptionReader | None, head: nn.Module | None = None) -> None:
        super().__init__()
        self.unet, self.reader, self.head = unet, reader, head

    def forward(self, noisy: Tensor, timestep: Tensor, states: Tensor) -> Tensor:
        """Clean codes, as noisy ones and a caption's token states let them be guessed."""
        read = states if self.reader is None else self.reader(states)
        return self.unet(noisy, timestep, encoder_hidden_states=read).sample  # type: ignore[no-any-return]


def build(config: PatchDiffusionConfig) -> ReadingDenoiser:
    """Both, untrained."""
    reader = None
    if config.reader:
        reader = CaptionReader(
            size=config.text_size,
            tokens=config.text_tokens,
            heads=config.text_heads,
            layers=config.reader,
            wide=config.reader_wide,
        )
    return ReadingDenoiser(build_unet(config), reader)


def save_model(folder: Path, network: ReadingDenoiser, codec: PatchCodec) -> None:
    """Write a published model: U-Net and reader in fp16, codec in fp32 (5 KB), sampler; safetensors only."""
    for name, part in (("unet", network.unet), ("reader", network.reader), ("codec", codec)):
        if part is not None:
            plain = {name: value for name, value in part.config.items() if name != "_name_or_path"}
            saved = type(part).from_config(plain)  # without the folder that it was read from
            saved.load_state_dict(part.state_dict())
            saved = saved if part is codec else saved.half()
            saved.save_pretrained(folder / name, safe_serialization=True)
    DPMSolverMultistepScheduler(**SCHEDULER).save_pretrained(folder / "scheduler")


def load_unet(folder: Path, dtype: torch.dtype = torch.float32) -> Any:
    """The U-Net of a published model."""
    return UNet2DConditionModel.from_pretrained(
        folder / "unet", torch_dtype=dtype, use_safetensors=True, local_files_only=True
    )


def load_reader(folder: Path) -> CaptionReader | None:
    """The reader of a published model, if it has one."""
    if not (folder / "reader").is_dir():
        return None
    reader: CaptionReader = CaptionReader.from_pretrained(
        folder / "reader", torch_dtype=torch.float32, use_safetensors=True, local_files_only=True
    )
    reader.eval()
    return reader


def load_codec(folder: Path) -> PatchCodec:
    """The codec of a published model."""
    codec: PatchCodec = PatchCodec.from_pretrained(
        folder / "codec", use_safetensors=True, local_files_only=True
    )
    return codec


def load_components(folder: Path) -> dict[str, Any]:
    """What diffusers' Stable Diffusion pipelines (text to image, image to image, inpainting) are built from.

    `StableDiffusionPipeline(**load_components(folder))` draws; the other two take the same parts.
    """
    settings = json.loads((folder / "scheduler" / "scheduler_config.json").read_text(encoding="utf-8"))
    unet = load_unet(folder).to(memory_format=torch.channels_last)
    return components(ReadingDenoiser(unet, load_reader(folder)), load_codec(folder), settings)


def components(network: ReadingDenoiser, codec: PatchCodec, sampler: dict[str, Any]) -> dict[str, Any]:
    """The same of a network that lies in memory."""
    from generators.architectures.sentence import load_encoder

    encoder, tokenizer = load_encoder()
    encoder.reader = network.reader
    return {
        "vae": codec.eval(),
        "unet": network.unet.eval(),
        "text_encoder": encoder,
        "tokenizer": tokenizer,
        "scheduler": DPMSolverMultistepScheduler.from_config(sampler),
        "safety_checker": None,
        "feature_extractor": None,
        "requires_safety_checker": False,
    }


class PatchDiffusion:
    """The objective: say the clean code from a noisy one. See `generators.training.loop.Objective`."""

    def __init__(
        self,
        network: ReadingDenoiser,
        codec: PatchCodec,
        train: Any,
        validation: Any,
        settings: dict[str, Any],
        device: torch.device | str = "cpu",
    ) -> None:
        self.device = torch.device(device)
        self.codec = codec.to(self.device)
        self.train, self.validation = train, validation
        self.settings = ObjectiveConfig(**settings)
        self.aligned: Any = None
        if self.settings.align:
            from generators.architectures import alignment
            from generators.metrics import efficientnet

            self.aligned = alignment.Aligned(efficientnet.load().to(self.device))
            network.head = alignment.Head(network.unet.config.block_out_channels[-1])
        self.network = network.to(self.device)

    def loss(self, network: nn.Module, batch: int, rng: torch.Generator, done: float = 1.0) -> Tensor:
        """Mean of weight(t)·(answer - x)² over `batch` scenes. The same `rng`, of the objective's device, draws the same
        scenes, captions and noise whatever the settings are, so that runs of different ones can be compared; only
        `easy_first` shows others while less than that share of the run is done."""
        chance = torch.rand(batch, generator=rng, device=self.device)
        easy = self.train.easy if done < self.settings.easy_first else None
        count = len(self.train) if easy is None else len(easy)
        picks = (chance.double() * count).long()
        codes, states = self._read(self.train, picks if easy is None else easy[picks])
        dropped = torch.rand(batch, generator=rng, device=self.device) < self.settings.drop_caption
        states = torch.where(dropped[:, None, None], self.train.empty.to(states), states)
        noise = torch.randn(codes.shape, generator=rng, device=self.device)
        t = self._times(torch.randn(batch, generator=rng, device=self.device))
        with self.aligned.watch(network.unet) if self.aligned else nullcontext():
            error = (self._answer(network, codes, noise, t, states) - codes) ** 2
        loss = (error.mean((1, 2, 3)) * self._weights(t)).mean()
        if self.aligned:
            loss += self.settings.align * self.aligned.unlike(network.head, self.codec.to_pixels(codes))
        return loss

    def _times(self, chance: Tensor) -> Tensor:
        """Times from normally distributed numbers."""
        if self.settings.times == "uniform":
            return torch.special.ndtr(chance)  # type: ignore[no-any-return]
        return torch.sigmoid(chance * self.settings.time_spread + self.settings.time_mean)

    def _weights(self, t: Tensor) -> Tensor:
        """What an error at these times counts."""
        if self.settings.weight == "even":
            return torch.ones_like(t)
        if self.settings.weight == "min-snr":
            return (((1 - t) / t) ** 2).clamp_max(self.settings.snr_limit)
        return 1 / (t**2 + self.settings.weight_floor)

    @torch.no_grad()
    def validate(self, network: nn.Module) -> dict[str, float]:
        """Mean squared error of codes and of pixels (-1 to 1), times spread evenly, noise always the same."""
        rng = torch.Generator().manual_seed(5)
        count = len(self.validation)
        times = torch.linspace(0.02, 0.98, count)[torch.randperm(count, generator=rng)]
        code_error = pixel_error = 0.0
        for start in range(0, count, 64):
            codes, states = self._read(self.validation, torch.arange(start, min(start + 64, count)))
            noise = torch.randn(codes.shape, generator=rng).to(self.device)
            some = times[start : start + len(codes)].to(self.device)
            with in_bf16(self.device):
                answer = self._answer(network, codes, noise, some, states)
            code_error += F.mse_loss(answer, codes).item() * len(codes) / count
            pixels = F.mse_loss(self.codec.to_pixels(answer), self.codec.to_pixels(codes))
            pixel_error += pixels.item() * len(codes) / count
        return {"validation_codes": code_error, "validation_pixels": pixel_error}

    def publish(self, network: nn.Module, folder: Path) -> None:
        """Writes nothing of a network with normalised queries, which no plain folder can hold."""
        assert isinstance(network, ReadingDenoiser)  # an average of what `build` made
        if not any("norm_q" in name for name in network.state_dict()):
            save_model(folder, network, self.codec)

    @staticmethod
    def _answer(network: nn.Module, codes: Tensor, noise: Tensor, t: Tensor, states: Tensor) -> Tensor:
        share = t.view(-1, 1, 1, 1)
        noisy = ((1 - share) * codes + share * noise).contiguous(memory_format=torch.channels_last)
        return network(noisy, t * 1000, states).float()  # type: ignore[no-any-return]

    @torch.no_grad()
    def _read(self, scenes: Any, picks: Tensor) -> tuple[Tensor, Tensor]:
        """(codes, token states) of these scenes."""
        pictures, states = scenes.take(picks)
        with in_bf16(self.device, wanted=False):  # codes are what is aimed at: bfloat16 would blur the target
            codes = self.codec.to_codes(as_pixels(pictures.to(self.device)))
        return codes, states.to(self.device).float()


def as_pixels(pictures: Tensor) -> Tensor:
    """Bytes (n, height, width, 3) → (n, 3, height, width) in -1 to 1."""
    return pictures.permute(0, 3, 1, 2).float() / 127.5 - 1


def objective(
    recipe: Recipe,
    data: Path,
    start: Path | None,
    *,
    train: Any = None,
    coded: Any = None,
    device: torch.device | str = "cpu",
) -> PatchDiffusion:
    """The objective of a recipe on a data folder (train/, validation/), from scratch or from published weights.

    train: scenes in the place of the folder's, such as a `Stream`. coded: those that the codec is fitted to, if others.
    """
    from generators.training.data.cache import Scenes

    config = PatchDiffusionConfig(**recipe.network)
    train = Scenes.open(data / "train") if train is None else train
    validation = Scenes.open(data / "validation")
    torch.manual_seed(recipe.seed)
    network = build(config)
    if start is None:
        fitting = train if coded is None else coded
        some, _ = fitting.take(torch.arange(min(4000, len(fitting))))
        codec = PatchCodec.fitted(
            as_pixels(some.cpu()), config.components, config.patch, smoothing=config.smoothing
        )
    else:
        network.unet.load_state_dict(load_unet(start).state_dict())
        known = load_reader(start)
        if network.reader is not None and known is not None:  # a new one begins as nothing
            network.reader.load_state_dict(known.state_dict())
        codec = load_codec(start)
    return PatchDiffusion(network, codec, train, validation, recipe.objective, device)
