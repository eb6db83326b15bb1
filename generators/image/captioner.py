"""One sentence about a picture, by a captioning model of the catalogue (BLIP, Li et al. 2022)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from generators.context import ModelFiles
from generators.events import ToolError

if TYPE_CHECKING:
    from PIL.Image import Image

CLASSES = ("BlipForConditionalGeneration",)
"""Classes of transformers that can be loaded as captioners; their folders are told from others by these."""

LONGEST = 60  # tokens of a caption


class Captioner:
    """A loaded model with what makes its inputs."""

    def __init__(self, model: Any, pixels: Any, tokenizer: Any) -> None:
        self.model, self.pixels, self.tokenizer = model, pixels, tokenizer

    def caption(self, picture: Image) -> str:
        """The likeliest sentence."""
        import torch

        seen = self.pixels(images=picture.convert("RGB"), return_tensors="pt").pixel_values
        first = next(self.model.parameters())
        with torch.no_grad():
            words = self.model.generate(
                pixel_values=seen.to(first.device, first.dtype), max_new_tokens=LONGEST, num_beams=3
            )
        said: str = self.tokenizer.decode(words[0], skip_special_tokens=True)
        return said.strip()


def load(files: ModelFiles, device: str) -> Captioner:
    """Load a folder. Raises ToolError where it is no captioner that we know."""
    from transformers import AutoTokenizer, BlipForConditionalGeneration
    from transformers.models.blip.image_processing_pil_blip import BlipImageProcessorPil

    if files.format != "transformers" or files.meta.get("class") not in CLASSES:
        raise ToolError(f"{files.name} is no captioning model that we know how to run.", kind="model")
    model = BlipForConditionalGeneration.from_pretrained(
        files.path, use_safetensors=True, local_files_only=True
    )
    return Captioner(
        model.eval().to(device),
        BlipImageProcessorPil.from_pretrained(files.path, local_files_only=True),
        AutoTokenizer.from_pretrained(files.path, local_files_only=True),
    )
