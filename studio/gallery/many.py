"""What one does to many assets at once: tags, a rating, a board. One transaction, a few statements, one word to the team."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from studio.feeds.actions import tell_team
from studio.gallery import boards
from studio.gallery.actions import asset_event, clean_rating, get_all
from studio.gallery.index import words_from
from studio.gallery.models import Asset, Board, Meaning, Rating, SearchEntry, Tag
from studio.gallery.tags import MOST_TAGS, clean_tags
from studio.problems import InvalidInputs
from studio.teams.rights import Actor, require


@transaction.atomic
def change(
    actor: Actor,
    ids: Sequence[uuid.UUID],
    *,
    add_tags: Sequence[str] = (),
    remove_tags: Sequence[str] = (),
    rating: int | None = None,
    board: Board | None = None,
) -> int:
    """Add and take off tags, give a rating (0 takes one's own back), put on a board: all of it for all, or nothing.
    Gives how many assets there were. NotThere where one is not there or not theirs."""
    assets = get_all(actor, ids)
    if add_tags or remove_tags:
        _tag(actor, assets, clean_tags(add_tags), clean_tags(remove_tags))
    if rating is not None:
        _rate(actor, assets, clean_rating(rating))
    if board is not None:
        boards.add(actor, board, ids)
    by_team: dict[uuid.UUID, list[Asset]] = {}
    for asset in (asset for asset in assets if asset.listed):
        by_team.setdefault(asset.team_id, []).append(asset)
    for team, theirs in sorted(by_team.items()):
        changed = {"changed": True, "assets": [str(asset.pk) for asset in theirs]}
        tell_team(team, "asset", asset_event(theirs[0], **changed))
    return len(assets)


def _tag(actor: Actor, assets: Sequence[Asset], add: Sequence[str], remove: Sequence[str]) -> None:
    links = Asset.tags.through.objects
    by_team: dict[uuid.UUID, list[Asset]] = {}
    for asset in assets:
        require(actor, "asset.tag", asset)
        by_team.setdefault(asset.team_id, []).append(asset)
    for team, theirs in sorted(by_team.items()):
        Tag.objects.bulk_create([Tag(team_id=team, name=name) for name in add], ignore_conflicts=True)
        tags = dict(Tag.objects.filter(team_id=team, name__in=[*add, *remove]).values_list("name", "pk"))
        keys = [asset.pk for asset in theirs]
        if add:
            _room(keys, [tags[name] for name in add])
        gone = [tags[name] for name in remove if name in tags]
        links.filter(asset_id__in=keys, tag_id__in=gone).delete()
        links.bulk_create(
            [Asset.tags.through(asset_id=key, tag_id=tags[name]) for key in keys for name in add],
            ignore_conflicts=True,
        )
    _index_anew(assets)


def _room(keys: Sequence[uuid.UUID], add: Sequence[int]) -> None:
    """InvalidInputs where an asset would have too many tags."""
    others = Asset.tags.through.objects.filter(asset_id__in=keys).exclude(tag_id__in=add)
    if others.values("asset_id").annotate(n=Count("pk")).filter(n__gt=MOST_TAGS - len(add)).exists():
        words = _("An asset has at most %(n)d tags.") % {"n": MOST_TAGS}
        raise InvalidInputs(words, errors=[{"loc": ["add_tags"], "msg": words, "input": None}])


def _index_anew(assets: Sequence[Asset]) -> None:
    keys = [asset.pk for asset in assets]
    names: dict[uuid.UUID, list[str]] = {key: [] for key in keys}
    links = Asset.tags.through.objects.filter(asset_id__in=keys).order_by("tag__name")
    for key, name in links.values_list("asset_id", "tag__name"):
        names[key].append(name)
    entries = {entry.asset_id: entry for entry in SearchEntry.objects.filter(asset__in=keys)}
    for asset in assets:
        if asset.pk in entries:
            told = (asset.title, names[asset.pk], asset.prompt, asset.tool, asset.model, asset.text)
            entries[asset.pk].words = words_from(*told)
    SearchEntry.objects.bulk_update(entries.values(), ["words"], batch_size=200)
    Meaning.objects.filter(asset__in=keys).update(waiting=True, turn=secrets.randbits(31))  # see vectors.wait


def _rate(actor: Actor, assets: Sequence[Asset], value: int) -> None:
    keys = [asset.pk for asset in assets]
    for asset in assets:
        require(actor, "asset.rate", asset)
    list(Asset.objects.select_for_update().filter(pk__in=keys).order_by("pk").values_list("pk"))
    if value == 0:
        Rating.objects.filter(asset__in=keys, user=actor.user).delete()
    else:
        Rating.objects.bulk_create(
            [Rating(asset_id=key, user=actor.user, value=value) for key in keys],
            update_conflicts=True,
            unique_fields=["asset", "user"],
            update_fields=["value"],
        )
    given = Rating.objects.filter(asset__in=keys).values_list("asset_id")
    now = {key: (n, total) for key, n, total in given.annotate(n=Count("pk"), total=Sum("value"))}
    for asset in assets:
        asset.rating_n, asset.rating_sum = now.get(asset.pk, (0, 0))
    Asset.objects.bulk_update(assets, ["rating_n", "rating_sum"], batch_size=200)
