"""InvokeAI: JSON under "invokeai_metadata" (3 and later), "sd-metadata" (2), or a command line under "Dream" (1)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from generators.image.metadata.said import Said, decimal, mapping, stem, text, whole

_MAPPED = frozenset(
    """positive_prompt negative_prompt seed steps cfg_scale guidance strength scheduler width height model loras
    app_version metadata_version generation_mode rand_device cfg_rescale_multiplier""".split()  # noqa: SIM905
)
_OLD = frozenset("prompt seed steps cfg_scale sampler width height strength type".split())  # noqa: SIM905
_SWITCH = re.compile(r"(?:^|\s)-([sSWHCAf])\s*([\w.]{1,30})")


def read(texts: Mapping[str, str]) -> Said | None:
    if "invokeai_metadata" in texts:
        found = mapping(texts["invokeai_metadata"])
        return _new(found) if found is not None else None
    if "sd-metadata" in texts:
        found = mapping(texts["sd-metadata"])
        return _old(found) if found is not None else None
    return _dream(texts["Dream"]) if "Dream" in texts else None


def _new(found: dict[str, Any]) -> Said:
    model = found.get("model")
    model = model if isinstance(model, dict) else {}
    said = Said(
        "InvokeAI",
        prompt=text(found.get("positive_prompt")),
        negative_prompt=text(found.get("negative_prompt")),
        seed=whole(found.get("seed")),
        steps=whole(found.get("steps")),
        guidance=decimal(found.get("cfg_scale", found.get("guidance"))),
        strength=decimal(found.get("strength")),
        sampler=text(found.get("scheduler")),
        width=whole(found.get("width")),
        height=whole(found.get("height")),
        model=stem(model.get("name") or model.get("model_name")),
        model_hash=text(model.get("hash")),
    )
    loras = found.get("loras")
    for lora in loras if isinstance(loras, list) else []:
        if not isinstance(lora, dict):
            continue
        about = lora.get("model") or lora.get("lora")
        name = (about.get("name") or about.get("model_name")) if isinstance(about, dict) else about
        weight = decimal(lora.get("weight"))
        if text(name):
            said.loras.append((stem(name), 1.0 if weight is None else weight))
    for name, value in found.items():
        if name not in _MAPPED:
            said.left(name, value)
    return said


def _old(found: dict[str, Any]) -> Said | None:
    image = found.get("image")
    if not isinstance(image, dict):
        return None
    prompt = image.get("prompt")
    if isinstance(prompt, list):
        prompt = " ".join(text(part.get("prompt")) for part in prompt if isinstance(part, dict))
    said = Said(
        "InvokeAI",
        seed=whole(image.get("seed")),
        steps=whole(image.get("steps")),
        guidance=decimal(image.get("cfg_scale")),
        strength=decimal(image.get("strength")),
        sampler=text(image.get("sampler")),
        width=whole(image.get("width")),
        height=whole(image.get("height")),
        model=stem(found.get("model_weights")),
        model_hash=text(found.get("model_hash")),
    )
    said.prompt, said.negative_prompt = _without_brackets(text(prompt))
    for name, value in image.items():
        if name not in _OLD:
            said.left(name, value)
    return said


def _dream(words: str) -> Said:
    """`"a prompt [what not]" -s50 -S42 -W512 -H512 -C7.5 -A k_lms`"""
    words = words.strip()
    quoted = re.match(r'"((?:\\.|[^\\"])*)"', words)
    prompt = quoted.group(1).replace('\\"', '"') if quoted else words.split(" -", 1)[0]
    rest = words[quoted.end() :] if quoted else words[len(prompt) :]
    told = dict(_SWITCH.findall(rest))
    said = Said(
        "InvokeAI",
        seed=whole(told.get("S")),
        steps=whole(told.get("s")),
        guidance=decimal(told.get("C")),
        strength=decimal(told.get("f")),
        sampler=told.get("A", ""),
        width=whole(told.get("W")),
        height=whole(told.get("H")),
    )
    said.prompt, said.negative_prompt = _without_brackets(prompt)
    return said


def _without_brackets(prompt: str) -> tuple[str, str]:
    """InvokeAI 1 and 2 wrote the negative prompt into the prompt, in square brackets."""
    negative = [part.strip() for part in re.findall(r"\[([^\[\]]*)\]", prompt)]
    return re.sub(r"\s{2,}", " ", re.sub(r"\[[^\[\]]*\]", "", prompt)).strip(), ", ".join(
        filter(None, negative)
    )
