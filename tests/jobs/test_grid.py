"""A batch as a grid: axes from its request, windows of its cells, its page and its picture."""

from __future__ import annotations

import io
import time
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from studio.jobs import actions
from studio.jobs.actions import Slot
from studio.jobs.grid import Asked, Grid, grid_of, places_of
from studio.jobs.grid_picture import picture_of
from studio.jobs.models import Batch, Job
from studio.problems import InvalidInputs, TooLarge
from studio.teams.models import Team, User
from studio.teams.rights import Actor, NotThere
from tests.jobs.test_queue_page import browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def batch_of(bob: User, team: Team, node: object) -> Any:
    def make(**ways: Any) -> Batch:
        inputs = {"prompt": "a boat"} | ways.pop("inputs", {})
        return actions.submit_batch(actor=Actor.of(bob), tool="test.paint", inputs=inputs, team=team, **ways)

    return make


def make_all(slot: Slot, folder: Path) -> None:
    """Every waiting job, as a worker would: a picture for each."""
    while (job := actions.claim(slot)) is not None:
        path = folder / f"{job.pk}.png"
        Image.new("RGB", (64, 48), (job.batch_index * 20, 80, 90)).save(path)
        actions.store(job, path=path, medium="image", mime="image/png")
        actions.finish(job, state="succeeded")


def values(grid: Grid, key: str) -> list[list[Any]]:
    """What the jobs of the cells really have as an input: the labels must say the same."""
    inputs = {job.pk: job.inputs for job in Job.objects.filter(batch=grid.batch)}
    return [[inputs[cell.job.pk][key] for cell in row if cell.job] for row in grid.rows]


def test_matrix_columns_rows_and_the_rest(bob: User, batch_of: Any) -> None:
    batch = batch_of(matrix={"steps": [3, 4], "pause_ms": [0, 1, 2], "count": [1, 2]})
    actor = Actor.of(bob)
    grid = grid_of(actor, batch, Asked())
    assert [(axis.name, axis.n) for axis in grid.axes] == [("steps", 2), ("pause_ms", 3), ("count", 2)]
    assert grid.x.labels == ["3", "4"]
    assert grid.y is not None
    assert grid.y.labels == ["0", "1", "2"]
    assert values(grid, "steps") == [[3, 4]] * 3
    assert values(grid, "pause_ms") == [[0, 0], [1, 1], [2, 2]]
    assert values(grid, "count") == [[1, 1]] * 3
    turned = grid_of(actor, batch, Asked(x="count", y="steps", at={"pause_ms": 2}))
    assert turned.others[0].labels == ["2"]
    assert values(turned, "count") == [[1, 2], [1, 2]]
    assert values(turned, "steps") == [[3, 3], [4, 4]]
    assert values(turned, "pause_ms") == [[2, 2], [2, 2]]


def test_wordings_are_rows_and_seeds_columns(bob: User, batch_of: Any) -> None:
    batch = batch_of(inputs={"seed": 7}, prompts="a {red|blue} boat", count=3)
    grid = grid_of(Actor.of(bob), batch, Asked())
    assert grid.x.axis.label == "Seed"
    assert grid.x.labels == ["7", "8", "9"]
    assert grid.y is not None
    assert grid.y.labels == ["a red boat", "a blue boat"]
    assert values(grid, "seed") == [[7, 8, 9], [7, 8, 9]]
    assert values(grid, "prompt") == [["a red boat"] * 3, ["a blue boat"] * 3]


def test_rows_of_a_file_are_named_by_what_varies(bob: User, batch_of: Any) -> None:
    batch = batch_of(items=[{"prompt": "one", "steps": 2}, {"prompt": "two", "steps": 2}])
    grid = grid_of(Actor.of(bob), batch, Asked())
    assert grid.y is None
    assert grid.x.axis.label == "Prompt"
    assert grid.x.labels == ["one", "two"]
    several = batch_of(items=[{"prompt": "one", "steps": 2}, {"prompt": "two", "steps": 3}])
    assert grid_of(Actor.of(bob), several, Asked()).x.labels == ["1 · one · 2", "2 · two · 3"]


