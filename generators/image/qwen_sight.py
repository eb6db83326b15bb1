"""What Qwen-Image-Edit reads with: the instruction together with the picture, as its language model takes both.

transformers' own processor also holds one for films, which asks for torchvision. That package must be of the very build
of torch that a machine has (one of another build stops transformers from being imported at all), and pictures need none
of it: transformers prepares them with Pillow as well.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any


def processor(folder: Path) -> Any:
    """The processor of a pipeline's folder."""
    from transformers import AutoTokenizer, Qwen2VLProcessor
    from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

    class PictureProcessor(Qwen2VLProcessor):  # type: ignore[misc]  # transformers counts as untyped
        """transformers' processor of this family, for pictures alone."""

        # The base class reads the parts of a processor from the names of these parameters.
        def __init__(self, image_processor: Any, tokenizer: Any) -> None:
            self.image_token = "<|image_pad|>"
            self.image_token_id = tokenizer.convert_tokens_to_ids(self.image_token)
            self.video_token = "<|video_pad|>"  # looked for in texts
            self.video_token_id = tokenizer.convert_tokens_to_ids(self.video_token)
            super(Qwen2VLProcessor, self).__init__(image_processor, tokenizer)

    return PictureProcessor(
        Qwen2VLImageProcessorPil.from_pretrained(folder, local_files_only=True),
        AutoTokenizer.from_pretrained(folder, local_files_only=True),
    )
