"""Everything that is a person's, as the files of one zip: JSON in plain words, their assets, and a README.

The zip is streamed while it is put together: a page of rows is read, the database let go, then those files go out. So it
takes as long as it takes, holds a page in memory, and nothing of it lies on the disk.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from studio.chains.models import Chain, ChainRun
from studio.clock import when
from studio.feeds.api import let_go
from studio.gallery import storage, zips
from studio.gallery.models import Asset, Board, Rating
from studio.gallery.zips import Entry, moment, slug
from studio.jobs.models import Batch, Job, JobAsset
from studio.notices.models import Notice
from studio.presets.models import Brand, Preset, Wildcard
from studio.review.models import Ask, Comment, Decision, Pick, Review
from studio.safety.models import Flag
from studio.shares.models import ShareLink
from studio.teams import totp
from studio.teams.models import ApiToken, AuditEntry, Identity, Invitation, Member, Passkey, User
from studio.teams.rights import Actor
from studio.threads.models import Thread, Turn
from studio.threads.read import find_answers, text_of

PAGE = 200
README = """Everything of yours in this studio
==================================

{name} <{email}>, {day}

profile.json        you: name, address, what you prefer, how you sign in
teams.json          the teams that you are in, and as what
tokens.json         your API tokens: names and dates. The secrets are kept nowhere.
history.json        what you did that is written down: signing in, members, tokens, deletions
notices.json        what you were told
jobs/               what you asked for, with all inputs, oldest first
batches.json        jobs that you asked for together
assets/             what you made or uploaded, one folder a team: each file, its parts, and beside it a file with the same
                    name and “.json” at its end that says how it was made (these can be imported again).
                    {files}
unlisted.json       which of them the gallery does not show, and which lie in the bin
chats/              your talks, each with what you wrote and what was answered
boards.json         your boards, with what is on them
ratings.json        the stars that you gave
comments.json       what you said of assets
reviews.json        reviews that you asked for, that ask you, your verdicts and picks
presets.json        your presets, wildcards, brand kits and chains, and runs of chains
shares.json         share links and invitations that you made; their secrets are kept nowhere
flags.json          when a rule of the studio or of a team stopped something of yours, and which

Times are UTC (RFC 3339). An id is the same in all of these files. What others made is not here, nor is what you made in
teams that you have left.
"""
WITHOUT = "This time without the files themselves."


def entries(user: User, *, files: bool = True) -> Iterator[Entry]:
    """One file after the other. Call it on threads that may read the database; none is held between two files."""
    actor = Actor.of(user)
    made = moment(timezone.now())

    def told(name: str, value: Any) -> Entry:
        let_go()
        text = json.dumps(value, ensure_ascii=False, indent=1, default=_plain)
        return Entry(name, text.encode(), made)

    words = README.format(
        name=user.name,
        email=user.email,
        day=timezone.now().date().isoformat(),
        files="" if files else WITHOUT,
    )
    yield Entry("README.txt", words.encode(), made)
    yield told("profile.json", _profile(user))
    yield told("teams.json", _teams(user))
    yield told("tokens.json", _rows(ApiToken.objects.filter(user=user), "token_hash", "user"))
    mine = Q(user=user) | Q(thing=str(user.pk))
    yield told("history.json", _rows(AuditEntry.objects.filter(mine).order_by("at"), "user"))
    yield told("notices.json", _rows(Notice.objects.filter(person=user), "person"))
    yield from _jobs(user, told)
    yield told("batches.json", _rows(Batch.objects.filter(author=user), "author"))
    yield told("boards.json", _boards(user))
    yield told("ratings.json", _rows(Rating.objects.filter(user=user), "user"))
    yield told("comments.json", _rows(Comment.objects.filter(author=user), "author"))
    yield told("reviews.json", _reviews(user))
    yield told("presets.json", _presets(user))
    yield told("shares.json", _shares(user))
    yield told("flags.json", _rows(Flag.objects.filter(user=user), "user"))
    yield from _chats(user, told)
    yield told("unlisted.json", _hidden(actor))
    yield from _assets(actor, files)


def _plain(value: Any) -> Any:
    """Times and ids as text."""
    return when(value) if isinstance(value, datetime) else str(value)


def _row(row: Model, *without: str) -> dict[str, Any]:
    """The columns of a row under their own names, a reference as the id that it names."""
    return {
        field.name: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if field.name not in without
    }


def _rows(rows: QuerySet[Any], *without: str) -> list[dict[str, Any]]:
    """All of them, oldest first, without some columns: secrets' digests, and who, which is always oneself."""
    ordered = rows if rows.ordered else rows.order_by("pk")
    return [_row(row, *without) for row in ordered.iterator(PAGE)]


def _pages(rows: QuerySet[Any]) -> Iterator[list[Any]]:
    """Page after page by key, each read at once."""
    last = None
    while page := list((rows.filter(pk__gt=last) if last else rows).order_by("pk")[:PAGE]):
        last = page[-1].pk
        yield page


