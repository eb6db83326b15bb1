"""weave: a language model writes a prompt anew so that it follows the comments; the person sees what it changed."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.utils.translation import gettext as _

from studio.gallery.models import Asset
from studio.jobs import actions as jobs
from studio.jobs.models import Job
from studio.problems import InvalidInputs
from studio.review import pins
from studio.review.actions.comment import comments_on
from studio.teams.rights import Actor, require

TOOL = "text.write"
MOST_COMMENTS = 40
SYSTEM = (
    "You revise prompts. You are given a prompt and remarks of reviewers on what was made from it. Write the prompt "
    "again, changed only where a remark asks for it. Answer with the new prompt alone: no quotation marks, no comment."
)


def weave(actor: Actor, asset: Asset, prompt: str, comments: Sequence[uuid.UUID] | None = None) -> Job:
    """A job, seen by nobody else, whose text is the prompt with the open comments on the asset woven in.

    comments: which of them; None: all that are open. InvalidInputs where there is none. Words of people are data to
    the model, set apart from what it is told to do.
    """
    require(actor, "job.submit", asset)
    if not prompt.strip():
        raise InvalidInputs(_("There is no prompt yet to weave them into."))
    rows = [row for row in comments_on(asset) if row.reply_to_id is None and row.resolved_at is None]
    if comments is not None:
        rows = [row for row in rows if row.pk in set(comments)]
    if not rows:
        raise InvalidInputs(_("There is no open comment to weave in."))
    remarks = "\n".join(f"- {_said(row.text, row.pin)}" for row in rows[:MOST_COMMENTS])
    return jobs.submit(
        actor=actor,
        tool=TOOL,
        inputs={
            "system": SYSTEM,
            "prompt": f"Prompt:\n{prompt.strip()[:8000]}\n\nRemarks:\n{remarks}\n\nThe prompt again, with the remarks followed:",
            "temperature": 0.2,
            "max_tokens": min(1024, 80 + len(prompt.split()) * 3),
        },
        team=asset.team,
        title=_("Comments woven into a prompt"),
        listed=False,
    )


def _said(text: str, pin: dict[str, object] | None) -> str:
    words = " ".join(text.split())[:600]
    where = pins.in_words(pin)
    return f"{words} ({where})" if where else words
