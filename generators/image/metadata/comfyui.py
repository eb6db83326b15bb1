"""ComfyUI: the graph that was run, as JSON under "prompt", in WebP in EXIF's Model or Make; where only the editor's drawing
of it is there, under "workflow", its plain nodes are read.

A node is `{class_type, inputs}`; an input is a value or a link `[node, output]`. From the sampler that has the most
steps its links are followed to the texts, the size, the model and the LoRAs. Format: ComfyUI docs, "API format".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from generators.image.metadata.said import Said, decimal, mapping, stem, text, whole

DEEP = 40  # nodes that put a text together
FAR = 400  # nodes that are visited at most from one link: a graph may run in circles
_TEXTS = ("text", "text_g", "text_l", "t5xxl", "clip_l", "prompt", "string", "value", "positive")
_WRITTEN = ("text", "string", "value", "prompt")  # how inputs begin that hold words
_BETWEEN = ("delimiter", "separator")
_WIDGETS = {
    "KSampler": ("seed", "", "steps", "cfg", "sampler_name", "scheduler", "denoise"),
    "CLIPTextEncode": ("text",),
    "CheckpointLoaderSimple": ("ckpt_name",),
    "UNETLoader": ("unet_name",),
    "EmptyLatentImage": ("width", "height"),
    "EmptySD3LatentImage": ("width", "height"),
    "LoraLoader": ("lora_name", "strength_model", "strength_clip"),
    "LoraLoaderModelOnly": ("lora_name", "strength_model"),
    "FluxGuidance": ("guidance",),
    "RandomNoise": ("noise_seed",),
    "KSamplerSelect": ("sampler_name",),
    "BasicScheduler": ("scheduler", "steps", "denoise"),
    "PrimitiveStringMultiline": ("value",),
}
"""The values of plain nodes in the editor's drawing, in their order there; "" for what only the editor uses."""
_MODELS = ("ckpt_name", "unet_name", "model_name")
_UNDERSTOOD = frozenset(
    """KSampler KSamplerAdvanced SamplerCustom SamplerCustomAdvanced CLIPTextEncode CLIPTextEncodeSDXL CLIPTextEncodeFlux
    CheckpointLoaderSimple UNETLoader UnetLoaderGGUF CLIPLoader DualCLIPLoader TripleCLIPLoader VAELoader
    EmptyLatentImage EmptySD3LatentImage EmptyHunyuanLatentVideo VAEDecode VAEDecodeTiled SaveImage PreviewImage
    LoraLoader LoraLoaderModelOnly RandomNoise KSamplerSelect BasicScheduler BasicGuider CFGGuider FluxGuidance
    PrimitiveNode String ConditioningZeroOut ModelSamplingFlux ModelSamplingSD3 ModelSamplingAuraFlow""".split()  # noqa: SIM905
)


class _Graph:
    def __init__(self, nodes: dict[str, Any]) -> None:
        self.nodes = {
            str(key): node
            for key, node in nodes.items()
            if isinstance(node, dict) and isinstance(node.get("inputs"), dict)
        }

    def at(self, link: object) -> dict[str, Any] | None:
        """The node that a link leads to; None where it is no link."""
        if isinstance(link, list) and len(link) == 2 and isinstance(link[0], str | int):
            return self.nodes.get(str(link[0]))
        return None

    def upstream(self, link: object) -> Iterator[dict[str, Any]]:
        """The nodes that a link depends on, nearest first, each once."""
        ahead, seen = [link], 0
        known: set[int] = set()
        while ahead and seen < FAR:
            node = self.at(ahead.pop(0))
            if node is None or id(node) in known:
                continue
            known.add(id(node))
            seen += 1
            yield node
            ahead.extend(value for value in node["inputs"].values() if isinstance(value, list))

    def written(self, found: object, known: set[int] | None = None) -> str:
        """A text, or what the nodes behind a link put together from texts."""
        if isinstance(found, str):
            return found.strip()
        node, known = self.at(found), known if known is not None else set()
        if node is None or id(node) in known or len(known) > DEEP:
            return ""
        known.add(id(node))
        inputs = node["inputs"]
        between = next((inputs[key] for key in _BETWEEN if isinstance(inputs.get(key), str)), ", ")
        parts = (
            self.written(value, known)
            for key, value in inputs.items()
            if key not in _BETWEEN and (isinstance(value, list) or key.startswith(_WRITTEN))
        )
        return str(between).join(part for part in parts if part)

    def value(self, node: dict[str, Any], *names: str) -> Any:
        """The first of these inputs that has a value, through links to nodes that only hold one."""
        for name in names:
            found = node["inputs"].get(name)
            held = self.at(found)
            if held is not None:
                found = next(
                    (
                        item
                        for key, item in held["inputs"].items()
                        if key in ("value", "text", "string", "seed", "noise_seed", "int", "float", name)
                        and not isinstance(item, list)
                    ),
                    None,
                )
            if found is not None and not isinstance(found, list):
                return found
        return None


def read(texts: Mapping[str, str]) -> Said | None:
    for key in ("prompt", "Model", "Make", "ImageDescription", "UserComment"):
        words = texts.get(key, "").strip()
        # WebP has it in EXIF as "Prompt:{…}".
        words = words[words.find("{") :] if words[:8].lower().startswith(("prompt:", "{")) else ""
        if "class_type" in words:
            nodes = mapping(words)
            if nodes is not None:
                return _said(_Graph(nodes))
    drawing = mapping(texts.get("workflow", ""))
    return _said(_Graph(_run_by(drawing))) if drawing else None


