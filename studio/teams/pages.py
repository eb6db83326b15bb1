"""What every page's view needs: a signed-in person as an actor, and refusals turned into pages."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

from studio.teams.actions import Refused
from studio.teams.current import held_choice
from studio.teams.models import Team, User
from studio.teams.rights import Actor, NotAllowed, NotThere, StepOwed
from studio.teams.second_step import way_of

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, Actor, P], HttpResponseBase]


def page(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """For signed-in people only: the view gets (request, actor, …).

    NotThere becomes the 404 page, NotAllowed the 403 page, Refused a message on the page one came from.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            if request.headers.get("X-Fragment"):
                return HttpResponse(status=401)
            return redirect_to_login(request.get_full_path())
        actor = Actor.of(request.user, way=way_of(request))
        owed = held_choice(request, actor.held) if actor.held else None
        if owed is not None:
            return _step_owed(request, owed)
        try:
            return view(request, actor, *args, **kwargs)
        except StepOwed as error:
            return _step_owed(request, error.team)
        except NotThere:
            raise Http404 from None
        except NotAllowed as error:
            raise PermissionDenied(str(error)) from None
        except Refused as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(next_of(request, request.headers.get("Referer") or "/"))

    return wrapped


def _step_owed(request: HttpRequest, team: uuid.UUID) -> HttpResponse:
    """To the page that says what that team asks for; what a page asks for in pieces just is not there."""
    if request.headers.get("X-Fragment"):
        raise Http404
    return redirect("second_step", team)


def next_of(request: HttpRequest, default: str) -> str:
    """Where the form says to go on (`next`), if that is an address of this studio; else `default`."""
    wanted = str(request.POST.get("next") or request.GET.get("next") or default)
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if safe else "/"


def rests(request: HttpRequest, template: str, context: dict[str, Any], wait_s: int) -> HttpResponse:
    """The page with the word that one has to wait: 429, Retry-After."""
    context |= {"minutes": -(-wait_s // 60)}
    response = render(request, template, context, status=429)
    response.headers["Retry-After"] = str(wait_s)
    return response


def person(request: HttpRequest) -> User:
    """The signed-in person of a request that `page` has let through."""
    return cast(User, request.user)


def may(actor: Actor, team: Team | None, *verbs: str) -> dict[str, Any]:
    """{"asset_add": True, …}: which of these verbs the actor has over a team, for templates."""
    from studio.teams.rights import can

    return {verb.replace(".", "_"): team is not None and can(actor, verb, team) for verb in verbs}
