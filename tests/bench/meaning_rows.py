"""Fills a studio's database for the row `meaning`.

python -m tests.bench.meaning_rows captions 2000     pictures with captions as prompts, each with its own vector
python -m tests.bench.meaning_rows vectors 100000    assets as seed.py makes them, each with the vector of a caption

On the data of the environment, as seed.py. The vectors are computed here as a node does, which would step back behind all
else for it. Of many assets they are those of 2,000 captions again and again: a hundred thousand would take ten minutes,
and comparing takes the same time whatever stands in them.
"""

from __future__ import annotations

import os
import secrets
import sys
from itertools import cycle

from tests.bench import seed
from tests.bench.meaning_prompts import COUNT, prompts

AT_ONCE = 2000


def captions(count: int) -> list[seed.Content]:
    """What stands in a picture of each caption, made by the built-in model."""
    from studio.gallery.index import words_from

    tool, model = "image.generate", "pocket-image"
    return [
        seed.Content(
            "image",
            "image/png",
            tool,
            model,
            "",
            caption,
            "",
            (),
            "{}",
            words_from("", (), caption, tool, model, ""),
        )
        for caption, _concepts in prompts(count)
    ]


def computed(count: int) -> list[bytes]:
    """The vectors of so many captions, as a node computes them."""
    from generators.architectures.meaning import Meaning
    from workers.meaning.shelf import packed

    texts = [caption for caption, _concepts in prompts(count)]
    return [vector.tobytes() for vector in packed(Meaning().vectors(texts))]


def fill(kind: str, count: int) -> None:
    from studio.gallery import models, vectors
    from studio.gallery.index import place_of

    if kind == "captions":
        seed.seed(count, captions(count))
    else:
        seed.seed(count)
    known = cycle(computed(min(count, COUNT)))
    rows = models.Asset.objects.order_by("pk").values_list("pk", "team_id", "medium")
    models.Meaning.objects.bulk_create(
        (
            models.Meaning(
                id=place_of(pk),
                asset_id=pk,
                team_id=team,
                medium=medium,
                waiting=False,
                turn=secrets.randbits(31),
                model=vectors.MODEL,
                vector=next(known),
            )
            for pk, team, medium in rows.iterator(AT_ONCE)
        ),
        AT_ONCE,
    )


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings")
    import django

    django.setup()
    fill(sys.argv[1], int(sys.argv[2]))
