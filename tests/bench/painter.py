"""What fewer steps and drawing together save on the built-in image model, and how alike the pictures stay."""

from __future__ import annotations

from collections.abc import Iterator

from tests.bench.bare.process import Bare
from tests.bench.harness import Bench, Figure, Line, at_most, row

FULL, ENOUGH, FEW = 20, 12, 4  # steps


@row(
    Line("enough", f"eight pictures in {ENOUGH} steps each", at_most(1 / 1.6), f"in {FULL} steps"),
    Line("few", f"eight pictures in {FEW} steps each", at_most(1 / 5), f"in {FULL} steps"),
    Line("together", f"eight pictures in {ENOUGH} steps, drawn together", at_most(1), "one by one"),
)
def painter(bench: Bench) -> Iterator[Figure]:
    bare = Bare("painter", bench.folder, threads=1)
    rounds = bench.few(7, 2)
    try:
        bare.ask(steps=FULL)
        for name, steps in (("enough", ENOUGH), ("few", FEW)):
            likeness = bare.ask(steps=steps, like=FULL)["ssim"]
            ours, base = bench.turns(
                rounds,
                lambda steps=steps: float(bare.ask(steps=steps)["seconds"]),  # type: ignore[misc]
                lambda: float(bare.ask(steps=FULL)["seconds"]),
            )
            yield bench.compared(name, ours, base, "s", note=f"SSIM {likeness:.3f}")
        ours, base = bench.turns(
            rounds,
            lambda: float(bare.ask(steps=ENOUGH)["seconds"]),
            lambda: float(bare.ask(steps=ENOUGH, together=False)["seconds"]),
        )
        yield bench.compared("together", ours, base, "s")
    finally:
        bare.close()
