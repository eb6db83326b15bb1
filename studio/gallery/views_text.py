"""The page on which a text asset is written on: saving makes a revision, what is stored never changes."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from studio.gallery import actions, texts
from studio.gallery.models import Medium
from studio.gallery.offsets import lines_of
from studio.gallery.relatives import numbered
from studio.gallery.revisions import revisions_of
from studio.teams.pages import page
from studio.teams.rights import Actor, NotThere


@never_cache
@require_safe
@page
def edit(request: HttpRequest, actor: Actor, asset_id: uuid.UUID) -> HttpResponse:
    """/assets/<id>/edit/: its text, how it will look, its revisions and what changed from any of them."""
    asset = actions.get_visible(actor, asset_id, "asset.add")
    if asset.medium != Medium.TEXT:
        raise NotThere
    revisions = numbered(asset, revisions_of(actor, asset))
    newest = revisions[-1]
    own = next(each for each in revisions if each.itself)
    context = {
        "asset": asset,
        "may_write": texts.editable(actor, asset),
        "text": lines_of(texts.read(asset)) if asset.bytes <= texts.LONGEST else "",
        "revisions": revisions[::-1],
        "revision": own.number,
        "newest": newest,
        "is_newest": newest.asset.pk == asset.pk,
        "page_words": editor_words(),
    }
    return render(request, "gallery/text.html", context)


def editor_words() -> dict[str, str]:
    """The sentences of its script."""
    return {
        "characters_one": _("{n} character"),
        "characters_other": _("{n} characters"),
        "at_place": _("line {line}, character {at}"),
        "state_saved": _("Saved as revision {n}"),
        "state_draft": _("Not saved; kept on this device"),
        "state_unkept": _("Not saved"),
        "state_saving": _("Saving"),
        "saved_as": _("Saved as revision {n}."),
        "draft_back": _("What you wrote at {time} and did not save is back."),
        "draft_drop": _("Take the saved text"),
        "draft_there": _("draft"),
        "newer_text": _(
            "Revision {n} was saved at {time} while you wrote. Yours is not saved yet; nothing is lost: it stays here and "
            "on this device."
        ),
        "nothing_changed": _("Nothing changed from revision {n}."),
        "changes_from": _("Changes from revision {n}"),
        "lines_same_one": _("{n} line the same"),
        "lines_same_other": _("{n} lines the same"),
        "version_n": _("Revision {n}"),
        "by_you": _("by you, just now"),
        "take_text": _("Take the text of revision {n}"),
        "taken": _("The text of revision {n} is in the editor. Undo brings yours back."),
    }
