"""Calls about comments on assets."""

from __future__ import annotations

import uuid
from typing import Annotated, Any, Literal

from ninja import Query, Router, Status
from pydantic import Field

from studio.api_shapes import Body, Out, When
from studio.gallery import actions as gallery
from studio.jobs.api_shapes import JobOut
from studio.jobs.json import job_json
from studio.review import actions
from studio.review.json import comment_json, comments_json
from studio.teams.auth import ApiRequest

router = Router(tags=["Comments"])


class AuthorOut(Out):
    id: uuid.UUID
    name: str


class CommentOut(Out):
    id: uuid.UUID
    asset: uuid.UUID = Field(description="The revision on which it was made")
    review: uuid.UUID | None
    author: AuthorOut | None
    guest: str | None = Field(description="The name of who came by a share link")
    text: str
    pin: dict[str, Any] | None = Field(description="The place in the asset that it is about")
    where: str = Field(description="That place in words")
    reply_to: uuid.UUID | None
    mentions: list[uuid.UUID]
    carried: bool = Field(description="Made on an earlier revision, and still open")
    created_at: When
    edited_at: When | None
    resolved_at: When | None
    resolved_by: AuthorOut | None
    replies: list[CommentOut]


class CommentsOut(Out):
    items: list[CommentOut]


class CommentIn(Body):
    asset: uuid.UUID
    text: str = Field(max_length=10_000)
    pin: dict[str, Any] | None = Field(
        None,
        description="{kind: point, x, y} · {kind: box, x, y, width, height} · {kind: line, points} in parts of the "
        "picture's size, with `at` in a film · {kind: time, start, end} in seconds · {kind: bars, start, end} · "
        "{kind: text, start, end, quote} in code points",
    )
    reply_to: uuid.UUID | None = None
    review: uuid.UUID | None = None


class CommentPatch(Body):
    text: str | None = Field(None, max_length=10_000)
    resolved: bool | None = None


@router.get("/comments", response=CommentsOut, summary="The comments that are shown with an asset")
def comments(
    request: ApiRequest,
    asset: uuid.UUID,
    show: Annotated[Literal["all", "open"], Query()] = "all",
) -> dict[str, Any]:
    """Oldest first, with their replies: those on this revision, and those on earlier ones that are still open."""
    found = gallery.get_visible(request.actor, asset)
    rows = list(actions.comments_on(found))
    told = comments_json(rows, found)
    return {"items": [one for one in told if show == "all" or one["resolved_at"] is None]}


@router.post("/comments", response={201: CommentOut}, summary="Comment on an asset")
def comment(request: ApiRequest, body: CommentIn) -> Status[dict[str, Any]]:
    """`@Name` of a member sends them a notice."""
    actor = request.actor
    row = actions.comment(
        actor,
        gallery.get_visible(actor, body.asset),
        body.text,
        pin=body.pin,
        reply_to=actions.get_comment(actor, body.reply_to) if body.reply_to else None,
        review=actions.get_visible(actor, body.review) if body.review else None,
    )
    return Status(201, comment_json(row))


@router.patch("/comments/{uuid:comment}", response=CommentOut, summary="Change or resolve a comment")
def change(request: ApiRequest, comment: uuid.UUID, body: CommentPatch) -> dict[str, Any]:
    actor = request.actor
    row = actions.get_comment(actor, comment)
    if body.text is not None:
        row = actions.edit_comment(actor, row, body.text)
    if body.resolved is not None:
        row = (actions.resolve_comment if body.resolved else actions.reopen_comment)(actor, row)
    return comment_json(row)


class WeaveIn(Body):
    prompt: str = Field(min_length=1, max_length=20_000)
    comments: list[uuid.UUID] | None = Field(None, max_length=40, description="Without it: all open ones")


@router.post("/assets/{uuid:asset}/weave", response={201: JobOut}, summary="Weave comments into a prompt")
def weave(request: ApiRequest, asset: uuid.UUID, body: WeaveIn) -> Status[dict[str, Any]]:
    """A job whose text, which only you see, is the prompt written anew by a language model, the comments followed."""
    actor = request.actor
    job = actions.weave(actor, gallery.get_visible(actor, asset), body.prompt, body.comments)
    return Status(201, job_json(job))


@router.delete("/comments/{uuid:comment}", response={204: None}, summary="Take a comment away")
def delete(request: ApiRequest, comment: uuid.UUID) -> Status[None]:
    actions.delete_comment(request.actor, actions.get_comment(request.actor, comment))
    return Status(204, None)
