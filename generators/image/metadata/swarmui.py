"""SwarmUI: JSON under the key "parameters" (PNG) or as the EXIF user comment, with an object "sui_image_params"."""

from __future__ import annotations

from collections.abc import Mapping

from generators.image.metadata.said import Said, decimal, mapping, stem, text, whole

_MAPPED = frozenset(
    """prompt negativeprompt seed steps cfgscale sampler scheduler width height model loras loraweights
    initimagecreativity swarm_version""".split()  # noqa: SIM905
)


def read(texts: Mapping[str, str]) -> Said | None:
    for key in ("parameters", "UserComment"):
        words = texts.get(key, "")
        if "sui_image_params" in words:
            found = (mapping(words) or {}).get("sui_image_params")
            if isinstance(found, dict):
                return _said(found)
    return None


def _said(found: dict[str, object]) -> Said:
    sampler = " ".join(word for word in (text(found.get("sampler")), text(found.get("scheduler"))) if word)
    said = Said(
        "SwarmUI",
        prompt=text(found.get("prompt")),
        negative_prompt=text(found.get("negativeprompt")),
        seed=whole(found.get("seed")),
        steps=whole(found.get("steps")),
        guidance=decimal(found.get("cfgscale")),
        strength=decimal(found.get("initimagecreativity")),
        sampler=sampler,
        width=whole(found.get("width")),
        height=whole(found.get("height")),
        model=stem(found.get("model")),
    )
    names, weights = _listed(found.get("loras")), _listed(found.get("loraweights"))
    for index, name in enumerate(names):
        weight = decimal(weights[index]) if index < len(weights) else None
        said.loras.append((stem(str(name)), 1.0 if weight is None else weight))
    for name, value in found.items():
        if name not in _MAPPED:
            said.left(name, value)
    return said


def _listed(value: object) -> list[object]:
    if isinstance(value, list):
        return value
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else []
