"""Looks at inputs before a job is stored: a few rules on words. The web process runs no model.

Always refused: what makes a minor sexual. Beyond that a team's own words. The rules read English; models that
judge meaning and pictures belong to the child. A rule that hits is noted as a Flag, without the words.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

from studio import statements
from studio.problems import Refused
from studio.safety.models import Flag, Policy
from studio.teams.models import Team, User

WINDOW = 200
"""Characters between two words that are still read together: about two sentences."""

NOT_READ = frozenset({"negative_prompt"})
"""Fields that say what is *not* wanted: naming a thing there is the opposite of asking for it."""

_MINOR = re.compile(
    r"\b(?:child|children|childs|childlike|kid|kids|kiddie|toddlers?|infants?|newborns?|minors|underaged?|preteens?"
    r"|pre teens?|tweens?|teen|teens|teenaged?|teenagers?|schoolgirls?|schoolboys?|schoolchild(?:ren)?|kindergart\w+"
    r"|adolescents?|juveniles?|(?:little|young) (?:girls?|boys?)|(?:[0-9]|1[0-7]) ?(?:yo|yrs?|years?)(?: olds?)?"
    r"|(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen)"
    r" years? olds?|(?:middle|elementary|primary) school(?:ers?)?)\b"
)
_SEXUAL = re.compile(
    r"\b(?:nudes?|nudity|naked|sex|sexy|sexual|sexually|sexuali[sz]ed|nsfw|porn\w*|erotic\w*|hentai|topless|bottomless"
    r"|orgasm\w*|genitals?|genitalia|penis\w*|vagina\w*|nipples?|masturbat\w*|blowjobs?|fellatio|intercourse|undressed"
    r"|undressing|lingerie|seductive\w*|fetish\w*|bdsm|upskirt|striptease|rape[ds]?|raping|molest\w*)\b"
)
_ALWAYS = re.compile(
    r"\b(?:child ?porn\w*|kiddie ?porn\w*|lolicon|shotacon|jailbait|p(?:a)?edo(?:philia)? ?porn\w*|csam)\b"
)
# Said in these ways the words mean something harmless; they are taken out before the rules look.
_HARMLESS = re.compile(
    r"\bnude (?=(?:lip\w*|colou?rs?|palettes?|shades?|tones?|heels|nails?|make ?up|beige|pumps)\b)|"
    r"\bnaked (?=(?:eye|mole|flame|oat|wine|truth|bulb)\w*\b)|"
    r"\b(?:sex|sexual) (?=(?:education|ed|health|abuse prevention|discrimination)\b)|"
    r"\bsafer? sex\b|\bsame sex (?=(?:parents|marriage|couple)\w*\b)|\bkids? menu\b"
)
_DISGUISE = str.maketrans("013457@$€!", "oieastasei")


def screen(inputs: Mapping[str, Any], *, team: Team, user: User) -> None:
    """Raise Refused (422), naming the field and the rule in words, where the inputs break a rule.

    inputs: as the tool resolved them; every text in them is read, lists and objects included. Notes a Flag, so
    call it outside a transaction that the refusal would roll back.
    """
    texts = [(field, text) for field, text in _texts(inputs) if field not in NOT_READ]
    hit = _sexual_minor(texts)
    if hit is not None:
        _refuse(team, user, "sexual-minors", hit, _("Nothing here makes a child or a teenager sexual."))
    found = statements.read(Policy, {"team": team.pk}, ["blocked_words"])
    if found is None or not found[0]:
        return
    pattern = _words(tuple(str(word) for word in found[0]))
    for field, text in texts:
        if pattern is not None and pattern.search(normal(text)):
            _refuse(
                team, user, "team-words", field, _("This team's rules leave out a word that is used there.")
            )


def normal(text: str) -> str:
    """Small letters without accents or look-alikes, one space between words: what the rules read."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    # Within a word these are letters in disguise (n4ked, $exy); numbers of their own, and "12yo", stay.
    plain = re.sub(r"(?<=[a-z])[013457@$€!]+(?=[a-z])|\B[@$](?=[a-z])", _undisguise, plain)
    # "n u d e": four or more letters, each alone with one sign between, are one word.
    plain = re.sub(r"\b(?:[a-z][\W_]){3,}[a-z]\b", lambda hit: re.sub(r"[\W_]", "", hit.group()), plain)
    return re.sub(r"[\W_]+", " ", plain).strip()


def _undisguise(hit: re.Match[str]) -> str:
    return hit.group().translate(_DISGUISE)


def _texts(value: Any, field: str = "") -> Iterator[tuple[str, str]]:
    """(name of the top field, text) of every text within."""
    if isinstance(value, str):
        yield field, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _texts(item, field or str(key))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item, field)


def _sexual_minor(texts: list[tuple[str, str]]) -> str | None:
    """The field in which, or at whose end, the two meet; fields are read one after the other, as the tool does."""
    joined = ""
    for field, text in texts:
        joined = f"{joined[-WINDOW:]} {_HARMLESS.sub('', normal(text))}"
        if _ALWAYS.search(joined):
            return field
        sexual = [match.start() for match in _SEXUAL.finditer(joined)]
        for match in _MINOR.finditer(joined) if sexual else ():
            nearest = bisect_left(sexual, match.start() - WINDOW)
            if nearest < len(sexual) and sexual[nearest] <= match.start() + WINDOW:
                return field
    return None


@lru_cache(maxsize=64)
def _words(blocked: tuple[str, ...]) -> re.Pattern[str] | None:
    words = sorted({normal(word) for word in blocked} - {""}, key=len, reverse=True)
    return re.compile(r"\b(?:" + "|".join(map(re.escape, words)) + r")\b") if words else None


def _refuse(team: Team, user: User, rule: str, field: str, words: str) -> None:
    Flag.objects.create(team=team, user=user, rule=rule, stage="before", thing=field[:120])
    raise Refused(
        _("%(rule)s Change the field “%(field)s” and try again.") % {"rule": words, "field": field},
        errors=[{"loc": [field], "msg": words, "input": None}],
    )
