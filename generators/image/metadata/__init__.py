"""What other tools write into the pictures that they make, read and written: prompt, seed, steps, model and the like.

One dialect, one file. Each reads from the texts of a picture (`texts.py`) and says `Said`, or None where the picture is
not of its kind. Nothing here raises for broken text: what cannot be read is left out or named in `unmapped`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from generators.image.metadata import a1111, comfyui, fooocus, invokeai, swarmui, xmp
from generators.image.metadata.said import Said, plain

# The order matters where two share a key: SwarmUI and Fooocus write JSON under the key "parameters" that A1111 uses.
DIALECTS: tuple[Callable[[Mapping[str, str]], Said | None], ...] = (
    swarmui.read,
    fooocus.read,
    invokeai.read,
    a1111.read,
    comfyui.read,
    xmp.read,
)


KEYS = {
    "parameters": "A1111",
    "prompt": "ComfyUI",
    "workflow": "ComfyUI",
    "invokeai_metadata": "InvokeAI",
    "sd-metadata": "InvokeAI",
}
"""Names of texts that only a picture with a prompt has → the tool that mostly writes them."""


def read(texts: Mapping[str, str]) -> Said | None:
    """What the texts of a picture say of how it was made; None where no dialect knows them. Of a text that should say
    something and cannot be read, it says nothing but that it is there, in `unmapped`."""
    for dialect in DIALECTS:
        said = dialect(texts)
        if said is not None and said.says_something():
            said.prompt, said.negative_prompt = plain(said.prompt), plain(said.negative_prompt)
            if not (said.width and said.height and said.width > 0 and said.height > 0):
                said.width = said.height = None
            return said
    for key, source in KEYS.items():
        if texts.get(key, "").strip():
            broken = Said(source)
            broken.left(key, plain(texts[key]))
            return broken
    return None
