"""Pages of chains: all of a team's, a new one from an asset, what it asks for, a run of it."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from generators.registry import tools
from studio.chains import actions, derive, steps
from studio.chains.actions.advance import about
from studio.chains.actions.keep import LONGEST_NAME
from studio.chains.models import Chain, ChainRun
from studio.gallery import actions as gallery
from studio.gallery.models import Asset
from studio.gallery.templatetags.gallery import name_of
from studio.jobs.models import State
from studio.jobs.views import medium_of, title_of
from studio.jobs.views import page_words as job_words
from studio.notices import actions as notices
from studio.problems import Conflict, InvalidInputs
from studio.teams.current import about_team, current_team
from studio.teams.models import Team
from studio.teams.pages import may, page
from studio.teams.rights import Actor, NotThere, can, require
from studio.workspace.chain_form import chosen, moved, order_of, rows_of, settled
from studio.workspace.create import model_choices
from studio.workspace.forms import FieldView, form_for

SHOWN_RUNS = 24


def _team(request: HttpRequest) -> Team:
    team = current_team(request)
    if team is None:
        raise NotThere
    return team


def titles_of(rows: list[dict[str, Any]]) -> list[str]:
    """The titles of the tools of a chain's steps."""
    known = tools()
    return [_(known[row["tool"]].title) if row["tool"] in known else row["tool"] for row in rows]


def page_words() -> dict[str, str]:
    """The sentences of the chains' scripts."""
    return {
        "chain_deleted": _("“{name}” is deleted."),
        "chain_back": _("“{name}” is back."),
        "chain_moved": _("{title} is step {n} of {of} now."),
        "chain_later": _("Choose where it comes from: {names}"),
    }


