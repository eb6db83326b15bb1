"""What the built-in image model's defaults, few steps and drawing together save, and how alike the pictures stay.

The default path is the whole tool (frames, file and all) with the defaults of the model; plain is its diffusers pipeline
in float32, one picture after the other, at the tool's 20 steps, or at 28, beyond which nothing gets better. Distances
are Fréchet's, by efficientnet-lite0's features on 24 directions, from a second set of full pictures with other seeds.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from tests.bench.bare.process import Bare
from tests.bench.harness import Bench, Estimate, Figure, Line, at_least, at_most, of, row

PLAIN, FULL, FEW = 20, 28, 4  # steps


@row(
    Line(
        "default",
        "eight pictures with the model's defaults",
        at_most(1 / 1.6),
        f"the plain pipeline, {PLAIN} steps",
    ),
    Line("alike", f"SSIM of those pictures to the plain ones in {PLAIN} steps, mean", at_least(0.97, "SSIM")),
    Line("few", f"eight pictures in {FEW} steps", at_most(1 / 5), f"the plain pipeline, {FULL} steps"),
    Line(
        "distance",
        f"distance of pictures in {FEW} steps from others in {FULL}",
        at_most(1.3),
        f"{FULL} steps",
    ),
    Line("together", "eight pictures with the defaults, drawn together", at_most(1), "one by one"),
)
def painter(bench: Bench) -> Iterator[Figure]:
    bare = Bare("painter", bench.folder, threads=1)
    rounds = bench.few(7, 2)

    def seconds(how: str, steps: int = 0, together: int = 1) -> float:
        return float(bare.ask(how=how, steps=steps, together=together)["seconds"])

    try:
        seconds("plain", PLAIN)
        alike = [float(one) for one in bare.ask(how="studio", like=f"plain-{PLAIN}")["ssim"]]
        ours, base = bench.turns(rounds, lambda: seconds("studio"), lambda: seconds("plain", PLAIN))
        yield bench.compared("default", ours, base, "s")
        mean = of(alike, lambda some: math.fsum(some) / len(some))
        yield Figure("alike", mean, "SSIM", None, None, len(alike), f"the least {min(alike):.3f}")
        ours, base = bench.turns(rounds, lambda: seconds("studio", FEW), lambda: seconds("plain", FULL))
        yield bench.compared("few", ours, base, "s")
        count = bench.few(96, 32)
        far = bare.ask(how="plain", steps=FEW, distances=count)
        ratio = Estimate.once(far["few"] / far["full"])
        yield Figure(
            "distance",
            Estimate.once(far["few"]),
            "FD",
            Estimate.once(far["full"]),
            ratio,
            count,
            f"{count} each",
        )
        ours, base = bench.turns(rounds, lambda: seconds("default", together=8), lambda: seconds("default"))
        yield bench.compared("together", ours, base, "s")
    finally:
        bare.close()
