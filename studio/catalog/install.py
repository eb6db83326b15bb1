"""Verbs that bring a model's weights here, and what the runner tells of it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from generators.lab import weights
from generators.lab.describe import describe
from generators.lab.sources import HUB
from studio import env
from studio.catalog import cards, ports
from studio.catalog.models import ModelCard, ModelState
from studio.catalog.tell import tell
from studio.problems import Conflict, InvalidInputs
from studio.teams.models import Team
from studio.teams.rights import Actor, require

TOOL = "lab.install_model"
REPO = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}")
HUB_FILE = re.compile(rf"({REPO.pattern})/([A-Za-z0-9][\w.-]{{0,180}}\.safetensors)")
FILES = (".gguf", ".safetensors")
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,119}")
UNKNOWN_TASK = "being-looked-at"
"""The task of a model from the hub before its files are here."""

FROM_TOOL = (
    "title",
    "summary",
    "task",
    "format",
    "architecture",
    "licence",
    "bytes",
    "memory_bytes",
    "context",
    "digest",
)
"""Columns that a NewModel may fill in where the card does not have them."""


def may_change(actor: Actor, card: ModelCard) -> None:
    """Everybody's models are the operator's matter; a team's own its managers'."""
    if card.team_id is None:
        require(actor, "model.install", card)
    else:
        require(actor, "model.add", card)


def install(actor: Actor, card: ModelCard) -> Any:
    """Begin to fetch a model's weights; gives the job. Conflict where they are here or on their way."""
    may_change(actor, card)
    sources = card.source.get("from")
    if not sources:
        raise _not_now(
            _("%(title)s comes with the studio; there is nothing to fetch.") % {"title": card.title}
        )
    with transaction.atomic():
        free = ModelCard.objects.filter(pk=card.pk, state__in=[ModelState.AVAILABLE, ModelState.FAILED])
        if not free.update(state=ModelState.INSTALLING, progress=0.0, error=""):
            raise _not_now(_("%(title)s is already installed, or on its way.") % {"title": card.title})
        job = ports.submit(
            actor=actor,
            tool=TOOL,
            team=card.team,
            title=_("Install %(title)s") % {"title": card.title},
            hidden_ok=True,
            listed=True,
            inputs={
                "name": card.name,
                "file": card.source.get("file"),
                "sources": [_with_hub(source) for source in sources],
                "digest": card.source.get("digest", ""),
                "bytes": card.bytes,
                "keep": str(Path(settings.MODELS) / ".unfinished" / str(card.pk)),
            },
        )
        ModelCard.objects.filter(pk=card.pk).update(install_job=job.pk)
    card.refresh_from_db()
    tell(card)
    return job


def _with_hub(source: dict[str, Any]) -> dict[str, Any]:
    if source["kind"] not in ("hub-file", "hub-folder"):
        return source
    return {"hub": env.text("HF_ENDPOINT", HUB).rstrip("/"), **source}


def add_folder(
    actor: Actor, source: str, *, team: Team | None = None, name: str = "", title: str = ""
) -> tuple[ModelCard, Any]:
    """Add a model from a folder or file of this machine, or by its id on the hub; gives card and job.

    A single file is GGUF or a LoRA; on the hub that is “owner/model/file.safetensors”. For `team` alone, else for
    everybody. A path of this machine is the operator's to name. Safetensors and GGUF only; InvalidInputs says what is
    wrong with a path at once, the job what is wrong with a repository.
    """
    source = source.strip()
    local = _is_path(source)
    if team is not None:
        require(actor, "model.add", team)
    if team is None or local:
        require(actor, "model.install", team)
    called = Path(source).stem if source.endswith(FILES) else Path(source).name
    name = name.strip().lower() or slug(called)
    if not NAME.fullmatch(name):
        raise InvalidInputs.at(
            "name", _("A name has small letters, digits, points, dashes and underscores."), name
        )
    about: dict[str, Any] = {"format": "", "task": UNKNOWN_TASK}
    origin: dict[str, Any] = {"kind": "hub-folder", "repo": source}
    file = ""
    if local:
        try:
            path = Path(source).expanduser()
            about = describe(path)
        except (weights.Unfit, OSError, RuntimeError, ValueError) as error:
            raise InvalidInputs.at("source", str(error), source) from error
        origin = {"kind": "path", "path": str(path)}
        file = f"{name}{path.suffix.lower()}" if path.is_file() else ""
    elif found := HUB_FILE.fullmatch(source):
        origin = {"kind": "hub-file", "repo": found[1], "revision": "main", "file": found[2]}
        file = f"{name}.safetensors"
    elif not REPO.fullmatch(source):
        words = _("That is neither a folder of this machine nor a name on the hub like “owner/model”.")
        raise InvalidInputs.at("source", words, source)
    kept: dict[str, Any] = {"kind": "added", "from": [origin]}
    if file:
        kept["file"] = file
    try:
        with transaction.atomic():
            card = ModelCard.objects.create(
                name=name,
                team=team,
                title=title.strip()[:160] or called[:160],
                summary=_("Added by %(who)s.") % {"who": actor.user.name},
                source=kept,
                **about,
            )
    except IntegrityError:
        raise _not_now(
            _("There is a model named “%(name)s” already. Give it another name.") % {"name": name}
        ) from None
    try:
        return card, install(actor, card)
    except Exception:
        card.delete()
        raise