@never_cache
@require_safe
@page
def chains(request: HttpRequest, actor: Actor) -> HttpResponse:
    """/chains/: what the team keeps, and the last runs."""
    team = _team(request)
    require(actor, "chain.view", team)
    runs = ChainRun.objects.filter(team=team).select_related("author").order_by("-pk")[:SHOWN_RUNS]
    context = {
        "chains": [
            {"one": one, "titles": titles_of(one.steps)}
            for one in Chain.objects.filter(team=team, deleted_at=None).order_by("name")
        ],
        "runs": [{"one": one, "titles": titles_of(one.steps)} for one in runs],
        "page_words": page_words(),
        **may(actor, team, "chain.edit", "job.submit"),
    }
    return render(request, "chains/chains.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def new(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """/chains/new/?asset=…: the steps that led to it, in which order, and what is to be asked for at each run."""
    asset = gallery.get_visible(actor, request.GET.get("asset", ""))
    require(actor, "chain.edit", asset.team)
    about_team(request, asset.team_id)
    try:
        found = derive.steps_of(actor, asset)
    except InvalidInputs as problem:
        messages.error(request, problem.detail)
        return redirect(f"/assets/{asset.pk}/")
    form = _Edit(request, found, asset=asset)
    if request.method != "POST":
        return form.show(name_of(asset)[:LONGEST_NAME])
    try:
        if form.take():
            return form.show()
        kept = actions.save(actor=actor, team=asset.team, name=form.name, chain=settled(form.steps))
    except (InvalidInputs, Conflict) as problem:
        return form.show(wrong=problem)
    messages.success(request, _("“%(name)s” is kept as a template.") % {"name": kept.name})
    return redirect("chain", kept.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def edit(request: HttpRequest, actor: Actor, chain_id: uuid.UUID) -> HttpResponseBase:
    """/chains/<id>/edit/: its name, the order of its steps, and its blanks."""
    chain = actions.get_visible(actor, chain_id, "chain.edit")
    about_team(request, chain.team_id)
    form = _Edit(request, steps.read(chain.steps), chain=chain)
    if request.method != "POST":
        return form.show(chain.name)
    try:
        if form.take():
            return form.show()
        actions.change(actor=actor, chain=chain, name=form.name, to=settled(form.steps))
    except (InvalidInputs, Conflict) as problem:
        return form.show(wrong=problem)
    messages.success(request, _("Saved."))
    return redirect("chain", chain.pk)


class _Edit:
    """The form of a chain's steps: as they are kept, then with what was sent."""

    def __init__(
        self,
        request: HttpRequest,
        found: list[steps.Step],
        *,
        chain: Chain | None = None,
        asset: Asset | None = None,
    ) -> None:
        self.request, self.about = request, {"chain": chain, "asset": asset}
        self.name = request.POST.get("name", "")
        self.order = order_of(request.POST, len(found))
        self.steps = steps.arranged(found, self.order)

    def take(self) -> bool:
        """Take in what was sent; whether it only moves a step, and is not to be saved yet."""
        self.steps = chosen(self.steps, self.request.POST)
        move = self.request.POST.get("move")
        if move is not None:
            self.steps, self.order = moved(self.steps, self.order, move)
        return move is not None

    def show(self, name: str | None = None, wrong: InvalidInputs | Conflict | None = None) -> HttpResponse:
        """The page; with X-Fragment the steps alone."""
        context = {
            **self.about,
            "name": self.name if name is None else name,
            "steps": rows_of(self.steps, self.order),
            "order": ",".join(map(str, self.order)),
            "wrong": wrong.detail if wrong else "",
            "page_words": page_words(),
        }
        template = "chains/edit_steps.html" if self.request.headers.get("X-Fragment") else "chains/edit.html"
        return render(self.request, template, context, status=wrong.status if wrong else 200)


@require_safe
@page
def chain(request: HttpRequest, actor: Actor, chain_id: uuid.UUID) -> HttpResponse:
    """/chains/<id>/: the form of its blanks."""
    found = actions.get_visible(actor, chain_id)
    about_team(request, found.team_id)
    wanted = steps.read(found.steps)
    asked = steps.blanks(wanted)
    known = tools()
    groups = []
    for number, step in enumerate(wanted, 1):
        fields = _fields(actor, step, number, found.team) if step.tool in known else []
        title = titles_of([{"tool": step.tool}])[0]
        groups.append({"number": number, "title": title, "fields": fields, "there": step.tool in known})
    context = {
        "chain": found,
        "groups": groups,
        "asks": bool(asked),
        "lost": any(not group["there"] for group in groups),
        "may_submit": can(actor, "job.submit", found.team),
        "may_edit": can(actor, "chain.edit", found),
        "runs": ChainRun.objects.filter(chain=found).select_related("author").order_by("-pk")[:SHOWN_RUNS],
        "page": {"team": str(found.team_id), "sources": [], "chain": str(found.pk), "asked": list(asked)},
    }
    return render(request, "chains/chain.html", context)


def _fields(actor: Actor, step: steps.Step, number: int, team: Team) -> list[FieldView]:
    """The fields of a step's blanks, as the form of its tool has them; named after the step as well, s1-prompt."""
    tool = tools()[step.tool]
    offered = {
        name: source.value
        for name, source in step.inputs.items()
        if isinstance(source, steps.Kept | steps.Blank) and source.value is not None
    }
    asked = {name for name, source in step.inputs.items() if isinstance(source, steps.Blank)}
    form = form_for(tool, offered, models=model_choices(actor, tool, team))
    found = []
    for view in form.fields:
        if not asked & {view.name, view.pair.name if view.pair else view.name}:
            continue
        pair = replace(view.pair, name=f"s{number}-{view.pair.name}") if view.pair else None
        # A prompt of a chain is one wording: what {a|b} would multiply has no end here.
        widget = "text" if view.widget == "prompt" else view.widget
        found.append(replace(view, name=f"s{number}-{view.name}", widget=widget, pair=pair))
    return found


@never_cache
@require_safe
@page
def run(request: HttpRequest, actor: Actor, run_id: uuid.UUID) -> HttpResponse:
    """/chains/runs/<id>/: how far each step is, and what it made. With X-Fragment only what changes."""
    found = actions.get_visible_run(actor, run_id)
    about_team(request, found.team_id)
    if notices.mine(actor).filter(about=about(found), read_at=None).exists():  # whoever is here has been told
        notices.read(actor, about=about(found))
    rows = {
        row.number: row.job for row in found.rows.select_related("job").prefetch_related("job__job_assets")
    }
    made = gallery.visible(actor).filter(
        job_links__job__in=[job.pk for job in rows.values()], deleted_at=None
    )
    assets: dict[uuid.UUID | None, list[Asset]] = {}
    for asset in made.order_by("index"):
        assets.setdefault(asset.job_ref, []).append(asset)
    told = []
    for number, title in enumerate(titles_of(found.steps), 1):
        job = rows.get(number)
        told.append(
            {
                "number": number,
                "title": title,
                "job": job,
                "words": title_of(job) if job else "",
                "medium": medium_of(job) if job else "",
                "percent": round(job.progress * 100) if job else 0,
                "assets": assets.get(job.pk, []) if job else [],
            }
        )
    context = {
        "run": found,
        "steps": told,
        "done": sum(1 for job in rows.values() if job.state == State.SUCCEEDED),
        "may_cancel": can(actor, "job.cancel", found) and found.state == ChainRun.State.RUNNING,
        "may_go_on": can(actor, "job.submit", found.team)
        and found.state in (ChainRun.State.FAILED, ChainRun.State.CANCELLED),
    }
    if request.headers.get("X-Fragment"):
        return render(request, "chains/run_body.html", context)
    return render(request, "chains/run.html", context | {"page_words": job_words()})