def _profile(user: User) -> dict[str, Any]:
    return {
        "id": user.pk,
        "name": user.name,
        "email": user.email,
        "operator": user.operator,
        "created_at": user.created_at,
        "last_login": user.last_login,
        "preferences": user.preferences,
        "signs_in_by": {
            "password": user.has_usable_password(),
            "second_step": totp.is_on(user),
            "passkeys": _rows(Passkey.objects.filter(user=user), "user", "key_hash", "credential"),
            "company": _rows(Identity.objects.filter(user=user), "user"),
        },
    }


def _teams(user: User) -> list[dict[str, Any]]:
    members = Member.objects.filter(user=user).select_related("team").order_by("joined_at")
    return [
        {
            "team": row.team_id,
            "name": row.team.name,
            "role": row.role,
            "joined_at": row.joined_at,
            "personal": row.team.personal_of_id is not None,
        }
        for row in members
    ]


def _jobs(user: User, told: Any) -> Iterator[Entry]:
    for number, page in enumerate(_pages(Job.objects.filter(author=user)), 1):
        made: dict[Any, list[str]] = {job.pk: [] for job in page}
        links = JobAsset.objects.filter(job__in=list(made)).order_by("index")
        for job, asset in links.values_list("job_id", "asset_id"):
            made[job].append(str(asset))
        yield told(
            f"jobs/jobs-{number:04d}.json", [_row(job, "author") | {"assets": made[job.pk]} for job in page]
        )


def _boards(user: User) -> list[dict[str, Any]]:
    boards = Board.objects.filter(author=user).order_by("pk").prefetch_related("items")
    return [
        _row(board, "author")
        | {"assets": [item.asset_id for item in sorted(board.items.all(), key=lambda one: one.position)]}
        for board in boards
    ]


def _reviews(user: User) -> dict[str, Any]:
    asked = Ask.objects.filter(user=user).select_related("review").order_by("pk")
    return {
        "asked_for": _rows(Review.objects.filter(author=user), "author"),
        "asked_of_you": [{"review": ask.review_id, "title": ask.review.title} for ask in asked],
        "verdicts": _rows(Decision.objects.filter(user=user), "user"),
        "picks": _rows(Pick.objects.filter(user=user), "user"),
    }


def _presets(user: User) -> dict[str, Any]:
    return {
        "presets": _rows(Preset.objects.filter(author=user), "author"),
        "wildcards": _rows(Wildcard.objects.filter(author=user), "author"),
        "brand_kits": _rows(Brand.objects.filter(author=user), "author"),
        "chains": _rows(Chain.objects.filter(author=user), "author"),
        "runs_of_chains": _rows(ChainRun.objects.filter(author=user), "author"),
    }


def _shares(user: User) -> dict[str, Any]:
    return {
        "share_links": _rows(ShareLink.objects.filter(author=user), "author", "token_hash", "password"),
        "invitations": _rows(Invitation.objects.filter(created_by=user), "created_by", "token_hash"),
    }


def _chats(user: User, told: Any) -> Iterator[Entry]:
    for number, key in enumerate(
        Thread.objects.filter(author=user).order_by("pk").values_list("pk", flat=True), 1
    ):
        thread = Thread.objects.get(pk=key)
        turns = list(Turn.objects.filter(thread=thread).select_related("job", "answer").order_by("pk"))
        find_answers(turns)
        value = _row(thread, "author") | {
            "turns": [_row(turn, "thread") | {"answered": text_of(turn)} for turn in turns]
        }
        yield told(f"chats/{number:04d}-{slug(thread.title)}.json", value)


def _own(actor: Actor) -> QuerySet[Asset]:
    return Asset.objects.filter(author=actor.user, team__in=actor.team_ids)


def _hidden(actor: Actor) -> dict[str, list[Any]]:
    return {
        "not_listed": list(_own(actor).filter(listed=False).order_by("pk").values_list("pk", flat=True)),
        "in_the_bin": list(
            _own(actor).filter(deleted_at__isnull=False).order_by("pk").values_list("pk", flat=True)
        ),
    }


def _assets(actor: Actor, files: bool) -> Iterator[Entry]:
    """One folder a team, in it the files as an export of the gallery has them."""
    members = Member.objects.filter(user=actor.user).select_related("team").order_by("joined_at", "pk")
    for place, row in enumerate(list(members), 1):
        folder, first = f"assets/{place:02d}-{slug(row.team.name)}", 1
        for page in _pages(_own(actor).filter(team=row.team_id).select_related("author")):
            found = zips.entries_of(actor, page, first)
            first += len(page)
            let_go()
            for entry in found:
                if isinstance(entry.content, bytes):
                    yield replace(entry, name=f"{folder}/{entry.name}")
                elif files:
                    yield _file(folder, entry)


def _file(folder: str, entry: Entry) -> Entry:
    """A stored file; where it is lost, a word in its place, so that the rest comes all the same."""
    name = f"{folder}/{entry.name}"
    if storage.current().exists(str(entry.content)):
        return replace(entry, name=name)
    return Entry(f"{name}.missing.txt", b"The studio has lost this file.\n", entry.made)
