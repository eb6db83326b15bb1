"""The verbs of safety: a team says which words it does not want."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from studio.problems import InvalidInputs
from studio.safety.models import Policy
from studio.safety.screen import normal
from studio.teams.actions import audit
from studio.teams.models import Team
from studio.teams.rights import Actor, require

MOST_WORDS = 500
LONGEST = 80


def blocked_words(actor: Actor, team: Team) -> list[str]:
    """The words that a team does not want in prompts."""
    require(actor, "team.policy", team)
    found = Policy.objects.filter(team=team).values_list("blocked_words", flat=True).first()
    return [str(word) for word in found or []]


@transaction.atomic
def set_blocked_words(*, actor: Actor, team: Team, words: Sequence[str]) -> list[str]:
    """Replace the list; each entry is a word or a phrase, matched whole, without regard to case or accents."""
    require(actor, "team.policy", team)
    kept = list(dict.fromkeys(" ".join(word.split()) for word in words if word.strip()))
    wrong = next((word for word in kept if len(word) > LONGEST or not normal(word)), None)
    if wrong is not None or len(kept) > MOST_WORDS:
        raise InvalidInputs(
            _("At most %(n)d words or phrases, each of 1 to %(long)d characters with a letter or digit.")
            % {"n": MOST_WORDS, "long": LONGEST},
            errors=[{"loc": ["blocked_words"], "msg": _("Not a word."), "input": (wrong or "")[:LONGEST]}],
        )
    Policy.objects.update_or_create(team=team, defaults={"blocked_words": kept, "updated_at": timezone.now()})
    audit(team, actor.user, "team.policy", words=len(kept))
    return kept