def test_windows_and_what_there_is_not(bob: User, batch_of: Any) -> None:
    batch = batch_of(inputs={"seed": 1}, matrix={"steps": list(range(1, 26))}, count=2)
    actor = Actor.of(bob)
    grid = grid_of(actor, batch, Asked(x="steps", left=12, wide=7))
    assert grid.x.labels == [*map(str, range(13, 20))]
    assert values(grid, "steps") == [[*range(13, 20)]] * 2
    for asked in (
        Asked(x="colour"),
        Asked(x="steps", y="steps"),
        Asked(left=25),
        Asked(y="", at={"_count": 2}),
    ):
        with pytest.raises(InvalidInputs):
            grid_of(actor, batch, asked)
    with pytest.raises(InvalidInputs):
        places_of(["steps"])


def test_a_retry_takes_the_place_of_what_failed(bob: User, batch_of: Any, slot: Slot) -> None:
    batch = batch_of(count=2)
    job = actions.claim(slot)
    assert job is not None
    actions.finish(job, state="failed", error={"kind": "tool", "message": "No.", "retryable": True})
    again = actions.retry(actor=Actor.of(bob), job=Job.objects.get(pk=job.pk))
    cell = grid_of(Actor.of(bob), batch, Asked()).rows[0][job.batch_index]
    assert cell.job is not None
    assert cell.job.pk == again.pk


def test_the_page_and_others(bob: User, charlie: User, team: Team, batch_of: Any) -> None:
    batch = batch_of(matrix={"steps": [1, 2], "pause_ms": [0, 1]})
    path = f"/batches/{batch.pk}/grid/"
    client = browser(bob, team)
    html = client.get(path).content.decode()
    assert html.count('{"i": ') == 4
    assert "Steps 2" in html
    assert "Step {step} of {total}" in html  # what follows the jobs that run says so
    assert "0 of 4 done" in html
    assert path in client.get("/queue/").content.decode()
    job = Job.objects.filter(batch=batch).first()
    assert job is not None
    assert path in client.get(f"/jobs/{job.pk}/").content.decode()
    # An address by hand shows the usual window.
    assert client.get(path, {"x": "colour", "left": "99999999", "at": "x"}).status_code == 200
    assert browser(charlie, team).get(path).status_code == 404
    with pytest.raises(NotThere):
        actions.get_visible_batch(Actor.of(charlie), batch.pk)
    with pytest.raises(NotThere):
        actions.get_visible_batch(Actor.of(bob), uuid.uuid4())


def test_the_picture_has_every_cell_in_its_place(
    bob: User, batch_of: Any, slot: Slot, tmp_path: Path
) -> None:
    batch = batch_of(matrix={"steps": [1, 2, 3], "pause_ms": [0, 1]})
    make_all(slot, tmp_path)
    grid = grid_of(Actor.of(bob), batch, Asked())
    with picture_of(grid, format="png", side=64) as file:
        picture = Image.open(io.BytesIO(file.read()))
    assert picture.format == "PNG"
    reds = {picture.getpixel((x, y))[0] for x in range(picture.width) for y in range(picture.height)}  # type: ignore[index]
    for job in Job.objects.filter(batch=batch):
        near = range(job.batch_index * 20 - 4, job.batch_index * 20 + 5)  # previews are lossy
        assert reds & set(near)
    # x grows with steps (a stride of two jobs), y with the pause
    right, low = picture.width - 30, picture.height - 30
    assert abs(picture.getpixel((right, low))[0] - 100) < 5  # type: ignore[index]
    assert abs(picture.getpixel((right, low - 56))[0] - 80) < 5  # type: ignore[index]
    assert abs(picture.getpixel((right - 72, low))[0] - 60) < 5  # type: ignore[index]
    with pytest.raises(TooLarge):
        picture_of(
            grid_of(
                Actor.of(bob),
                batch_of(matrix={"steps": [*range(1, 17)], "pause_ms": [*range(16)]}),
                Asked(wide=16, high=16),
            ),
            format="webp",
            side=1024,
        )


@pytest.mark.slow
def test_ten_thousand_jobs_in_a_hundred_milliseconds(bob: User, team: Team, batch_of: Any) -> None:
    batch = batch_of(matrix={"steps": [*range(1, 101)], "pause_ms": [*range(100)]})
    client: Client = browser(bob, team)
    took = []
    for _again in range(7):
        begin = time.perf_counter()
        html = client.get(f"/batches/{batch.pk}/grid/?left=40&top=60").content.decode()
        took.append(time.perf_counter() - begin)
    assert html.count('{"i": ') == 144
    assert min(took) < 0.1, took  # what the page costs; others on the machine make the rest