def _run_by(drawing: dict[str, Any]) -> dict[str, Any]:
    """The editor's drawing as the graph that it runs, as far as its nodes are plain ones."""
    ends: dict[Any, list[Any]] = {}
    for link in _list(drawing.get("links")):
        if isinstance(link, list) and len(link) > 2 and isinstance(link[0], int):
            ends[link[0]] = [str(link[1]), link[2]]
    nodes: dict[str, Any] = {}
    for node in _list(drawing.get("nodes")):
        if not isinstance(node, dict):
            continue
        kind = text(node.get("type"))
        values = _list(node.get("widgets_values"))
        inputs = dict(zip(_WIDGETS.get(kind, ()), values, strict=False))
        inputs.pop("", None)
        for each in _list(node.get("inputs")):
            if isinstance(each, dict) and isinstance(each.get("link"), int) and each["link"] in ends:
                inputs[text(each.get("name"))] = ends[each["link"]]
        nodes[str(node.get("id"))] = {"class_type": kind, "inputs": inputs}
    return nodes


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _said(graph: _Graph) -> Said | None:
    samplers = [node for node in graph.nodes.values() if _samples(node)]
    if not samplers:
        return None

    def steps_of(node: dict[str, Any]) -> int:
        return whole(_from(graph, node, "sigmas", "steps") or graph.value(node, "steps")) or 0

    sampler = max(samplers, key=steps_of)
    said = Said("ComfyUI", steps=steps_of(sampler) or None)
    said.seed = whole(graph.value(sampler, "seed", "noise_seed"))
    if said.seed is None:
        said.seed = whole(_from(graph, sampler, "noise", "noise_seed"))
    said.guidance = decimal(graph.value(sampler, "cfg"))
    if said.guidance is None:
        said.guidance = decimal(_from(graph, sampler, "guider", "cfg"))
    name = graph.value(sampler, "sampler_name") or _from(graph, sampler, "sampler", "sampler_name")
    schedule = graph.value(sampler, "scheduler") or _from(graph, sampler, "sigmas", "scheduler")
    said.sampler = " ".join(word for word in (text(name), text(schedule)) if word)
    denoise = decimal(graph.value(sampler, "denoise") or _from(graph, sampler, "sigmas", "denoise"))
    said.strength = denoise if denoise is not None and denoise < 1 else None
    _conditioning(graph, sampler, said)
    _size(graph, sampler, said)
    _model(graph, sampler, said)
    for node in graph.nodes.values():
        kind = text(node.get("class_type"))
        if kind not in _UNDERSTOOD:
            plain = {key: value for key, value in node["inputs"].items() if not isinstance(value, list)}
            said.left(kind or "node", plain or "used")
    return said


def _samples(node: dict[str, Any]) -> bool:
    inputs = node["inputs"]
    return ("positive" in inputs and ("steps" in inputs or "sigmas" in inputs)) or (
        "guider" in inputs and "sigmas" in inputs
    )


def _from(graph: _Graph, node: dict[str, Any], link: str, name: str) -> Any:
    """An input of the nearest node behind a link that has it."""
    for each in graph.upstream(node["inputs"].get(link)):
        found = graph.value(each, name)
        if found is not None:
            return found
    return None


def _conditioning(graph: _Graph, sampler: dict[str, Any], said: Said) -> None:
    inputs = sampler["inputs"]
    positive, negative = inputs.get("positive"), inputs.get("negative")
    guider = graph.at(inputs.get("guider"))
    if guider is not None:
        positive = guider["inputs"].get("conditioning", guider["inputs"].get("positive"))
        negative = guider["inputs"].get("negative")
    said.prompt = _words(graph, positive, "positive")
    if not any(text(node.get("class_type")) == "ConditioningZeroOut" for node in graph.upstream(negative)):
        said.negative_prompt = _words(graph, negative, "negative")
    for node in graph.upstream(positive):
        if text(node.get("class_type")) == "FluxGuidance":
            said.guidance = decimal(graph.value(node, "guidance"))


def _words(graph: _Graph, link: object, side: str) -> str:
    """The texts of the nearest node behind a link that holds any; else what a node that does all at once holds for that
    side ("positive", "negative")."""
    for node in graph.upstream(link):
        if "clip" not in node["inputs"] and "Text" not in text(node.get("class_type")):
            continue
        found = dict.fromkeys(graph.written(node["inputs"].get(name)) for name in _TEXTS)
        words = ", ".join(part for part in found if part)
        if words:
            return words
    return next(filter(None, (text(node["inputs"].get(side)) for node in graph.upstream(link))), "")


def _size(graph: _Graph, sampler: dict[str, Any], said: Said) -> None:
    for node in graph.upstream(sampler["inputs"].get("latent_image")):
        width, height = (
            whole(graph.value(node, side, f"empty_latent_{side}")) for side in ("width", "height")
        )
        if width and height:
            said.width, said.height = width, height
            return


def _model(graph: _Graph, sampler: dict[str, Any], said: Said) -> None:
    for node in graph.upstream(sampler["inputs"].get("model") or sampler["inputs"].get("guider")):
        lora = stem(graph.value(node, "lora_name"))
        if lora and lora != "None":
            weight = decimal(graph.value(node, "strength_model", "lora_model_strength"))
            said.loras.append((lora, 1.0 if weight is None else weight))
        for each in node["inputs"].values():  # nodes that put several on hold each as a value of its own
            if isinstance(each, dict) and each.get("on", True) and stem(each.get("lora")):
                weight = decimal(each.get("strength"))
                said.loras.append((stem(each.get("lora")), 1.0 if weight is None else weight))
        name = graph.value(node, *_MODELS)
        if name and not said.model:
            said.model = stem(name)
