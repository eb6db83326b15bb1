"""Search by words and by meaning together, and what is like an asset.

Which assets may be told is decided by `search.find`, here as everywhere: the vectors say only what to ask it for. They
are asked within the actor's teams, so that nobody else's assets take places.
"""

from __future__ import annotations

import base64
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace

from studio.gallery import search, vectors
from studio.gallery.asked import Away, Question, ask
from studio.gallery.filters import Filters, filters_from
from studio.gallery.models import Asset, Meaning
from studio.teams.rights import Actor, NotThere

MOST = 100
LEAST_LIKE = 0.35  # between a question and an asset; below it they have nothing to do with each other
LEAST_ALIKE = 0.45  # between two assets, whose texts are longer
NARROW = 2000  # how many are looked through where filters take most away
CONSTANT = 60  # of reciprocal rank fusion: how little the first places lead
KNOWN = {"medium"}  # the filter that the vectors know, too


@dataclass(frozen=True)
class Hit:
    """words: it has the words. likeness: how near its meaning is, -1 to 1; None where that is not among the nearest."""

    asset: Asset
    words: bool
    likeness: float | None


@dataclass(frozen=True)
class Best:
    """The best first. away: "" where meaning has answered, else why not: "away", "starting", "late". more: there are more
    that have the words, which a plain list tells."""

    hits: list[Hit]
    away: str = ""
    more: bool = False


def best(
    actor: Actor,
    filters: Filters,
    *,
    team: uuid.UUID | None = None,
    folded: bool = False,
    most: int = MOST,
) -> Best:
    """What has the words and what is near in meaning, in one list: whatever stands high in either stands high here.

    Filters and the rest as in `search.find`. Bounded: for all that has the words, page through that.
    """
    most = max(1, min(most, search.MOST))
    with_words = search.find(actor, filters, team=team, folded=folded, limit=most)
    hits = {asset.pk: Hit(asset, True, None) for asset in with_words.items}
    away = ""
    scores = {key: 1 / (CONSTANT + rank) for rank, key in enumerate(hits)}
    try:
        others = filters.model_copy(update={"q": ""})
        question = Question(text=filters.q)
        near = _near(actor, question, most, LEAST_LIKE, others, team, folded) if filters.q.strip() else []
    except Away as why:
        near, away = [], str(why)
    for rank, (asset, likeness) in enumerate(near):
        known = hits.get(asset.pk, Hit(asset, False, None))
        hits[asset.pk] = replace(known, likeness=likeness)
        scores[asset.pk] = scores.get(asset.pk, 0) + 1 / (CONSTANT + rank)
    order = sorted(hits, key=lambda key: (-scores[key], -key.int))
    return Best([hits[key] for key in order[:most]], away, with_words.next is not None or len(hits) > most)


def similar(
    actor: Actor,
    asset: Asset,
    filters: Filters | None = None,
    *,
    team: uuid.UUID | None = None,
    folded: bool = False,
    most: int = MOST,
) -> Best:
    """What is like this asset in what it is about, the most alike first; none for an asset without a word."""
    own = Meaning.objects.filter(asset=asset).values_list("vector", "waiting").first()
    if own is None or not own[0]:
        return Best([], "starting" if own is not None and own[1] else "")
    question = Question(vector=base64.b64encode(bytes(own[0])).decode())
    try:
        least, enough = LEAST_ALIKE, min(most, search.MOST) + 1
        near = _near(actor, question, enough, least, filters or filters_from({}), team, folded)
    except Away as why:
        return Best([], str(why))
    return Best([Hit(each, False, likeness) for each, likeness in near if each.pk != asset.pk][:most])


def _near(
    actor: Actor,
    question: Question,
    most: int,
    least: float,
    filters: Filters,
    team: uuid.UUID | None,
    folded: bool,
) -> list[tuple[Asset, float]]:
    """The nearest assets that pass the filters, nearest first. Raises Away."""
    if team is not None and team not in actor.roles:
        raise NotThere
    teams = [team] if team is not None else list(actor.team_ids)
    among, wanted = None, 2 * most
    if filters.asked().keys() - KNOWN:
        few = search.find(actor, filters, team=team, folded=folded, limit=search.MOST)
        if few.next is None:  # so few that all of them can be compared
            among = list(Meaning.objects.filter(asset__in=few.items).values_list("pk", flat=True))
        else:
            wanted = NARROW
    question = replace(
        question,
        teams=[each.hex for each in teams],
        medium=filters.medium or "",
        among=among,
        most=wanted,
    )
    places = [(place, likeness) for place, likeness in _places(question, teams) if likeness >= least]
    keys = dict(Meaning.objects.filter(pk__in=[place for place, _ in places]).values_list("pk", "asset_id"))
    found: list[tuple[Asset, float]] = []
    for start in range(0, len(places), search.MOST):
        some = {
            keys[place]: likeness for place, likeness in places[start : start + search.MOST] if place in keys
        }
        page = search.find(actor, filters, team=team, folded=folded, among=list(some), limit=search.MOST)
        found += sorted(((a, some[a.pk]) for a in page.items), key=lambda pair: -pair[1])
        if len(found) >= most:
            break
    return found[:most]


def _places(question: Question, teams: Sequence[uuid.UUID]) -> list[tuple[int, float]]:
    """(place, likeness), nearest first: by pgvector where the database has it, else by the child."""
    if not vectors.has_pgvector():
        return [(int(place), float(likeness)) for place, likeness in ask(question)["found"]]
    vector = question.vector or str(ask(Question(text=question.text))["vector"])
    return vectors.near(base64.b64decode(vector), teams, question.medium, question.among, question.most)
