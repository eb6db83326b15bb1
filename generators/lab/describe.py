"""What a folder or file that somebody adds is: format, task, size, memory, context; or why it cannot be used."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from generators.image import captioner, controlnets, depth, lora, reference
from generators.image.memory import held
from generators.lab.gguf import gguf_metadata
from generators.lab.trust import ADAPTER, refuse_code
from generators.lab.weights import Unfit, bytes_of, memory_of, model_files, read_json, refuse_pickles

WORKING_BYTES = 256 * 2**20
CONTEXT_LIMIT = 32_768  # tokens: a larger window is offered only as far as its memory is fair to ask for


def describe(path: Path) -> dict[str, Any]:
    """The card's fields of a model: format, task, architecture, context, bytes, memory_bytes. Unfit with the reason.

    Reads names and headers only; neither torch nor transformers is imported.
    """
    if path.is_file():
        return _lora(path) if path.suffix.lower() == ".safetensors" else _gguf(path)
    if not path.is_dir():
        raise Unfit(f"There is no file or folder {path}.")
    if (path / "model_index.json").is_file():
        refuse_code(path)
        return _diffusers(path)
    if (path / "config.json").is_file():
        refuse_code(path)
        config = read_json(path / "config.json")
        if config.get("_class_name"):
            return controlnets.describe(path)
        if (config.get("architectures") or [""])[0] in depth.CLASSES:
            return depth.describe(path)
        return _language_model(path)
    if (path / ADAPTER).is_file():
        return _lora(lora.file_of(path))
    if reference.is_adapter(path):
        refuse_code(path)
        return reference.describe(path)
    refuse_pickles([file.name for file in model_files(path)])
    raise Unfit(
        "The folder has neither a model_index.json (an image pipeline), nor a config.json (a language model, a"
        " depth estimator or a ControlNet), nor an adapter_config.json (a LoRA), nor an image_encoder (an IP-Adapter)."
    )


def _lora(file: Path) -> dict[str, Any]:
    if not lora.is_lora(file):
        raise Unfit(
            f"{file.name} is no LoRA. Of other models in safetensors, give the whole folder: a diffusers pipeline, a"
            " language model, a ControlNet, an IP-Adapter."
        )
    return lora.describe(file)


def _diffusers(path: Path) -> dict[str, Any]:
    from generators.image.folders import EDITORS, numbers, read

    folder = read(path)
    parts = numbers(folder)
    return {
        "format": "diffusers",
        "task": "image-to-image" if folder.pipeline in EDITORS else "text-to-image",
        "architecture": "diffusion",
        "bytes": bytes_of(path),
        "memory_bytes": held(parts, cuda=False) + 4 * WORKING_BYTES,
        "meta": {"pipeline": folder.pipeline, "native": folder.native, "base": folder.base, "numbers": parts},
    }


def _language_model(path: Path) -> dict[str, Any]:
    config = read_json(path / "config.json")
    names = [file.name for file in path.iterdir() if file.is_file()]
    refuse_pickles(names)
    if not {"tokenizer.json", "tokenizer.model", "vocab.json"} & set(names):
        raise Unfit("The folder has no tokenizer, so its words cannot be read.")
    known = [str(name) for name in config.get("architectures") or []]
    if not known:
        raise Unfit("config.json does not say what architecture the model has.")
    captions = known[0] in captioner.CLASSES
    inner = config.get("text_config")
    text = inner if isinstance(inner, dict) else config
    context = int(text.get("max_position_embeddings") or text.get("n_positions") or 0)
    return {
        "format": "transformers",
        "task": "image-to-text" if captions else "text-generation",
        "architecture": "transformer",
        "bytes": bytes_of(path),
        "memory_bytes": int(memory_of(path) * 1.1) + WORKING_BYTES,
        "context": 0 if captions else min(context, CONTEXT_LIMIT),
        "meta": {"class": known[0]},
    }


def require_known_class(card: dict[str, Any]) -> None:
    """Unfit unless transformers itself has the causal language model that the folder names. Imports transformers."""
    if card["format"] != "transformers" or card["task"] != "text-generation":
        return
    from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES

    known: set[str] = set()
    for names in MODEL_FOR_CAUSAL_LM_MAPPING_NAMES.values():
        known.update([names] if isinstance(names, str) else names)
    if card["meta"]["class"] not in known:
        raise Unfit(f"{card['meta']['class']} is not a language model that we know how to run.")


def _gguf(path: Path) -> dict[str, Any]:
    if path.suffix.lower() != ".gguf":
        refuse_pickles([path.name])
        raise Unfit(
            "A single file must be GGUF, or a LoRA in safetensors; of other models, give the whole folder."
        )
    said = gguf_metadata(path)
    kind = str(said.get("general.architecture", ""))
    if not kind or "tokenizer.ggml.model" not in said:
        raise Unfit("This GGUF file is not a language model.")
    context = min(int(said.get(f"{kind}.context_length", 0)) or 2048, CONTEXT_LIMIT)
    heads = int(said.get(f"{kind}.attention.head_count", 1)) or 1
    kept = int(said.get(f"{kind}.attention.head_count_kv", heads))
    width = int(said.get(f"{kind}.embedding_length", 0)) // heads * kept
    cache = context * width * int(said.get(f"{kind}.block_count", 0)) * 4  # keys and values as half floats
    size = path.stat().st_size
    return {
        "format": "gguf",
        "task": "text-generation",
        "architecture": "transformer",
        "bytes": size,
        "memory_bytes": size + cache + WORKING_BYTES // 2,
        "context": context,
        "meta": {"class": kind},
    }
