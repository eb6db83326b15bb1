"""The verbs of brand kits: keep, change, delete and take back; and the copy that a job is given."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from generators import brand as limits
from generators.brand import BrandColour, BrandKit
from studio.feeds.actions import tell_team
from studio.gallery import actions as gallery
from studio.gallery.models import Asset, Medium
from studio.presets.models import Brand
from studio.problems import Conflict, InvalidInputs
from studio.teams.actions import audit
from studio.teams.models import Team
from studio.teams.rights import Actor, NotThere, find, require

KEPT = timedelta(days=30)  # how long a deleted one can be taken back


@dataclass(frozen=True)
class Given:
    """What a kit is to hold. colours: ("#rrggbb", name); logo: an asset's id."""

    name: str
    colours: list[tuple[str, str]] = field(default_factory=list)
    tone: str = ""
    words: list[str] = field(default_factory=list)
    avoid: list[str] = field(default_factory=list)
    logo: uuid.UUID | str | None = None


def visible(actor: Actor) -> QuerySet[Brand]:
    return Brand.objects.filter(team_id__in=actor.team_ids, deleted_at=None).select_related("team", "logo")


def get_visible(actor: Actor, id: uuid.UUID, verb: str = "preset.view", *, deleted: bool = False) -> Brand:
    """The kit, for `verb`; NotThere or NotAllowed. deleted: also one that was taken away."""
    rows = Brand.objects.select_related("team", "logo") if deleted else visible(actor)
    return find(actor, rows, id, verb)


def of_team(team: Team) -> QuerySet[Brand]:
    return Brand.objects.filter(team=team, deleted_at=None).select_related("logo").order_by("name")


def given_of(brand: Brand) -> Given:
    """What it holds now."""
    colours = [(colour["value"], colour["name"]) for colour in brand.colours]
    return Given(brand.name, colours, brand.tone, brand.words, brand.avoid, brand.logo_id)


def save(actor: Actor, team: Team, given: Given, brand: Brand | None = None) -> Brand:
    """Make a kit, or give `brand` other contents. InvalidInputs names the field; Conflict where another has the name."""
    require(actor, "preset.edit", brand or team)
    one = brand or Brand(team=team, author=actor.user)
    one.name = _named(given.name)
    one.colours = _colours(given.colours)
    one.tone = given.tone.replace("\x00", "").strip()
    if len(one.tone) > limits.LONGEST_TONE:
        words = _("The tone of voice has at most %(most)d characters.") % {"most": limits.LONGEST_TONE}
        raise InvalidInputs.at("tone", words, given.tone)
    one.words, one.avoid = _words("words", given.words), _words("avoid", given.avoid)
    folded = {word.casefold() for word in one.avoid}
    both = next((word for word in one.words if word.casefold() in folded), None)
    if both is not None:
        words = _("“%(word)s” is both to be used and to be avoided.") % {"word": both}
        raise InvalidInputs.at("avoid", words, both)
    if given.logo is None or str(given.logo) != str(one.logo_id):
        one.logo = _logo(actor, team, given.logo)
    one.changed_at = timezone.now()
    return _save(actor, one, "brand.change" if brand else "brand.create")


def delete(actor: Actor, brand: Brand) -> None:
    """Take it away, for 30 days so that it can be taken back. What was asked for with it keeps its copy."""
    require(actor, "preset.edit", brand)
    brand.deleted_at = timezone.now()
    _save(actor, brand, "brand.delete")


def restore(actor: Actor, brand: Brand) -> Brand:
    """Take a deleted one back. Conflict where another has its name by now."""
    require(actor, "preset.edit", brand)
    brand.deleted_at = None
    return _save(actor, brand, "brand.restore")


def purge() -> int:
    """Those that were deleted longer ago are gone."""
    gone, _each = Brand.objects.filter(deleted_at__lt=timezone.now() - KEPT).delete()
    return gone


def copy_of(actor: Actor, team: Team, id: uuid.UUID, field: str) -> BrandKit:
    """A kit of the team as a job keeps it; InvalidInputs at the field where the team has none of this id."""
    found = visible(actor).filter(pk=id, team=team).first()
    if found is None:
        raise InvalidInputs.at(field, _("There is no such brand kit in this team."), str(id))
    return BrandKit(
        id=found.pk,
        name=found.name,
        colours=[BrandColour.model_validate(colour) for colour in found.colours],
        tone=found.tone,
        words=found.words,
        avoid=found.avoid,
    )


def _save(actor: Actor, brand: Brand, verb: str) -> Brand:
    try:
        with transaction.atomic():
            brand.save()
            audit(brand.team, actor.user, verb, str(brand.pk), name=brand.name)
            tell_team(brand.team_id, "preset", {"tool": None, "by": actor.user.name})
    except IntegrityError:
        raise Conflict(_("There is one called “%(name)s” already.") % {"name": brand.name}) from None
    return brand


def _named(name: str) -> str:
    name = " ".join(name.replace("\x00", "").split())
    if not 1 <= len(name) <= limits.LONGEST_NAME:
        words = _("A name has 1 to %(most)d characters.") % {"most": limits.LONGEST_NAME}
        raise InvalidInputs.at("name", words, name)
    return name


def _colours(colours: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    found = []
    for value, name in colours:
        value, name = value.strip().lower(), " ".join(name.replace("\x00", "").split())
        if not re.fullmatch(r"#[0-9a-f]{6}", value):
            words = _("A colour is # and six digits, 0 to 9 and a to f, such as #1f7a8c.")
            raise InvalidInputs.at("colours", words, value)
        if len(name) > limits.LONGEST_COLOUR:
            words = _("A colour's name has at most %(most)d characters.") % {"most": limits.LONGEST_COLOUR}
            raise InvalidInputs.at("colours", words, name)
        found.append({"value": value, "name": name})
    if len(found) > limits.MOST_COLOURS:
        words = _("A kit has at most %(most)d colours.") % {"most": limits.MOST_COLOURS}
        raise InvalidInputs.at("colours", words, len(found))
    return found


def _words(field: str, given: Iterable[str]) -> list[str]:
    """Each once, whatever its case, in their order."""
    found: dict[str, str] = {}
    for word in given:
        word = " ".join(word.replace("\x00", "").split())
        if len(word) > limits.LONGEST_WORD:
            words = _("A word has at most %(most)d characters.") % {"most": limits.LONGEST_WORD}
            raise InvalidInputs.at(field, words, word)
        if word:
            found.setdefault(word.casefold(), word)
    if len(found) > limits.MOST_WORDS:
        words = _("A list has at most %(most)d words.") % {"most": limits.MOST_WORDS}
        raise InvalidInputs.at(field, words, len(found))
    return list(found.values())


def _logo(actor: Actor, team: Team, id: uuid.UUID | str | None) -> Asset | None:
    if not id:
        return None
    try:
        asset = gallery.get_visible(actor, str(id))
    except NotThere:
        asset = None
    if asset is None or asset.team_id != team.pk or asset.deleted_at is not None:
        raise InvalidInputs.at("logo", _("There is no such asset in this team."), str(id))
    if asset.medium != Medium.IMAGE:
        raise InvalidInputs.at("logo", _("A logo is a picture."), str(id))
    return asset
