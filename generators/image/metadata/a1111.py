"""AUTOMATIC1111's `parameters` text, which Forge, SD.Next and many sites write as well.

The prompt, a line "Negative prompt: …", and a last line of "Name: value" pairs with commas between them; a value that
holds a comma, a colon or a line break stands in double quotes as a JSON string. Both prompts may have several lines.
Format: wiki of stable-diffusion-webui, "Features: PNG info".
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from generators.image.metadata.said import Said, decimal, stem, whole
from generators.image.prompt_grammar import lora_words, without_words

KEY = "parameters"
ALONE = 20_000  # characters; what is longer and has no settings is no prompt
NEGATIVE = "Negative prompt:"
_NAME = re.compile(r"\s*([A-Za-z][\w \-/.+]{0,60}?):\s*")
_VALUE = re.compile(r'("(?:\\.|[^\\"])*"|[^,]*)(?:,|$)')
_JSON = json.JSONDecoder()
_SETTINGS = re.compile(r"^\s*Steps:\s*\d", re.MULTILINE)
_QUIET = frozenset({"Version", "Size"})


def read(texts: Mapping[str, str]) -> Said | None:
    words = texts.get(KEY) or texts.get("UserComment") or ""
    if 0 < len(texts.get(KEY, "").strip()) <= ALONE and not words.lstrip().startswith("{"):
        return parse(words)  # under that name a text without settings is a prompt all the same
    if not _SETTINGS.search(words) and NEGATIVE not in words:
        return None
    return parse(words)


def parse(words: str, source: str = "A1111") -> Said:
    """What such a text says. A text without settings is all prompt."""
    words = words.replace("\r\n", "\n").strip()
    said = Said(source)
    settings = ""
    hits = list(_SETTINGS.finditer(words))
    if hits:
        settings = words[hits[-1].start() :].replace("\n", " ")
        words = words[: hits[-1].start()]
    prompt, _, negative = words.partition(NEGATIVE)
    said.negative_prompt = negative.strip()
    said.prompt = _take_loras(prompt.strip(), said)
    for name, value in pairs(settings):
        _put(said, name, value)
    return said


def pairs(line: str) -> Iterator[tuple[str, str]]:
    """(name, value) of a line of settings. A value may be JSON, with commas in it (Civitai's resources)."""
    at = 0
    while at < len(line):
        hit = _NAME.match(line, at)
        if hit is None:
            at = line.find(",", at) + 1 or len(line)
            continue
        at = hit.end()
        if line[at : at + 1] in ("[", "{"):
            try:
                end = _JSON.raw_decode(line, at)[1]
                value, at = line[at:end], line.find(",", end) + 1 or len(line)
                yield hit[1].strip(), value
                continue
            except (ValueError, RecursionError):
                pass
        said = _VALUE.match(line, at)
        value, at = (said[1], said.end()) if said else ("", len(line))
        if value.startswith('"'):
            try:
                value = str(json.loads(value))
            except ValueError:
                value = value.strip('"')
        yield hit[1].strip(), value.strip()


def _put(said: Said, name: str, value: str) -> None:
    known = name.lower()
    if known == "steps":
        said.steps = whole(value)
    elif known == "sampler":
        said.sampler = value
    elif known == "schedule type" and value.lower() not in ("automatic", ""):
        said.sampler = f"{said.sampler} {value}".strip()
    elif known in ("cfg scale", "distilled cfg scale"):
        if said.guidance is None:
            said.guidance = decimal(value)
    elif known == "seed":
        said.seed = whole(value)
    elif known == "model":
        said.model = stem(value)
    elif known == "model hash":
        said.model_hash = value
    elif known == "denoising strength":
        said.strength = decimal(value)
    elif known == "civitai resources":
        _resources(said, value)
    if known == "size":
        across, _, down = value.partition("x")
        said.width, said.height = whole(across), whole(down)
    elif name not in _QUIET and known not in _MAPPED:
        said.left(name, value)


_MAPPED = frozenset(
    {
        "steps",
        "sampler",
        "schedule type",
        "cfg scale",
        "distilled cfg scale",
        "seed",
        "model",
        "model hash",
        "denoising strength",
        "size",
        "civitai resources",
    }
)


def _resources(said: Said, value: str) -> None:
    """Civitai names what it drew with in JSON: checkpoint and LoRAs."""
    try:
        found = json.loads(value)
    except (ValueError, RecursionError):
        found = None
        said.left("Civitai resources", value)
    for each in found if isinstance(found, list) else []:
        if not isinstance(each, dict):
            continue
        name, weight = stem(each.get("modelName")), decimal(each.get("weight"))
        if each.get("type") == "checkpoint" and name and not said.model:
            said.model = name
        elif each.get("type") in ("lora", "lycoris") and name:
            said.loras.append((name, 1.0 if weight is None else weight))
        else:
            said.left("Civitai resource", each)


def _take_loras(prompt: str, said: Said) -> str:
    """The prompt without its `<lora:name:weight>` words, which go into `loras`."""
    words = lora_words(prompt)
    said.loras += [(stem(word.name), word.weight) for word in words]
    return without_words(prompt, words)


def write(said: Said) -> str:
    """The text for a picture of ours, such that tools that read A1111's text read it back."""
    loras = "".join(f" <lora:{name}:{weight:g}>" for name, weight in said.loras)
    lines = [said.prompt + loras]
    if said.negative_prompt:
        lines.append(f"{NEGATIVE} {said.negative_prompt}")
    size = f"{said.width}x{said.height}" if said.width and said.height else None
    # A1111 reads a text as settings only where it has three pairs and more; Steps has to come first.
    told: list[tuple[str, object]] = [
        ("Steps", said.steps if said.steps is not None else 0),
        ("Sampler", said.sampler or "Default"),
        ("CFG scale", said.guidance),
        ("Seed", said.seed),
        ("Size", size),
        ("Model hash", said.model_hash or None),
        ("Model", said.model or None),
        ("Denoising strength", said.strength),
        *said.unmapped,
    ]
    lines.append(", ".join(f"{name}: {_quoted(value)}" for name, value in told if value is not None))
    return "\n".join(lines)


def _quoted(value: object) -> str:
    words = f"{value:g}" if isinstance(value, float) else str(value)
    return json.dumps(words, ensure_ascii=False) if re.search(r'[,:\n"]', words) else words
