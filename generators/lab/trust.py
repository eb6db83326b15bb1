"""What a model's small files must not say: nothing in them may bring code, or fetch anything, when it is loaded.

Loaders obey more keys than their documentation names (an attention implementation may be a repository on the hub, an
adapter names a base model to fetch), so the keys that do are refused by name, wherever they stand.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from generators.lab.weights import Unfit, read_json

CODE_KEYS = frozenset(
    {
        "auto_map",
        "custom_pipeline",
        "custom_pipelines",
        "custom_generate",
        "custom_tools",
        "_attn_implementation_internal",
    }
)
"""Keys that name code, whatever they say."""
FETCHING_KEYS = frozenset({"base_model_name_or_path", "pretrained_model_name_or_path"})
ATTENTION_KEYS = frozenset(
    {"attn_implementation", "_attn_implementation", "_attn_implementation_autoset", "experts_implementation"}
)
ADAPTER = "adapter_config.json"
DEEPEST = 40


def refuse_code(folder: Path) -> None:
    """Unfit where a JSON file of the folder asks for code or for anything from elsewhere, with the file and the key."""
    for file in sorted(folder.rglob("*.json")):
        if file.name == ADAPTER:
            raise Unfit(
                f"{file.name} asks for another model on top of which this one is laid. Give the whole model."
            )
        if not file.name.endswith("config.json") and file.name != "model_index.json":
            continue  # vocabularies and indexes: no loader looks for keys of its own in them
        for key, value in _pairs(read_json(file), 0):
            if key in CODE_KEYS or (key == "trust_remote_code" and value not in (False, None)):
                raise Unfit(f"{file.name} asks for code of its own ({key}), which we never run.")
            if key in FETCHING_KEYS or (key in ATTENTION_KEYS and _names_a_place(value)):
                raise Unfit(f"{file.name} asks for something from elsewhere ({key}), which is never fetched.")
            if isinstance(value, str) and "--" in value and "/" in value.partition("--")[0] and "." in value:
                raise Unfit(f"{file.name} names code on the hub ({key}), which we never run.")


def _names_a_place(value: Any) -> bool:
    values = value.values() if isinstance(value, dict) else [value]
    return any(isinstance(one, str) and ("/" in one or ":" in one) for one in values)


def _pairs(value: Any, depth: int) -> Iterator[tuple[str, Any]]:
    if depth > DEEPEST:
        raise Unfit("A file of the model is nested too deeply.")
    if isinstance(value, dict):
        for key, inner in value.items():
            yield str(key), inner
            yield from _pairs(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from _pairs(inner, depth + 1)
