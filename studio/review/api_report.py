"""The call for a review as a PDF."""

from __future__ import annotations

import uuid

from asgiref.sync import sync_to_async
from django.http import HttpResponseBase
from ninja import Router

from studio.gallery import files
from studio.review import actions, report
from studio.review.models import Review
from studio.teams.auth import ApiRequest

router = Router(tags=["Reviews"])


@router.api_operation(
    ["GET"], "/reviews/{uuid:review}/report", response={200: None}, summary="A review as a PDF"
)
async def as_pdf(request: ApiRequest, review: uuid.UUID) -> HttpResponseBase:
    """What was asked, each asset with its pinned comments and verdicts, what was picked; as it stands now."""

    def found() -> Review:
        return actions.get_visible(request.actor, review)

    row = await sync_to_async(found)()
    file = await sync_to_async(report.written, thread_sensitive=False)(row)
    return files.as_download(file, "application/pdf", row.title or str(review))
