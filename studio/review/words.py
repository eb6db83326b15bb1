"""The sentences of the scripts of reviews and comments."""

from __future__ import annotations

from django.utils.translation import gettext as _


def comment_words() -> dict[str, str]:
    """Of the comments, in a review and on an asset's page."""
    return {
        "comment_on": _("Comment on the whole"),
        "pin": _("Pin comment"),
        "post": _("Comment"),
        "discard": _("Discard"),
        "reply": _("Reply"),
        "resolve": _("Resolve"),
        "reopen": _("Reopen"),
        "delete": _("Delete"),
        "resolved": _("Resolved"),
        "carried": _("from an earlier revision"),
        "write": _("Your comment"),
        "where": _("Place: {where}"),
        "point": _("a point"),
        "box": _("a region"),
        "line": _("a drawn line"),
        "time": _("from {start} to {end}"),
        "text": _("“{quote}”"),
        "bars": _("bars {start} to {end}"),
        "in_bars": _("In bars"),
        "bar_start": _("From bar"),
        "bar_end": _("To bar"),
        "place_hint_text": _(
            "Select the words, then write. By keys: arrows go from word to word, Shift and the arrows take more, Enter pins."
        ),
        "place_hint": _(
            "Click for a point, drag for a region, hold Alt and drag to draw. By keys: arrows, then Enter."
        ),
        "mark_end": _("End here"),
        "deleted": _("The comment is gone."),
        "comment_number": _("Comment {n}"),
        "undo": _("Undo"),
        "former": _("a former member"),
        "none_yet": _("Nobody has said anything yet."),
    }


def page_words() -> dict[str, str]:
    """The sentences of the review page's script."""
    return {
        **comment_words(),
        "approve": _("Approve"),
        "request_changes": _("Request changes"),
        "approved": _("Approved"),
        "changes": _("Changes requested"),
        "waiting": _("Waiting"),
        "taken_back": _("Your verdict is taken back."),
        "picked": _("Picked"),
        "pick": _("Pick"),
        "picks_left": _("You may pick {n}."),
        "no_comments": _("No comments yet. Press N, or click into the work, to pin one to a place."),
        "revision": _("Revision {n}"),
        "by": _("by {who}"),
        "left": _("left"),
        "right": _("right"),
        "slide": _("How much of the earlier revision is shown"),
        "place_hint_time": _("The comment is pinned to the time shown; mark an end with the button."),
        "inputs": _("What changed in the inputs"),
        "same_inputs": _("The inputs are the same."),
        "zoom": _("Zoom"),
        "zoom_in": _("Zoom in"),
        "zoom_out": _("Zoom out"),
        "zoom_fit": _("Fit"),
        "zoom_full": _("One pixel for one"),
        "hand": _("Move the picture by hand"),
        "zoom_hint": _("Plus and minus zoom, Shift and the arrows move."),
        "locked": _("Approved, so locked for revisions."),
        "unlock": _("Unlock"),
        "unlocked": _("It may be revised again."),
        "closed": _("This review is closed."),
        "new_revision": _("A new revision has come."),
        "show_it": _("Show it"),
        "verdicts": _("Verdicts"),
        "says": _("{who}: {verdict}"),
        "earlier": _("on an earlier revision"),
        "results": _("Results"),
        "picked_by": _("{n} of {all}"),
        "nothing_written": _("Write what should change, or pin a comment first."),
        "of": _("{n} of {all}"),
        "revise_it": _("Revise"),
    }
