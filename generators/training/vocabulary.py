"""Write what a pocket image model has words for: `python -m generators.training.vocabulary WEIGHTS`.

vocabulary.json has `names`, what it can draw as captions call it (the core's and the common concepts; the rest it has
seen too seldom), and `words`, every word of captions about these. The tool tells people of other words, and by the
names it finds two things in a prompt.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path

from generators.training.data.colours import COLOURS
from generators.training.data.scenes import EFFECTS, NUMBERS, SCENERY, STYLE_WORDS
from generators.training.data.sprites import COMMON, CORE, names_of

# Beside names, colours, numbers, scenery and looks: what captions say of sizes, grounds and places.
_REST = ("small tiny big large close", "a in on of the at by under", "background ground gray grey drawing")


def vocabulary() -> dict[str, list[str]]:
    """names and words, each sorted."""
    names = sorted({name for concept in CORE | COMMON for name in names_of(concept)})
    looks = [words for known in (STYLE_WORDS, EFFECTS, SCENERY) for some in known.values() for words in some]
    texts = [*names, *COLOURS, *NUMBERS.values(), *looks, *_REST]
    words = {word for text in texts for word in re.findall(r"[a-z]+", text.lower())}
    return {"names": names, "words": sorted(words)}


def main(argv: list[str]) -> int:
    """The command. Returns its exit status."""
    parser = argparse.ArgumentParser(prog="python -m generators.training.vocabulary", description=__doc__)
    parser.add_argument("weights", type=Path)
    args = parser.parse_args(argv)
    file = args.weights / "vocabulary.json"
    file.write_text(json.dumps(vocabulary(), indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
