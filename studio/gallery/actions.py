"""The verbs of the gallery. `add` is the only way in: what jobs make and what people upload goes through it."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import Left
from django.utils import timezone
from django.utils.translation import gettext as _

from studio.feeds.actions import tell_team
from studio.gallery import blobs, ports
from studio.gallery import provenance as marks
from studio.gallery.bounded import Limits
from studio.gallery.index import index as index_words
from studio.gallery.models import EXCERPT, Asset, Blob, Lineage, Medium, Part, Rating
from studio.gallery.probe import MADE, SOUND, Probed, Unreadable, probe
from studio.gallery.room import ask_room
from studio.gallery.seen import remember
from studio.gallery.stacks import require_unlocked, restack, stack_of
from studio.gallery.tags import set_tags
from studio.problems import InvalidInputs, Unsupported
from studio.safety.inspect import inspect
from studio.teams.models import Team, User, as_uuid
from studio.teams.rights import Actor, NotThere, require

AGAIN = 3  # times that a put is tried when its blobs were taken away in between, which takes an hour's delay


class AlreadyStored(Exception):
    """An earlier attempt has stored this index of this job; nothing was added."""

    def __init__(self, asset: Asset) -> None:
        super().__init__(str(asset.pk))
        self.asset = asset


def visible(actor: Actor) -> QuerySet[Asset]:
    """The assets that this actor may see, the bin included: those of their teams, and unlisted ones of their own."""
    return Asset.objects.filter(team_id__in=actor.team_ids).filter(Q(listed=True) | Q(author=actor.user))


def light(rows: QuerySet[Asset]) -> QuerySet[Asset]:
    """For lists: of their text no more than its beginning, which `excerpt` tells."""
    return rows.defer("text").annotate(opening=Left("text", EXCERPT))


def get_visible(actor: Actor, id: str | uuid.UUID, verb: str = "asset.view") -> Asset:
    """The asset, for `verb`; NotThere where it is not there or not theirs, NotAllowed where role or scope lack it."""
    key = as_uuid(id)
    asset = visible(actor).select_related("team", "author").filter(pk=key).first() if key else None
    if asset is None:
        raise NotThere
    require(actor, verb, asset)
    return asset


def get_all(actor: Actor, ids: Iterable[uuid.UUID]) -> list[Asset]:
    """Those assets, in this order; NotThere where one of them is not there or not theirs."""
    wanted = list(dict.fromkeys(ids))
    found = visible(actor).in_bulk(wanted)
    if len(found) != len(wanted):
        raise NotThere
    return [found[key] for key in wanted]


def add(
    *,
    team: Team,
    author: User | None,
    path: Path,
    medium: str | None = None,
    mime: str | None = None,
    title: str = "",
    prompt: str = "",
    facts: Mapping[str, Any] | None = None,
    provenance: Mapping[str, Any] | None = None,
    job_ref: uuid.UUID | None = None,
    index: int = 0,
    tool: str = "",
    model: str = "",
    listed: bool = True,
    parents: Sequence[tuple[uuid.UUID, str]] = (),
    parts: Sequence[tuple[str, Path, str]] = (),
    content_digest: str | None = None,
    also: Callable[[Asset], object] | None = None,
    limits: Limits | None = None,
) -> Asset:
    """Keep a file as an asset. Call it outside a transaction; `path` stays as it is.

    The order: probe, safety.inspect, provenance into the file, hash, put if absent, then all rows in one
    transaction, in which `also` runs too (it may raise, and nothing is kept). Nothing touches the bytes after
    the hash.

    medium, mime: what it is said to be; a wrong medium is refused, a wrong type put right.
    tool: empty for an upload, which is never marked. provenance: {"include_prompt": bool, "source_type": str},
    both optional; the source type is else derived (see provenance.source_type).
    parents: (asset id, role): "parent" for a revision, else the input that named it; ids that are gone are left out.
    parts: (name, file, MIME type). content_digest: where the caller has computed it from what it decoded.
    Raises Unreadable (words for the person), TooLarge, StorageFull, AlreadyStored.
    """
    if job_ref is not None:
        _not_stored_yet(job_ref, index)
    with (
        probe(path, medium=medium, mime=mime, limits=limits or (MADE if job_ref else None)) as found,
        tempfile.TemporaryDirectory(dir=_scratch(), prefix="add-") as scratch,
    ):
        inspect(found, team=team, user=author)
        links = _links(parents)
        told = marks.of(found, tool, model, prompt, facts or {}, provenance or {}, links)
        source, told = marks.mark(path, Path(scratch), found.mime, told)
        files = [source, *(p for p in (found.thumbnail, found.preview) if p is not None)]
        files += [file for _name, file, _mime in parts]
        for last in range(AGAIN, 0, -1):
            stored = blobs.put(*files)
            with transaction.atomic():
                if not blobs.hold(stored):
                    if last == 1:
                        raise RuntimeError("the blobs of a new asset were taken away three times")
                    continue
                if job_ref is not None:
                    _not_stored_yet(job_ref, index)
                asset = _rows(
                    Asset(
                        team=team,
                        author=author,
                        medium=found.medium,
                        mime=found.mime,
                        content_digest=content_digest or found.content_digest,
                        width=found.width,
                        height=found.height,
                        duration_s=found.duration_s,
                        title=_short(title),
                        prompt=_plain(prompt),
                        text=found.text,
                        facts=dict(facts or {}),
                        provenance=told.as_dict(),
                        job_ref=job_ref,
                        index=index,
                        tool=tool,
                        model=model[:120],
                        listed=listed,
                        thumbhash=found.thumbhash,
                    ),
                    found,
                    stored,
                    links,
                    parts,
                )
                ports.revised(asset, links)
                if also is not None:
                    also(asset)
                if job_ref is None:
                    tell_team(team.pk, "asset", asset_event(asset))
                return asset
    raise AssertionError("unreachable")


def asset_event(asset: Asset, **more: object) -> dict[str, Any]:
    """What a team's feed says of an asset."""
    return {
        "asset": str(asset.pk),
        "job": str(asset.job_ref) if asset.job_ref else None,
        "medium": asset.medium,
        "listed": asset.listed,
        **more,
    }


