"""A small studio with one of everything that has rights, and everybody who could ask for it."""

from __future__ import annotations

import copy
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

from django.db import transaction
from django.test import Client
from django.utils import timezone

from generators import registry
from studio.catalog.models import ModelCard
from studio.chains import actions as chains
from studio.chains import steps
from studio.clock import db_now
from studio.feeds.announce import get_preview, put_preview
from studio.gallery import boards, storage, uploads
from studio.gallery.models import Asset, Blob, Part
from studio.integrations import actions as integrations
from studio.jobs import actions as jobs
from studio.jobs.models import Job, Node
from studio.notices.models import Notice
from studio.presets import actions as presets
from studio.presets import brands
from studio.review import actions as reviews
from studio.shares import actions as shares
from studio.teams import actions as teams
from studio.teams.models import Member, Passkey, Team, User
from studio.teams.rights import Actor
from studio.threads.models import Thread, Turn

ROLES = ("viewer", "reviewer", "creator", "manager", "owner")
SCOPES = ("read", "write", "manage")
ACTORS = ("anonymous", "outsider", *ROLES, "operator", *SCOPES)
"""anonymous: nobody; outsider: of another team; operator: the same with the right over the machine; read, write,
manage: tokens of the owner with that scope alone."""
PAINT = {"prompt": "a lamp", "seed": 7}


@dataclass
class World:
    """Everything of it belongs to `team` and was made by its owner."""

    team: Team
    people: dict[str, User]
    secrets: dict[str, str]
    names: dict[str, str] = field(default_factory=dict)
    _clients: dict[str, Client] = field(default_factory=dict)
    _cookies: dict[str, SimpleCookie] = field(default_factory=dict)

    def client(self, actor: str) -> Client:
        """This actor's client, its cookies as at first: people have one, as browsers do; tokens a header.

        It is kept: the middleware of a new one reads every static file.
        """
        client = self._clients[actor]
        client.cookies = copy.deepcopy(self._cookies[actor])
        return client

    def sign_in(self) -> None:
        """Make everybody's client."""
        for actor in ACTORS:
            secret = self.secrets.get(actor)
            client = Client(
                raise_request_exception=False, headers={"Authorization": f"Bearer {secret}"} if secret else {}
            )
            if actor in self.people:
                client.force_login(self.people[actor])
                work = client.session
                work["team"] = str(self.team.pk)
                work.save()
            self._clients[actor], self._cookies[actor] = client, client.cookies


def filled(value: Any, names: dict[str, str]) -> Any:
    """The value with `{name}` replaced by the world's."""
    if isinstance(value, str):
        return re.sub(r"\{(\w+)\}", lambda found: names[found[1]], value)
    if isinstance(value, list):
        return [filled(item, names) for item in value]
    if isinstance(value, dict):
        return {key: filled(item, names) for key, item in value.items()}
    return value


