"""The verbs of reviews: request, decide, pick, close; comment, resolve. Everything goes through these."""

from studio.review.actions.comment import (
    comment,
    comments_on,
    delete_comment,
    edit_comment,
    get_comment,
    reopen_comment,
    resolve_comment,
)
from studio.review.actions.decide import decide, pick, unlock
from studio.review.actions.request import (
    ROLES,
    Subject,
    asked_people,
    close,
    get_visible,
    is_asked,
    request_review,
    visible,
)
from studio.review.actions.weave import weave

__all__ = [
    "ROLES",
    "Subject",
    "asked_people",
    "close",
    "comment",
    "comments_on",
    "decide",
    "delete_comment",
    "edit_comment",
    "get_comment",
    "get_visible",
    "is_asked",
    "pick",
    "reopen_comment",
    "request_review",
    "resolve_comment",
    "unlock",
    "visible",
    "weave",
]