def upload(
    *,
    actor: Actor,
    team: Team,
    path: Path,
    medium: str | None = None,
    name: str = "",
    title: str = "",
    listed: bool = True,
    parent: uuid.UUID | None = None,
    prompt: str = "",
    facts: Mapping[str, Any] | None = None,
    also: Callable[[Asset], object] | None = None,
) -> Asset:
    """Keep a file that a person brings. name: as it was called; listed: whether the gallery shows it; parent: the
    asset that it was made from by hand; also: see add. Raises Unsupported (415) in words."""
    require(actor, "asset.add", team)
    ask_room(team, path.stat().st_size)
    if parent is not None:
        try:
            require_unlocked(get_visible(actor, parent))
        except NotThere:
            raise InvalidInputs.at(
                "parent", _("There is no such asset in your teams."), str(parent)
            ) from None
    if medium is not None and medium not in Medium.values:
        raise InvalidInputs(
            _("There is no medium “%(medium)s”.") % {"medium": medium[:40]},
            errors=[
                {"loc": ["medium"], "msg": _("One of: %s.") % ", ".join(Medium.values), "input": medium[:40]}
            ],
        )
    leaf = Path(name.replace("\\", "/")).name
    mime = "text/markdown" if leaf.lower().endswith((".md", ".markdown")) else None
    try:
        return add(
            team=team,
            author=actor.user,
            path=path,
            medium=medium,
            mime=mime,
            title=title or Path(leaf).stem,
            prompt=prompt,
            facts={**(facts or {}), "uploaded": True, "name": leaf[:200]},
            listed=listed,
            parents=[(parent, "parent")] if parent else (),
            also=also,
        )
    except Unreadable as reason:
        raise Unsupported(
            str(reason), errors=[{"loc": ["file"], "msg": str(reason), "input": leaf[:200]}]
        ) from None


@transaction.atomic
def edit(
    actor: Actor,
    asset: Asset,
    *,
    title: str | None = None,
    tags: Sequence[str] | None = None,
    rating: int | None = None,
    listed: bool | None = None,
    medium: str | None = None,
) -> Asset:
    """Change what is said about an asset; None leaves a thing as it is. The file itself never changes.

    rating: 1 to 5, 0 takes one's own back. listed: the author's to say. medium: between music and speech only.
    """
    changed: list[str] = []
    known = asset.listed
    if title is not None:
        require(actor, "asset.edit", asset)
        asset.title = _short(title)
        changed.append("title")
    if medium is not None and medium != asset.medium:
        require(actor, "asset.edit", asset)
        if asset.medium not in SOUND or medium not in SOUND:
            raise InvalidInputs.at("medium", _("Only a sound can change, between music and speech."), medium)
        asset.medium = medium
        changed.append("medium")
    if listed is not None and listed != asset.listed:
        require(actor, "asset.edit", asset)
        if asset.author_id != actor.user.pk:
            raise InvalidInputs.at("listed", _("Only its author lists or unlists an asset."), listed)
        asset.listed = listed
        changed.append("listed")
    if changed:
        asset.save(update_fields=changed)
    if "listed" in changed:
        restack([asset.stack])
        if asset.listed:
            parents = asset.parent_links.select_related("parent")
            ports.revised(asset, [(link.parent, link.role) for link in parents])
    if tags is not None:
        require(actor, "asset.tag", asset)
        set_tags(asset, tags)
    if tags is not None or {"title", "medium"} & set(changed):
        index_words(asset)
    if rating is not None:
        rate(actor, asset, rating)
    if known or asset.listed:  # of what nobody else sees the team hears nothing
        tell_team(asset.team_id, "asset", asset_event(asset, changed=True))
    return asset


