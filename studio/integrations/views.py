"""Pages of webhooks: the team's list, and one with its last deliveries. Managers alone see them."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from studio.integrations import actions
from studio.integrations.models import Delivery, Webhook
from studio.integrations.outbox import EVENTS
from studio.problems import InvalidInputs
from studio.teams.current import current_team
from studio.teams.pages import page
from studio.teams.rights import Actor, NotThere, require

SHOWN = 50


def _given(url: str, chosen: Sequence[str], wrong: Mapping[str, str]) -> dict[str, Any]:
    """What the form of a webhook shows."""
    events = [{"name": name, "words": words, "chosen": name in chosen} for name, words in EVENTS.items()]
    return {"url": url, "events": events, "wrong": wrong}


def _wrong(problem: InvalidInputs) -> dict[str, str]:
    return {str(error["loc"][0]): str(error["msg"]) for error in problem.errors}


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@page
def webhooks(request: HttpRequest, actor: Actor) -> HttpResponse:
    """/team/webhooks/: all of the team's, and a form for another."""
    team = current_team(request)
    if team is None:
        raise NotThere
    require(actor, actions.VERB, team)
    url, chosen, wrong = "", list(EVENTS), {}
    if request.method == "POST":
        url, chosen = request.POST.get("url", ""), request.POST.getlist("events")
        try:
            hook, secret = actions.add(actor, team, url, chosen)
        except InvalidInputs as problem:
            wrong = _wrong(problem)
        else:
            return _show(request, hook, secret=secret)
    context = {
        "hooks": Webhook.objects.filter(team=team).order_by("-pk"),
        "form": _given(url, chosen, wrong),
    }
    return render(request, "integrations/webhooks.html", context, status=422 if wrong else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@page
def webhook(request: HttpRequest, actor: Actor, webhook_id: uuid.UUID) -> HttpResponse:
    """/team/webhooks/<id>/: one with its last deliveries; POST changes address and events."""
    hook = actions.get_visible(actor, webhook_id)
    if request.method != "POST":
        return _show(request, hook)
    url, chosen = request.POST.get("url", ""), request.POST.getlist("events")
    try:
        actions.edit(actor, hook, url=url, events=chosen)
    except InvalidInputs as problem:
        hook.refresh_from_db()
        return _show(request, hook, form=_given(url, chosen, _wrong(problem)))
    messages.success(request, _("Saved."))
    return redirect("webhook", hook.pk)


def _show(
    request: HttpRequest, hook: Webhook, *, secret: str = "", form: dict[str, Any] | None = None
) -> HttpResponse:
    context = {
        "hook": hook,
        "secret": secret,
        "form": form or _given(hook.url, hook.hears, {}),
        "deliveries": hook.deliveries.order_by("-pk")[:SHOWN],
        "dead": hook.deliveries.filter(state=Delivery.State.DEAD).count(),
    }
    return render(request, "integrations/webhook.html", context, status=422 if form else 200)


def _verb(
    does: Callable[[HttpRequest, Actor, Webhook], str],
) -> Callable[..., HttpResponseBase]:
    """A button of one webhook: it does something, says what, and shows the webhook again."""

    @require_POST
    @page
    def view(request: HttpRequest, actor: Actor, webhook_id: uuid.UUID) -> HttpResponseRedirect:
        hook = actions.get_visible(actor, webhook_id)
        messages.success(request, does(request, actor, hook))
        return redirect("webhook", hook.pk)

    return view


def _pause(request: HttpRequest, actor: Actor, hook: Webhook) -> str:
    actions.pause(actor, hook)
    return _("Paused. What happens meanwhile waits.")


def _resume(request: HttpRequest, actor: Actor, hook: Webhook) -> str:
    actions.resume(actor, hook)
    return _("It is on again; what waits is sent now.")


def _test(request: HttpRequest, actor: Actor, hook: Webhook) -> str:
    actions.test(actor, hook)
    return _("A test is on its way. Load this page again to see what came of it.")


def _replay_dead(request: HttpRequest, actor: Actor, hook: Webhook) -> str:
    n = actions.replay_dead(actor, hook)
    return ngettext("%(n)d is sent again.", "%(n)d are sent again.", n) % {"n": n}


pause, resume, test, replay_dead = map(_verb, (_pause, _resume, _test, _replay_dead))


@never_cache
@require_POST
@page
def rotate(request: HttpRequest, actor: Actor, webhook_id: uuid.UUID) -> HttpResponse:
    """Another secret, in this answer and nowhere else."""
    hook = actions.get_visible(actor, webhook_id)
    return _show(request, hook, secret=actions.rotate(actor, hook))


@require_POST
@page
def remove(request: HttpRequest, actor: Actor, webhook_id: uuid.UUID) -> HttpResponseRedirect:
    actions.remove(actor, actions.get_visible(actor, webhook_id))
    messages.success(request, _("The webhook is removed; nothing is sent there any more."))
    return redirect("webhooks")


@require_POST
@page
def replay(
    request: HttpRequest, actor: Actor, webhook_id: uuid.UUID, delivery_id: uuid.UUID
) -> HttpResponseRedirect:
    hook = actions.get_visible(actor, webhook_id)
    actions.replay(actor, actions.delivery_of(hook, delivery_id))
    messages.success(request, _("It is sent again."))
    return redirect("webhook", hook.pk)
