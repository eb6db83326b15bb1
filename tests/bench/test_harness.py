"""The statistics and the table of the bench. What the rows measure is no test."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bench.__main__ import discover
from tests.bench.harness import (
    Bench,
    Estimate,
    Figure,
    Line,
    Row,
    at_least,
    at_most,
    of,
    of_ratio,
    percentile,
)
from tests.bench.harness.table import BEGIN, END, Result, markdown, newest, plain, write_into


def nothing(bench: Bench) -> Iterator[Figure]:
    yield from ()


def result(line: Line, figure: Figure) -> Result:
    return Result("sleep", line, figure, 3.2)


def test_percentile_is_the_nearest_rank() -> None:
    hundred = [float(n) for n in range(1, 101)]
    random.Random(3).shuffle(hundred)
    assert percentile(0.95)(hundred) == 95
    assert percentile(0.5)(hundred) == 50
    assert percentile(1.0)(hundred) == 100
    assert percentile(0.95)([7.0]) == 7


def test_the_interval_holds_the_true_median_about_19_times_in_20() -> None:
    drawn = random.Random(11)
    inside = 0
    for _ in range(100):
        found = of([drawn.gauss(10, 2) for _ in range(25)])
        assert found.low <= found.value <= found.high
        inside += found.low <= 10 <= found.high
    assert 86 <= inside <= 100


def test_a_ratio_of_turns_is_not_spread_by_what_slowed_both() -> None:
    drawn = random.Random(5)
    load = [drawn.uniform(1, 4) for _ in range(30)]
    base = [one * drawn.uniform(0.99, 1.01) for one in load]
    ours = [1.2 * one * drawn.uniform(0.99, 1.01) for one in load]
    together = of_ratio(ours, base)
    apart = of_ratio(ours, base[:-1])  # not as many: no rounds
    assert together.low <= 1.2 * 1.02
    assert together.high >= 1.2 * 0.98
    assert (together.high - together.low) < 0.5 * (apart.high - apart.low)


def test_nothing_measured_is_an_error() -> None:
    with pytest.raises(ValueError, match="no samples"):
        of([])
    with pytest.raises(ValueError, match="no samples"):
        of_ratio([1.0], [])


def test_a_goal_is_missed_only_where_the_good_end_misses() -> None:
    most, least = at_most(1.05), at_least(0.95)
    assert most.judge(Estimate(1.04, 1.0, 1.2)) == "met"
    assert most.judge(Estimate(1.10, 1.0, 1.2)) == "unsure"
    assert most.judge(Estimate(1.10, 1.06, 1.2)) == "MISSED"
    assert least.judge(Estimate(0.96, 0.9, 1.0)) == "met"
    assert least.judge(Estimate(0.90, 0.8, 0.97)) == "unsure"
    assert least.judge(Estimate(0.90, 0.8, 0.94)) == "MISSED"


def test_turns_alternate_who_is_first() -> None:
    order: list[str] = []
    ours, base = Bench.turns(4, lambda: order.append("ours") or 1.0, lambda: order.append("base") or 2.0)  # type: ignore[func-returns-value]
    assert (ours, base) == ([1.0] * 4, [2.0] * 4)
    assert order == ["base", "ours", *["ours", "base", "base", "ours"] * 2]


def test_the_table_tells_what_was_measured_and_judges_the_right_figure(tmp_path: Path) -> None:
    absolute, ratio = (
        Line("p50", "a nap", at_most(30, "ms")),
        Line("bare", "two naps", at_most(1.05), "a nap"),
    )
    told = Line("told", "a figure without a goal", None)
    figure = Figure("p50", Estimate(28.0, 27.0, 29.0), "ms")
    both = Figure("bare", Estimate(2.2, 2.1, 2.3), "s", Estimate(2, 1.9, 2.1), Estimate(1.1, 1.08, 1.12), 9)
    results = [
        result(absolute, figure),
        result(ratio, both),
        result(told, Figure("told", Estimate.once(5), "MB")),
    ]
    assert [one.verdict for one in results] == ["met", "MISSED", ""]
    text = plain(results)
    assert "sleep.p50" in text
    assert "1.08 – 1.12×" in text
    with pytest.raises(ValueError, match="no baseline"):
        plain([result(ratio, figure)])

    rows = {"sleep": Row("sleep", (absolute, ratio, told), nothing)}
    file = tmp_path / "results.jsonl"
    older = result(absolute, Figure("p50", Estimate.once(99.0), "ms"))
    quick = Result("sleep", absolute, Figure("p50", Estimate.once(1.0), "ms"), 1.0, quick=True)
    gone = Result("gone", absolute, figure, 1.0)
    scaled = Result("sleep", absolute, figure, 3.2, scaled=True)
    kept = [older, scaled, *results, quick, gone]
    file.write_text("".join(one.as_json({"commit": "abc"}) + "\n" for one in kept))
    assert json.loads(file.read_text().splitlines()[0])["commit"] == "abc"
    assert newest(file, rows) == [*results, scaled]

    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    write_into(page, markdown(newest(file, rows)))
    written = page.read_text()
    assert "| a nap, scaled out | 28.0 ms |" in written
    assert "`manage.py bench --scaled sleep`" in written
    assert written.startswith("before\n")
    assert written.endswith("after\n")
    assert "old" not in written
    assert "| two naps | 2.20 s | 2.00 s (a nap) | 1.10× | 1.08 – 1.12× | ≤ 1.05× | **MISSED** |" in written
    page.write_text("no marks")
    with pytest.raises(ValueError, match="no place"):
        write_into(page, "table")


def test_every_row_is_found_and_says_what_it_measures() -> None:
    rows = discover()
    assert "noop" in rows
    for row in rows.values():
        names = [line.name for line in row.lines]
        assert len(set(names)) == len(names) > 0, row.name
        assert "" not in names or len(names) == 1, row.name
        for line in row.lines:
            assert line.what, row.name
            assert line.baseline or line.goal is None or not line.goal.of_ratio, f"{row.name}.{line.name}"
