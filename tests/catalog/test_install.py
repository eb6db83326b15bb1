"""install: a job fetches the weights, the card follows it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from studio.catalog import actions
from studio.catalog.models import ModelCard, ModelState
from studio.feeds.models import Event
from studio.jobs import actions as jobs
from studio.jobs.models import Job
from studio.problems import Conflict, UnknownTool
from studio.teams.models import Team, User
from studio.teams.rights import Actor, NotAllowed

DIGEST = "sha256:" + "0" * 64
SOURCE = {
    "kind": "install",
    "file": "it.gguf",
    "digest": DIGEST,
    "from": [{"kind": "hub-file", "repo": "some/model", "file": "it.gguf"}],
}


@pytest.fixture
def waiting(card: Callable[..., ModelCard], models_folder: Path) -> ModelCard:
    return card("it", state=ModelState.AVAILABLE, source=SOURCE, digest="", bytes=10, path="")


def test_it_works(waiting: ModelCard, operator: User) -> None:
    job = actions.install(Actor.of(operator), waiting)
    assert (job.tool, job.lane, job.makes, job.title) == ("lab.install_model", "io", "model", "Install It")
    assert job.inputs["digest"] == DIGEST
    assert job.inputs["keep"].endswith(str(waiting.pk))
    waiting.refresh_from_db()
    assert (waiting.state, waiting.install_job) == (ModelState.INSTALLING, job.pk)
    actions.record_progress(job, 0.25)
    waiting.refresh_from_db()
    assert waiting.progress == 0.25


def test_a_built_in_model_has_to_be_the_file_that_its_card_names(operator: User, models_folder: Path) -> None:
    actions.sync()
    job = actions.install(Actor.of(operator), ModelCard.objects.get(name="qwen2.5-1.5b"))
    assert job.inputs["digest"].startswith("sha256:cc324af0")
    assert job.inputs["digest"].endswith("3bb046")


def test_what_it_fetched_moves_in(
    waiting: ModelCard, operator: User, models_folder: Path, tmp_path: Path
) -> None:
    job = actions.install(Actor.of(operator), waiting)
    file = tmp_path / "scratch" / "it.gguf"
    file.parent.mkdir()
    file.write_bytes(b"0123456789")
    actions.on_new_model(job, file, {"name": "it", "digest": DIGEST, "bytes": 10})
    waiting.refresh_from_db()
    assert (waiting.state, waiting.progress) == (ModelState.INSTALLED, 1.0)
    assert Path(waiting.path) == models_folder / "it" / "it.gguf"
    assert Path(waiting.path).read_bytes() == b"0123456789"
    assert not file.exists()


def test_everybody_hears_of_it(
    waiting: ModelCard,
    operator: User,
    team: Team,
    django_capture_on_commit_callbacks: Callable[..., object],
) -> None:
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        actions.install(Actor.of(operator), waiting)
    line = Event.objects.get(feed=f"team:{team.pk}", kind="model").data
    assert line == {"model": "it", "state": "installing", "progress": 0.0}


@pytest.mark.parametrize(
    ("state", "error", "then", "words"),
    [
        (
            "failed",
            {"message": "The hub cannot be reached.", "kind": "x"},
            "failed",
            "The hub cannot be reached.",
        ),
        ("cancelled", None, "available", ""),
    ],
)
def test_a_job_that_ends_without_it_gives_the_card_back(
    waiting: ModelCard, operator: User, state: str, error: dict[str, str] | None, then: str, words: str
) -> None:
    job = actions.install(Actor.of(operator), waiting)
    job.state, job.error = state, error
    actions.on_install_end(job)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.error) == (then, words)
    assert actions.install(Actor.of(operator), waiting).pk != job.pk, "and it can be tried again"


def test_cancelling_while_it_waits_gives_the_card_back(waiting: ModelCard, operator: User) -> None:
    job = actions.install(Actor.of(operator), waiting)
    jobs.cancel(actor=Actor.of(operator), job=job)
    waiting.refresh_from_db()
    assert waiting.state == ModelState.AVAILABLE


def test_a_retry_takes_the_card_over(waiting: ModelCard, operator: User) -> None:
    job = actions.install(Actor.of(operator), waiting)
    Job.objects.filter(pk=job.pk).update(state="failed", error={"message": "no"})
    job.refresh_from_db()
    actions.on_install_end(job)
    again = jobs.retry(actor=Actor.of(operator), job=job)
    actions.record_progress(again, 0.5)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.install_job, waiting.progress) == ("installing", again.pk, 0.5)


def test_twice_is_a_conflict(waiting: ModelCard, operator: User) -> None:
    actions.install(Actor.of(operator), waiting)
    with pytest.raises(Conflict, match="on its way"):
        actions.install(Actor.of(operator), waiting)
    assert Job.objects.count() == 1


def test_who_may_not(waiting: ModelCard, alice: User, bob: User) -> None:
    for user in (alice, bob):
        with pytest.raises(NotAllowed):
            actions.install(Actor.of(user), waiting)
    with pytest.raises(UnknownTool):
        jobs.submit(actor=Actor.of(bob), tool="lab.install_model", inputs={})


def test_something_newly_made_gets_a_card_of_its_team(
    models_folder: Path, team: Team, bob: User, tmp_path: Path
) -> None:
    job = jobs.submit(actor=Actor.of(bob), tool="test.nothing", inputs={}, team=team)
    folder = tmp_path / "fresh"
    folder.mkdir()
    (folder / "weights.safetensors").write_bytes(b"x")
    made = actions.on_new_model(
        job,
        folder,
        {
            "name": "fresh",
            "title": "Fresh",
            "digest": "sha256:1",
            "task": "text-to-image",
            "format": "pocket",
        },
    )
    assert made.team == team
    assert Path(made.path) == models_folder / "teams" / str(team.pk) / "fresh"
    assert (Path(made.path) / "weights.safetensors").is_file()
