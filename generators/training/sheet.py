"""A contact sheet: `python -m generators.training.sheet WEIGHTS FILE`. The prompts are fixed and no seed is chosen."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

# First what is kept from training: four colours of four things, and
# neighbours in the alphabet, in both orders. Then numbers, grounds, styles and colours with every sixth or so of the
# core's things, in their order; the last eight ask for what the core does not hold.
PROMPTS = (
    "a blue cat",
    "a purple fox",
    "a pink castle",
    "a green elephant",
    "a blue cat in the snow, noto style",
    "a pink castle on a teal background",
    "an airplane and a car",
    "a car and an airplane",
    "a banana to the left of a balloon",
    "a bear to the right of a bicycle",
    "a bus above a butterfly",
    "a cactus below a camera",
    "a chicken next to a carrot",
    "a crown and a crab",
    "a red dolphin and a yellow donut",
    "a purple eagle above a green duck",
    "a fish to the left of a flamingo, flat style",
    "a frog and a ghost at night",
    "a guitar and a hamburger on a pink background",
    "a koala under an ice cream",
    "two teal lemons, flat style",
    "three orange mushrooms on a gray background",
    "four purple owls",
    "two black penguins in the snow",
    "three brown pineapples",
    "four gray rabbits on a yellow background",
    "a rocket in space",
    "a sailboat by the sea, fluent style",
    "a shark at sunset",
    "a snowman in the desert",
    "a star in the sky, noto style",
    "a strawberry on the grass",
    "a teal tomato",
    "an orange trophy",
    "a small purple tulip on a white background",
    "a big turtle, flat style",
    "a yellow umbrella on a purple background",
    "a brown unicorn",
    "a blue volcano at night",
    "a red whale",
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
SEEDS = (0,)


def draw(weights: Path, file: Path, *, steps: int = 20, guidance: float = 3.0) -> None:
    """Write the sheet: each prompt with the seed 0, drawn and enlarged as the tool does."""
    from PIL import Image, ImageDraw

    from generators.image.upscaler import FAST, Upscaler, enlarge, weights_folder
    from generators.training.painter import Painter

    folder = weights_folder()
    upscaler = Upscaler(FAST, folder, 1) if folder is not None else None
    painter = Painter(weights, steps=steps, guidance=guidance)
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
