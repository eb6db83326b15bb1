"""A picture as a part of the prompt, through an IP-Adapter (Ye et al. 2023), on the models that have one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from generators.context import ModelFiles
from generators.events import ToolError
from generators.image import bases
from generators.image.controlnets import denoiser
from generators.lab.weights import Unfit, bytes_of, memory_of, read_json, tensors

if TYPE_CHECKING:
    from PIL.Image import Image

    from generators.image.pipelines import Drawer

T = TypeVar("T")
PIPELINES = ("StableDiffusionPipeline", "StableDiffusionXLPipeline", "FluxPipeline")
ENCODER = "image_encoder"
_GROUPS = {
    "image_proj": "image_proj",
    "ip_adapter": "ip_adapter",
    "ip_adapter_proj_model": "image_proj",  # FLUX's, as XLabs names them
    "double_blocks": "ip_adapter",
}
_RENAMED = (
    ("processor.ip_adapter_double_stream_k_proj", "to_k_ip"),
    ("processor.ip_adapter_double_stream_v_proj", "to_v_ip"),
)


def is_adapter(folder: Path) -> bool:
    """Whether a folder looks like an IP-Adapter with its image encoder."""
    return (folder / ENCODER / "config.json").is_file() and not (folder / "model_index.json").is_file()


def weights_of(folder: Path) -> Path:
    """The adapter's own file. Unfit unless there is exactly one safetensors file beside the image encoder."""
    files = sorted(folder.glob("*.safetensors"))
    if len(files) != 1:
        raise Unfit(
            f"{folder.name} must hold one safetensors file of an IP-Adapter beside the folder {ENCODER};"
            f" it holds {len(files)}."
        )
    return files[0]


def describe(folder: Path) -> dict[str, Any]:
    """The card's fields of an IP-Adapter's folder. Unfit, with the reason, where it may not be loaded."""
    header = tensors(weights_of(folder))
    found = grouped(header)
    keys = [name for name in found["ip_adapter"] if name.endswith("to_k_ip.weight")]
    if not keys or not found["image_proj"]:
        raise Unfit(f"{folder.name} is no IP-Adapter: its file has no image_proj and ip_adapter tensors.")
    if any("to_k_lora" in name for name in header):
        raise Unfit(
            f"{folder.name} is an IP-Adapter for faces with a LoRA inside, which cannot be used here."
        )
    encoder = read_json(folder / ENCODER / "config.json")
    kinds = encoder.get("architectures") or []
    if kinds != ["CLIPVisionModelWithProjection"] or not list((folder / ENCODER).glob("*.safetensors")):
        raise Unfit(f"Its {ENCODER} must be a CLIPVisionModelWithProjection in safetensors; it is {kinds}.")
    return {
        "format": "diffusers",
        "task": "reference",
        "architecture": "IP-Adapter",
        "bytes": bytes_of(folder),
        "memory_bytes": int(memory_of(folder) * 1.1),
        "meta": {"base": _base(header, int(found["ip_adapter"][keys[0]]["shape"][-1]))},
    }


def grouped(values: Mapping[str, T]) -> dict[str, dict[str, T]]:
    """Tensors (or what a header says of them) by the two parts and the names that diffusers knows."""
    found: dict[str, dict[str, T]] = {"image_proj": {}, "ip_adapter": {}}
    for name, value in values.items():
        group, _, rest = name.partition(".")
        for old, new in _RENAMED:
            rest = rest.replace(old, new)
        if group in _GROUPS:
            found[_GROUPS[group]][rest] = value
    return found


def _base(header: Mapping[str, Any], width: int) -> str:
    """What an adapter was made for, by its names, else by the width of what it attends to."""
    return (
        "flux" if any(name.startswith("double_blocks.") for name in header) else bases.BY_WIDTH.get(width, "")
    )


@contextmanager
def shown(
    drawer: Drawer, files: ModelFiles | None, picture: Image, weight: float
) -> Iterator[dict[str, Any]]:
    """While inside, the drawer's pipeline takes a picture besides words; gives what it is told for that.

    ToolError where the model cannot, or no adapter is there. Afterwards the pipeline is as it was.
    """
    pipeline = drawer.pipeline
    if drawer.pocket or type(pipeline).__name__ not in PIPELINES:
        raise ToolError(
            "This model cannot take a reference picture. Stable Diffusion 1, SDXL and FLUX can, with an IP-Adapter.",
            kind="model",
        )
    if files is None:
        raise ToolError(
            "No IP-Adapter for this model is installed. Add one on the Models page, or take the reference picture out.",
            kind="model",
        )
    network = denoiser(pipeline)
    before = {name: getattr(pipeline, name) for name in (ENCODER, "feature_extractor")}
    processors, projection = dict(network.attn_processors), getattr(network, "encoder_hid_proj", None)
    kind = network.config.get("encoder_hid_dim_type")
    try:
        _put_in(pipeline, files)
        pipeline.set_ip_adapter_scale(weight)
        yield {"ip_adapter_image": picture}
    finally:
        pipeline.register_modules(**before)
        network.encoder_hid_proj = projection
        network.config.encoder_hid_dim_type = kind
        network.set_attn_processor(processors)


def _put_in(pipeline: Any, files: ModelFiles) -> None:
    from safetensors.torch import load_file
    from transformers import CLIPImageProcessor, CLIPVisionModelWithProjection

    states = grouped(load_file(weights_of(files.path)))
    width = int(
        next(value for name, value in states["ip_adapter"].items() if name.endswith("to_k_ip.weight")).shape[
            -1
        ]
    )
    network = denoiser(pipeline)
    wanted = network.config.get("cross_attention_dim") or network.config.joint_attention_dim
    if width != wanted:
        raise ToolError(f"{files.name} does not fit this model: it was made for another base.", kind="model")
    encoder = CLIPVisionModelWithProjection.from_pretrained(
        files.path / ENCODER, dtype=network.dtype, use_safetensors=True, local_files_only=True
    ).to(pipeline._execution_device)
    side = encoder.config.image_size
    pipeline.register_modules(
        image_encoder=encoder, feature_extractor=CLIPImageProcessor(size=side, crop_size=side)
    )
    named = (
        "image_encoder_folder" if hasattr(pipeline, "unet") else "image_encoder_pretrained_model_name_or_path"
    )
    pipeline.load_ip_adapter(states, subfolder="", weight_name="", **{named: None})
