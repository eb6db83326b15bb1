"""Calls about reviews: asking for a verdict, deciding, picking."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Any, Literal

from django.db.models import Exists, OuterRef, Q
from ninja import Query, Router, Status
from pydantic import AwareDatetime, Field

from studio.api_shapes import LIMIT, Body, Cursor, Limit, Listed, Out, TeamFilter, When, page
from studio.gallery.api_shapes import AssetOut
from studio.review import actions, api_comments, api_report
from studio.review.json import item_json, review_json, review_with_items
from studio.review.models import Ask, Item, Review
from studio.teams.asked import teams_for
from studio.teams.auth import ApiRequest
from studio.teams.rights import Actor, NotThere

router = Router(tags=["Reviews"])
router.add_router("", api_comments.router)
router.add_router("", api_report.router)

StateName = Literal["waiting", "changes", "approved"]


class PersonOut(Out):
    id: uuid.UUID
    name: str


class ReviewOut(Out):
    id: uuid.UUID
    team: uuid.UUID
    author: PersonOut | None
    title: str
    note: str
    kind: Literal["verdict", "pick"]
    picks: int = Field(description="How many each person may pick")
    need: Literal["one", "all"] = Field(
        description="Whose approval an item needs: one of those asked, or all"
    )
    subject: dict[str, Any]
    state: StateName
    counts: dict[str, int] = Field(description="Items by state")
    items: int
    for_me: bool = Field(description="Open, and your verdict counts")
    due_at: When | None
    closed_at: When | None
    created_at: When


class DecisionOut(Out):
    user: PersonOut | None
    asset: uuid.UUID = Field(description="The revision that was decided about")
    verdict: StateName
    note: str
    at: When


class ItemOut(Out):
    id: uuid.UUID
    position: int
    state: StateName
    rounds: int = Field(description="Revisions that have come since the review began")
    asset: AssetOut
    decisions: list[DecisionOut]
    picked_by: list[PersonOut]
    mine: bool = Field(description="You picked it")


class ReviewWithItems(ReviewOut):
    people: list[PersonOut] = Field(description="Who is asked")
    shown: list[ItemOut]


class ReviewIn(Body):
    """Name assets, a board or a batch: one of the three."""

    assets: list[uuid.UUID] = Field(default_factory=list, max_length=500)
    board: uuid.UUID | None = None
    batch: uuid.UUID | None = None
    people: list[uuid.UUID] = Field(default_factory=list, max_length=100)
    role: Literal["", "reviewer", "creator", "manager", "owner"] = Field(
        "", description="Everybody with this role or a higher one"
    )
    title: str = Field("", max_length=200)
    note: str = Field("", max_length=5000)
    kind: Literal["verdict", "pick"] = "verdict"
    picks: int = Field(1, ge=1, le=500)
    need: Literal["one", "all"] = "one"
    due_at: AwareDatetime | None = None


class VerdictIn(Body):
    verdict: StateName = Field(description="waiting takes your own verdict back")
    asset: uuid.UUID = Field(description="The revision that you saw; 409 where another has come")
    note: str = Field("", max_length=5000)


class PicksIn(Body):
    items: list[uuid.UUID] = Field(max_length=500, description="In place of what you picked before")


@router.get("/reviews", response=Listed[ReviewOut], summary="Reviews, newest first")
def reviews(
    request: ApiRequest,
    team: TeamFilter = None,
    show: Annotated[
        Literal["all", "for_me", "mine", "done"],
        Query(description="for_me: open, and you are asked; mine: you asked; done: closed or approved"),
    ] = "all",
    cursor: Cursor = None,
    limit: Limit = LIMIT,
) -> dict[str, Any]:
    actor = request.actor
    rows = listed(actor, [one.pk for one in teams_for(actor, team, "review.view")], show)
    found = page(rows, cursor=cursor, limit=limit)
    return {"items": [review_json(row, actor) for row in found.rows], "next": found.next}


def listed(actor: Actor, teams: list[uuid.UUID], show: str) -> Any:
    """The rows of a list of reviews, with what it tells of each at hand."""
    rows = Review.objects.filter(team__in=teams)
    if show == "for_me":
        asks = Ask.objects.filter(review=OuterRef("pk"))
        by_role: Any = Q(pk__in=[])
        for team in teams:
            role = actor.role_in(team)
            lower = [
                one for one in actions.ROLES if role and actions.ROLES.index(one) <= actions.ROLES.index(role)
            ]
            by_role |= Q(team=team) & Exists(asks.filter(role__in=lower))
        rows = rows.filter(Exists(asks.filter(user=actor.user)) | by_role, closed_at=None).exclude(
            state="approved"
        )
    elif show == "mine":
        rows = rows.filter(author=actor.user)
    elif show == "done":
        rows = rows.filter(Q(closed_at__isnull=False) | Q(state="approved"))
    return rows.select_related("author").prefetch_related("items", "asks")


@router.post("/reviews", response={201: ReviewWithItems}, summary="Ask for a verdict")
def request_review(request: ApiRequest, body: ReviewIn) -> Status[dict[str, Any]]:
    """They get a notice. An approved asset's stack is locked; where changes are requested, a revision (a job or upload
    with `parent`) takes the item's place and waits for a verdict again."""
    due: datetime | None = body.due_at
    review = actions.request_review(
        actor=request.actor,
        subject=actions.Subject(body.assets, body.board, body.batch),
        people=body.people,
        role=body.role,
        title=body.title,
        note=body.note,
        kind=body.kind,
        picks=body.picks,
        need=body.need,
        due_at=due,
    )
    return Status(201, review_with_items(review, request.actor))


@router.get("/reviews/{uuid:review}", response=ReviewWithItems, summary="A review with its items")
def read(request: ApiRequest, review: uuid.UUID) -> dict[str, Any]:
    return review_with_items(actions.get_visible(request.actor, review), request.actor)


@router.post("/reviews/{uuid:review}/close", response=ReviewWithItems, summary="Close a review")
def close(request: ApiRequest, review: uuid.UUID) -> dict[str, Any]:
    found = actions.close(request.actor, actions.get_visible(request.actor, review))
    return review_with_items(found, request.actor)


@router.put("/reviews/{uuid:review}/picks", response=ReviewWithItems, summary="Pick some of the items")
def pick(request: ApiRequest, review: uuid.UUID, body: PicksIn) -> dict[str, Any]:
    found = actions.pick(request.actor, actions.get_visible(request.actor, review), body.items)
    return review_with_items(found, request.actor)


def _item(actor: Actor, review: uuid.UUID, item: uuid.UUID) -> Item:
    found = Item.objects.filter(review=actions.get_visible(actor, review), pk=item).first()
    if found is None:
        raise NotThere
    return found


@router.post(
    "/reviews/{uuid:review}/items/{uuid:item}/decide", response=ItemOut, summary="Decide about an item"
)
def decide(request: ApiRequest, review: uuid.UUID, item: uuid.UUID, body: VerdictIn) -> dict[str, Any]:
    """Each person's newest verdict on the present revision counts; one request for changes is enough for that state."""
    actor = request.actor
    found = _item(actor, review, item)
    return item_json(actions.decide(actor, found, body.verdict, asset=body.asset, note=body.note), actor)


@router.post(
    "/reviews/{uuid:review}/items/{uuid:item}/unlock", response=ItemOut, summary="Take an approval away"
)
def unlock(request: ApiRequest, review: uuid.UUID, item: uuid.UUID) -> dict[str, Any]:
    """The stack may be revised again."""
    return item_json(actions.unlock(request.actor, _item(request.actor, review, item)), request.actor)