@contextmanager
def undone() -> Iterator[None]:
    """What is written inside is taken back, so that each actor finds the same world."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def build() -> World:
    people = {
        name: teams.create_user(email=f"{name}@example.org", name=name.title(), operator=name == "operator")
        for name in (*ROLES, "outsider", "operator")
    }
    owner = people["owner"]
    team = teams.create_team(actor=Actor.of(owner), name="Lamplight")
    Member.objects.bulk_create(
        Member(team=team, user=people[role], role=role) for role in ROLES if role != "owner"
    )
    secrets = {scope: teams.create_token(user=owner, scopes=[scope])[1] for scope in SCOPES}
    world = World(team, people, secrets)
    world.names = _things(team, owner, people)
    world.sign_in()
    return world


def _things(team: Team, owner: User, people: dict[str, User]) -> dict[str, str]:
    actor = Actor.of(owner)
    waiting = jobs.submit(actor=actor, tool="test.paint", inputs=PAINT, team=team)
    before = jobs.submit(actor=actor, tool="test.paint", inputs=PAINT, team=team)
    ended = jobs.submit(actor=actor, tool="test.paint", inputs=PAINT, team=team)
    Job.objects.filter(pk=ended.pk).update(state="failed", finished_at=timezone.now())
    chat = jobs.submit(actor=actor, tool="test.echo", inputs={"prompt": "Hello"}, team=team, listed=False)
    creators = jobs.submit(actor=Actor.of(people["creator"]), tool="test.paint", inputs=PAINT, team=team)
    batch = jobs.submit_batch(actor=actor, tool="test.paint", inputs=PAINT, team=team, count=2)
    while get_preview(str(waiting.pk)) is None:  # a busy machine: writing gives up after a fifth of a second
        put_preview(str(waiting.pk), 1, "image/webp", b"frame")
    invitation, word = teams.invite(actor=actor, team=team, role="viewer")
    thread = Thread.objects.create(team=team, author=owner, title="A talk")
    turn = Turn.objects.create(thread=thread, prompt="Hello")
    Node.objects.create(
        name="node",
        device="cpu",
        memory_bytes=2**34,
        lanes=["make", "io"],
        tools=dict.fromkeys(registry.tools(), 1),
        # Known, and away: nothing here depends on how fast the tests run.
        seen_at=db_now() - timedelta(hours=1),
    )
    card = ModelCard.objects.create(
        name="a-model",
        title="A model",
        task="text-generation",
        format="gguf",
        source={"file": "a.gguf", "from": [{"kind": "hub-file", "repo": "owner/model", "file": "a.gguf"}]},
    )
    asset, binned = _asset(team, owner), _asset(team, owner, deleted_at=timezone.now())
    unlisted = _asset(team, owner, listed=False)
    picture = _asset(team, owner, medium="image", mime="image/png", width=8, height=8)
    member = Member.objects.get(team=team, user=people["viewer"])
    token = teams.create_token(user=owner)[0]
    key = bytes(16) + b"\x00\x01k" + bytes.fromhex("a201020326")  # a key of the name "k", which opens nothing
    passkey = Passkey.objects.create(user=owner, name="Laptop", key_hash="k", credential=key)
    upload = uploads.start(actor=actor, team=team, length=5, name="words.md")
    board = boards.create(actor, team, title="Lamps")
    boards.add(actor, board, [asset.pk])
    reviewed = _asset(team, owner)
    review = reviews.request_review(
        actor=actor, subject=reviews.Subject([reviewed.pk]), people=[people["reviewer"].pk]
    )
    item = review.items.get()
    comment = reviews.comment(Actor.of(people["reviewer"]), reviewed, "Colder", review=review)
    share, secret = shares.share(actor, reviewed)
    preset = presets.save_preset(actor, team, "test.paint", "Evening", {"steps": 2})
    wildcard = presets.save_wildcard(actor, team, "colour", "red\nblue")
    brand = brands.save(actor, team, brands.Given("Harbour light", [("#1f7a8c", "Sea")]))
    blank = {"tool": "test.paint", "inputs": {"prompt": {"kind": "blank", "value": "a lamp"}}}
    chain = chains.save(actor=actor, team=team, name="Lamps", chain=steps.read([blank]))
    run = chains.run(actor=actor, chain=chain, given={})
    hook, _secret = integrations.add(actor, team, "https://example.org/hook", ["job.failed"])
    delivery = integrations.test(actor, hook)
    return {
        "webhook": str(hook.pk),
        "delivery": str(delivery.pk),
        "chain": str(chain.pk),
        "run": str(run.pk),
        "team": str(team.pk),
        "team_name": team.name,
        "own": str(owner.personal_team.pk),
        "reviewed": str(reviewed.pk),
        "review": str(review.pk),
        "item": str(item.pk),
        "comment": str(comment.pk),
        "share": str(share.pk),
        "preset": str(preset.pk),
        "wildcard": str(wildcard.pk),
        "brand": str(brand.pk),
        "secret": secret,
        "notice": str(Notice.objects.filter(person=people["reviewer"]).latest("pk").pk),
        "member": str(member.pk),
        "user_id": str(member.user_id),
        "invitation": str(invitation.pk),
        "word": word,
        "job": str(waiting.pk),
        "before": str(before.pk),
        "ended": str(ended.pk),
        "chat": str(chat.pk),
        "creators": str(creators.pk),
        "batch": str(batch.pk),
        "asset": str(asset.pk),
        "binned": str(binned.pk),
        "unlisted": str(unlisted.pk),
        "picture": str(picture.pk),
        "thread": str(thread.pk),
        "turn": str(turn.pk),
        "node": "node",
        "model": card.name,
        "model_id": str(card.pk),
        "token": str(token.pk),
        "passkey": str(passkey.pk),
        "upload": str(upload.pk),
        "board": str(board.pk),
    }


def _asset(team: Team, owner: User, **more: Any) -> Asset:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "text.md"
        file.write_text(f"words of {more}")
        digest = storage.current().put_if_absent(file)
        size = file.stat().st_size
    blob, _made = Blob.objects.get_or_create(digest=digest, defaults={"bytes": size})
    asset = Asset.objects.create(
        team=team,
        author=owner,
        blob=blob,
        bytes=size,
        content_digest=digest,
        title="Words",
        thumbnail=blob,
        preview=blob,
        **{"medium": "text", "mime": "text/markdown"} | more,
    )
    Part.objects.create(asset=asset, name="notes", mime="text/plain", blob=blob)
    return asset