def _is_path(source: str) -> bool:
    if source.startswith(("/", "~", ".")):
        return True
    try:
        return Path(source).exists()
    except (OSError, ValueError):  # longer than a name can be
        return False


def slug(text: str) -> str:
    """A name from the last part of a path or id."""
    last = re.sub(r"[^a-z0-9._-]+", "-", text.rstrip("/").rpartition("/")[2].lower())
    return last.strip("-._")[:80]


def _not_now(words: str) -> Conflict:
    return Conflict(words, title=_("That cannot be done now"))


def remove(actor: Actor, card: ModelCard) -> None:
    """Take a model's weights away; one that somebody added goes from the catalogue too."""
    may_change(actor, card)
    if card.team_id is None:
        require(actor, "model.remove", card)
    if card.state == ModelState.INSTALLING:
        raise _not_now(_("%(title)s is on its way. Stop that first.") % {"title": card.title})
    if card.source.get("kind") in ("package", "repo"):
        raise _not_now(_("%(title)s comes with the studio and stays.") % {"title": card.title})
    with transaction.atomic():
        if card.source.get("kind") == "install":
            ModelCard.objects.filter(pk=card.pk).update(
                state=ModelState.AVAILABLE, path="", progress=0.0, error="", install_job=None
            )
            card.refresh_from_db()
            tell(card)
        else:
            ModelCard.objects.filter(pk=card.pk).delete()
    shutil.rmtree(cards.home(card.name, card.team_id), ignore_errors=True)


def _card_of(job: ports.Installing) -> ModelCard | None:
    """The card that a job installs; a retry takes the card over from the job before."""
    card = ModelCard.objects.filter(install_job=job.pk).first()
    if card is None and job.retry_of_id is not None:
        card = ModelCard.objects.filter(install_job=job.retry_of_id).first()
        if card is not None and card.state != ModelState.INSTALLED:
            ModelCard.objects.filter(pk=card.pk).update(
                install_job=job.pk, state=ModelState.INSTALLING, error="", progress=0.0
            )
            card.refresh_from_db()
    return card


def record_progress(job: ports.Installing, share: float) -> None:
    """Note how far an install is (0 to 1); called for each progress of such a job."""
    card = _card_of(job)
    if card is not None and card.state == ModelState.INSTALLING:
        ModelCard.objects.filter(pk=card.pk).update(progress=share)


def on_new_model(job: ports.Installing, path: Path, fields: dict[str, Any]) -> ModelCard:
    """Take over weights that a job made or fetched: they move into the models folder, the card says installed.

    path: a file or folder, which is moved. fields: of the card, `name` and `digest` among them. Where no card waits
    for this job (something new was trained), one is made for the job's team.
    """
    card = _card_of(job)
    if card is None:
        card, _made = ModelCard.objects.get_or_create(
            team=job.team,
            name=str(fields["name"]),
            defaults={"title": fields.get("title") or fields["name"], "source": {"kind": "made"}},
        )
    place = _move(path, cards.home(card.name, card.team_id))
    values: dict[str, Any] = {name: fields[name] for name in FROM_TOOL if name in fields}
    if card.source.get("kind") == "install":  # what a built-in card says of its model stands
        values = {"digest": fields["digest"]}
    values |= {
        "path": str(place),
        "state": ModelState.INSTALLED,
        "progress": 1.0,
        "error": "",
        "meta": card.meta | dict(fields.get("meta", {})) | {"checked": cards.stamp(place)},
    }
    for name, value in values.items():
        setattr(card, name, value)
    card.save(update_fields=list(values))
    tell(card)
    return card


def _move(path: Path, home: Path) -> Path:
    """Move a file into the folder `home`, or a folder to it; what was there before goes."""
    fresh = home.with_name(f".{home.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.parent.mkdir(parents=True, exist_ok=True)
    place = home
    if path.is_dir():
        shutil.move(path, fresh)
    else:
        fresh.mkdir()
        shutil.move(path, fresh / path.name)
        place = home / path.name
    shutil.rmtree(home, ignore_errors=True)
    fresh.replace(home)
    return place


def on_install_end(job: ports.Installing) -> None:
    """Called when a job that makes a model has ended: a card that still waits for it goes back to available."""
    waiting = ModelCard.objects.filter(install_job=job.pk, state=ModelState.INSTALLING)
    reason = str((job.error or {}).get("message", "")) if job.state == "failed" else ""
    state = ModelState.FAILED if reason else ModelState.AVAILABLE
    for card in waiting:
        card.state, card.error, card.progress = state, reason, 0.0
        card.save(update_fields=["state", "error", "progress"])
        tell(card)