@transaction.atomic
def rate(actor: Actor, asset: Asset, value: int) -> Asset:
    """Give an asset 1 to 5; 0 takes one's own rating back."""
    require(actor, "asset.rate", asset)
    clean_rating(value)
    Asset.objects.select_for_update().filter(pk=asset.pk).first()  # two people at once: the second sums both
    mine = Rating.objects.filter(asset=asset, user=actor.user)
    if value == 0:
        mine.delete()
    else:
        Rating.objects.update_or_create(asset=asset, user=actor.user, defaults={"value": value})
    given = Rating.objects.filter(asset=asset)
    asset.rating_n = given.count()
    asset.rating_sum = given.aggregate(sum=Sum("value"))["sum"] or 0
    asset.save(update_fields=["rating_n", "rating_sum"])
    return asset


def clean_rating(value: int) -> int:
    if not 0 <= value <= 5:
        raise InvalidInputs.at("rating", _("A rating is 1 to 5; 0 takes it back."), value)
    return value


@transaction.atomic
def delete(actor: Actor, assets: Iterable[Asset]) -> int:
    """Put assets into the bin, where they stay for 30 days; all or none. Gives how many went."""
    return _bin(actor, list(assets), timezone.now())


@transaction.atomic
def restore(actor: Actor, assets: Iterable[Asset]) -> int:
    """Take assets out of the bin; all or none. Gives how many came back."""
    return _bin(actor, list(assets), None)


def _bin(actor: Actor, assets: list[Asset], when: Any) -> int:
    for asset in assets:
        require(actor, "asset.delete", asset)
    ids = [asset.pk for asset in assets]
    moved = Asset.objects.filter(pk__in=ids, deleted_at__isnull=when is not None).update(deleted_at=when)
    for asset in assets:
        asset.deleted_at = when
    if moved:
        restack(asset.stack for asset in assets)
        by_team: dict[uuid.UUID, list[Asset]] = {}
        for asset in (asset for asset in assets if asset.listed):
            by_team.setdefault(asset.team_id, []).append(asset)
        for team_id, theirs in sorted(by_team.items()):
            gone = {"deleted": when is not None, "assets": [str(asset.pk) for asset in theirs]}
            tell_team(team_id, "asset", asset_event(theirs[0], **gone))
    return moved


def _scratch() -> Path:
    base = Path(settings.SCRATCH)
    base.mkdir(parents=True, exist_ok=True)
    return base


def _short(title: str) -> str:
    return " ".join(_plain(title).split())[:200]


def _plain(text: str) -> str:
    """Without NUL, which no database keeps as text."""
    return text.replace("\x00", "")


def _not_stored_yet(job_ref: uuid.UUID, index: int) -> None:
    there = Asset.objects.filter(job_ref=job_ref, index=index).first()
    if there is not None:
        raise AlreadyStored(there)


def _links(parents: Sequence[tuple[uuid.UUID, str]]) -> list[tuple[Asset, str]]:
    """The parents that are there, each once a role."""
    there = Asset.objects.in_bulk([id for id, _role in parents])
    return [(there[id], role) for id, role in dict.fromkeys(parents) if id in there]


def _rows(
    asset: Asset,
    found: Probed,
    stored: Sequence[Blob],
    links: Sequence[tuple[Asset, str]],
    parts: Sequence[tuple[str, Path, str]],
) -> Asset:
    rest = iter(stored)
    main = next(rest)
    asset.blob_id, asset.bytes = main.pk, main.bytes
    if found.thumbnail is not None:
        asset.thumbnail_id = next(rest).pk
    if found.preview is not None:
        asset.preview_id = next(rest).pk
    asset.stack = stack_of(asset, links)
    asset.save(force_insert=True)
    if asset.stack != asset.pk:
        restack([asset.stack])
    if found.thumbnail is not None:
        remember(asset, found.phash, found.colours)
    Part.objects.bulk_create(
        Part(asset=asset, name=name[:60], mime=mime[:100], blob_id=next(rest).pk)
        for name, _path, mime in parts
    )
    Lineage.objects.bulk_create(
        Lineage(parent=parent, child=asset, role=role[:40])
        for parent, role in links
        if parent.team_id == asset.team_id  # a team hears nothing of what lies in another
    )
    index_words(asset, ())
    return asset
