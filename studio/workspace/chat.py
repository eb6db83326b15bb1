"""The chat page: branching talk. The turns come by the API, which streams them too; here is what stands around them."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from generators import registry
from studio.catalog import actions as catalog
from studio.catalog.models import ModelCard
from studio.teams.current import current_team
from studio.teams.pages import may, page
from studio.teams.rights import Actor, NotThere
from studio.threads.models import Thread
from studio.workspace import create, offered
from studio.workspace.forms import form_for

TOOL = "text.chat"
THREADS = 60


def own_threads(actor: Actor) -> QuerySet[Thread]:
    """The actor's threads: a talk is its author's alone."""
    return Thread.objects.filter(author=actor.user, team__in=actor.team_ids, deleted_at=None)


@page
def threads(request: HttpRequest, actor: Actor) -> HttpResponse:
    """/chat/: a new thread."""
    return render(request, "chat/chat.html", context(request, actor, None))


@page
def thread(request: HttpRequest, actor: Actor, thread_id: uuid.UUID) -> HttpResponse:
    """/chat/<id>/: one thread."""
    found = own_threads(actor).filter(pk=thread_id).first()
    if found is None:
        raise NotThere
    return render(request, "chat/chat.html", context(request, actor, found))


def context(request: HttpRequest, actor: Actor, current: Thread | None) -> dict[str, Any]:
    """What the page shows around the turns: threads, the models that can answer, the inputs of a turn."""
    team = current_team(request)
    tool = registry.tools().get(TOOL)
    models = create.model_choices(actor, tool, team) if tool else {}
    form = form_for(tool, models=models) if tool else None
    chosen = catalog.default_for("text-generation", actor.team_ids)
    fields = (
        [view for view in form.fields if view.widget in ("model", "slider", "seed", "number", "brand")]
        if form
        else []
    )
    return {
        "tabs": offered.tabs("text"),
        "here_medium": offered.medium_name("text"),
        "text_tools": [
            {"title": _(each.title), "path": offered.path_of(each), "current": each.name == TOOL}
            for each in offered.offered()
            if each.medium == "text"
        ],
        "threads": own_threads(actor).order_by("-updated_at")[:THREADS],
        "current": current,
        "fields": fields,
        "may_submit": tool is not None and may(actor, team, "thread.use")["thread_use"],
        **create.offer(actor, "text-generation"),
        "page": {
            "thread": str(current.pk) if current else None,
            "team": str(team.pk) if team else None,
            "model": chosen.title if chosen else "",
            "context": contexts(actor),
            "best": chosen.name if chosen else "",
        },
    }


def contexts(actor: Actor) -> dict[str, int]:
    """By model: how many tokens it can hold."""
    rows: QuerySet[ModelCard] = catalog.visible(actor).filter(task="text-generation")
    return {row.name: row.context for row in rows}
