"""Which diffusers folders may be loaded, told from their files before anything is. Free of torch.

A folder is taken only if its pipeline and every component are classes on the lists here, its weights are safetensors,
and it holds no code. Pickled weights can run code as they are opened, so they never are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

from generators.image import bases
from generators.lab.weights import PICKLED, Unfit, read_json, refuse_pickles, tensors

# Pipelines that draw from a prompt and report every step, and how each takes its guidance.
PIPELINES: dict[str, str] = {
    "StableDiffusionPipeline": "guidance",
    "StableDiffusionXLPipeline": "guidance",
    "StableDiffusion3Pipeline": "guidance",
    "LatentConsistencyModelPipeline": "guidance",
    "FluxPipeline": "distilled",  # guidance is an input of the network; a negative prompt needs true guidance too
    "ChromaPipeline": "guidance",
    "QwenImagePipeline": "true",  # `true_cfg_scale` is the guidance
    "ZImagePipeline": "guidance",
    "SanaPipeline": "guidance",
    "Lumina2Pipeline": "guidance",
    "AuraFlowPipeline": "guidance",
    "CogView4Pipeline": "guidance",
}
# Pipelines that change a picture as an instruction says ("make the car red"); they draw nothing from words alone.
EDITORS: dict[str, str] = {
    "StableDiffusionInstructPix2PixPipeline": "guidance",
    "StableDiffusionXLInstructPix2PixPipeline": "guidance",
    "FluxKontextPipeline": "distilled",
    "QwenImageEditPipeline": "true",
    "QwenImageEditPlusPipeline": "true",
}
_DIFFUSERS = frozenset(
    """AutoencoderKL AutoencoderTiny AutoencoderDC AutoencoderKLQwenImage UNet2DConditionModel SD3Transformer2DModel
    FluxTransformer2DModel ChromaTransformer2DModel QwenImageTransformer2DModel ZImageTransformer2DModel
    SanaTransformer2DModel Lumina2Transformer2DModel AuraFlowTransformer2DModel CogView4Transformer2DModel""".split()  # noqa: SIM905
)
_TRANSFORMERS = frozenset(
    """CLIPTextModel CLIPTextModelWithProjection CLIPTokenizer CLIPTokenizerFast CLIPImageProcessor
    CLIPFeatureExtractor CLIPVisionModelWithProjection T5EncoderModel T5Tokenizer T5TokenizerFast UMT5EncoderModel
    LlamaTokenizer LlamaTokenizerFast Gemma2Model GemmaTokenizer GemmaTokenizerFast GlmModel
    PreTrainedTokenizerFast TokenizersBackend Qwen2Tokenizer Qwen2TokenizerFast Qwen2_5_VLForConditionalGeneration Qwen2VLProcessor
    Qwen3ForCausalLM Qwen3Model""".split()  # noqa: SIM905
)
SKIPPED = (
    "safety_checker",
    "image_encoder",
)  # never loaded: the studio screens itself; no picture prompts here


@dataclass(frozen=True)
class Folder:
    """What a diffusers folder says of itself.

    pipeline: its class. components: name → (library, class) of those that will be loaded.
    variant: "fp16" where only such files are there, else None. native: pixels a side it was made for. base: what
    add-ons for it are made for (see bases).
    """

    path: Path
    pipeline: str
    components: dict[str, tuple[str, str]]
    variant: str | None
    native: int
    base: str


def read(path: Path) -> Folder:
    """Check a folder and say what it is. Raises Unfit, with what is wrong in words, where it may not be loaded."""
    index = path / "model_index.json"
    if not index.is_file():
        raise _refused(path, "it has no model_index.json, so it is not a diffusers folder")
    about = read_json(index)
    pipeline = str(about.get("_class_name", ""))
    if pipeline not in PIPELINES | EDITORS:
        known = ", ".join(sorted(name.removesuffix("Pipeline") for name in PIPELINES | EDITORS))
        raise _refused(path, f"its kind, {pipeline or 'unnamed'}, is not one of those that we load: {known}")
    code = sorted(path.rglob("*.py"))
    if code:
        raise _refused(path, f"it holds code ({code[0].relative_to(path)}), which we never run")
    components = dict(_components(path, about))
    for name, (library, kind) in components.items():
        allowed = _DIFFUSERS if library == "diffusers" else _TRANSFORMERS if library == "transformers" else ()
        if kind not in allowed and not (library == "diffusers" and kind.endswith("Scheduler")):
            raise _refused(
                path, f"its {name} is of the class {library}.{kind}, which is not one of those that we load"
            )
    weights = [file for name in components for file in _weights(path, name)]
    if not weights:
        raise _refused(path, "there are no safetensors files in it")
    variants = {"fp16" if ".fp16." in file.name else None for file in weights}
    variant = "fp16" if variants == {"fp16"} else None
    return Folder(path, pipeline, components, variant, _native_size(path, components), _base(path, pipeline))


def _components(path: Path, about: dict[str, Any]) -> Iterator[tuple[str, tuple[str, str]]]:
    for name, value in about.items():
        if name.startswith("_") or name in SKIPPED or not isinstance(value, list) or len(value) != 2:
            continue
        library, kind = value
        if library is None or kind is None:
            continue
        config = path / name / "config.json"
        if config.is_file() and "auto_map" in read_json(config):
            raise _refused(path, f"its {name} asks for code of its own, which we never run")
        yield name, (str(library), str(kind))


def _weights(path: Path, name: str) -> list[Path]:
    """The safetensors of a component; none for schedulers and tokenizers."""
    folder = path / name
    files = sorted(folder.glob("*.safetensors"))
    if not files and any(file.suffix in PICKLED for file in folder.glob("*")):
        refuse_pickles(sorted(file.name for file in folder.glob("*")))
    return files


def _base(path: Path, pipeline: str) -> str:
    config = path / "unet" / "config.json"
    width = read_json(config).get("cross_attention_dim") if config.is_file() else 0
    return bases.of_pipeline(pipeline, width if isinstance(width, int) else 0)


def _native_size(path: Path, components: dict[str, tuple[str, str]]) -> int:
    """Pixels a side: the denoiser's sample size times the codec's factor; 1024 where they do not say."""
    network = next((name for name in ("unet", "transformer") if name in components), None)
    if network is None or not (path / network / "config.json").is_file():
        return 1024
    sample = read_json(path / network / "config.json").get("sample_size")
    codec = path / "vae" / "config.json"
    blocks = read_json(codec).get("block_out_channels", []) if codec.is_file() else []
    if not isinstance(sample, int) or not blocks:
        return 1024
    return int(sample * 2 ** (len(blocks) - 1))


def numbers(folder: Folder) -> dict[str, int]:
    """How many numbers each component that will be loaded holds, from the headers of its files."""
    found: dict[str, int] = {}
    for name in folder.components:
        files = _weights(folder.path, name)
        chosen = [file for file in files if (".fp16." in file.name) == (folder.variant == "fp16")]
        count = sum(prod(tensor["shape"]) for file in chosen for tensor in tensors(file).values())
        if count:
            found[name] = count
    return found


def _refused(path: Path, why: str) -> Unfit:
    return Unfit(f"{path.name} cannot be loaded: {why}.")
