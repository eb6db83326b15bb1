"""A contact sheet: `python -m generators.training.sheet WEIGHTS FILE`. The prompts are fixed and no seed is chosen."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

# Short and full prompts, numbers, places, grounds; "blue cat", "purple fox", "pink castle" and "green elephant" were
# never trained; the last row asks for things that the core does not hold.
PROMPTS = (
    "a cat",
    "a blue cat",
    "a purple fox, flat style",
    "an apple, noto style",
    "a rocket in space",
    "a cat and a sun",
    "two green cars on a yellow background",
    "a pineapple to the left of a pizza",
    "a pink castle at sunset",
    "three strawberries",
    "a house on the grass",
    "green elephant with a pink background, fluent style",
    "a dog, fluent style",
    "a penguin in the snow",
    "a red guitar",
    "a robot",
    "a unicorn, noto style",
    "a sailboat by the sea",
    "a tree",
    "a hamburger, flat style",
    "an owl at night",
    "a donut above a strawberry",
    "four blue balloons",
    "a shark",
    "a teapot",
    "a violin",
    "a kangaroo",
    "a teddy bear",
    "an avocado",
    "a helicopter in the sky",
    "a peacock",
    "a yellow key",
)
COLUMNS, CELL, LINE = 8, 160, 13
SEEDS = (0, 1)


def draw(weights: Path, file: Path, *, steps: int = 20, guidance: float = 3.0) -> None:
    """Write the sheet: each prompt with the seeds 0 and 1, at 64 px and enlarged as the tool enlarges."""
    from PIL import Image, ImageDraw

    from generators.image.upscaler import FAST, Upscaler, enlarge, weights_folder
    from generators.training.evaluate import Painter

    folder = weights_folder()
    upscaler = Upscaler(FAST, folder, 1) if folder is not None else None
    painter = Painter(weights, steps, guidance)
    rows = -(-len(PROMPTS) // COLUMNS)
    height = CELL * len(SEEDS) + 2 * LINE + 8
    sheet = Image.new("RGB", (COLUMNS * (CELL + 4), rows * height), "white")
    pen = ImageDraw.Draw(sheet)
    for seed in SEEDS:
        for place, pixels in enumerate(painter.draw(list(PROMPTS), seed)):
            picture = Image.fromarray(pixels)
            picture = (enlarge(upscaler, picture) if upscaler else picture).resize((CELL, CELL))
            x, y = place % COLUMNS * (CELL + 4), place // COLUMNS * height
            sheet.paste(picture, (x, y + seed * CELL))
    for place, prompt in enumerate(PROMPTS):
        x, y = place % COLUMNS * (CELL + 4), place // COLUMNS * height + CELL * len(SEEDS) + 2
        cut = len(prompt) if len(prompt) <= 26 else prompt.rfind(" ", 0, 27)
        pen.text((x + 2, y), prompt[:cut], fill="black")
        pen.text((x + 2, y + LINE), prompt[cut:].strip(), fill="black")
    sheet.save(file, quality=85)


def main(argv: list[str]) -> int:
    """The command. Returns its exit status."""
    import torch

    parser = argparse.ArgumentParser(prog="python -m generators.training.sheet", description=__doc__)
    parser.add_argument("weights", type=Path)
    parser.add_argument("file", type=Path)
    args = parser.parse_args(argv)
    torch.set_num_threads(1)
    draw(args.weights, args.file)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
