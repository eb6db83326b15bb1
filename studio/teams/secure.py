"""Pages of the account that make signing in safer: the second step and passkeys."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from studio.teams import passkeys, throttle, totp
from studio.teams.forms import CodeForm
from studio.teams.fresh import ask_fresh, is_fresh
from studio.teams.models import Passkey, User
from studio.teams.pages import page, person, rests
from studio.teams.rights import Actor
from studio.teams.second_step import came_by

ADDING = "passkey_adding"


def of_account(request: HttpRequest) -> dict[str, Any]:
    """What the account page shows of it."""
    user = person(request)
    on = totp.is_on(user)
    return {
        "fresh": is_fresh(request),
        "second_step": on,
        "codes_left": totp.codes_left(user) if on else 0,
        "off": CodeForm(auto_id="off_%s"),
        "passkeys": Passkey.objects.filter(user=user).order_by("-id"),
        "linked": user.identities.exists(),
    }


@require_POST
@page
def begin_totp(request: HttpRequest, actor: Actor) -> HttpResponseRedirect:
    ask_fresh(request)
    totp.begin(person(request))
    return redirect("totp")


@never_cache
@require_http_methods(["GET", "POST"])
@page
def confirm_totp(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The new secret, until a code confirms it; then the recovery codes, in this answer and nowhere else."""
    user = person(request)
    waiting = totp.begun(user)
    if waiting is None:
        return redirect("account")
    form = CodeForm(request.POST or None)
    status = 200
    context: dict[str, Any] = {"form": form}
    if request.method == "POST":
        wait = throttle.before_code(str(user.pk), throttle.address_of(request))
        if wait:
            return rests(
                request, "teams/totp.html", {**_shown(waiting, user), "form": form, "rests": True}, wait
            )
        codes = totp.confirm(user, form.cleaned_data["code"]) if form.is_valid() else []
        if codes:
            throttle.after_right_code(str(user.pk), throttle.address_of(request))
            return render(request, "teams/totp.html", {"codes": codes})
        form.add_error("code", form.wrong)
        status = 422
    return render(request, "teams/totp.html", {**context, **_shown(waiting, user)}, status=status)


def _shown(waiting: Any, user: User) -> dict[str, str]:
    """The secret as a picture and in letters, four at a time."""
    import segno

    secret = totp.secret_of(waiting)
    picture = segno.make(totp.address_of(waiting, user), error="m", micro=False)
    return {
        "qr": picture.svg_data_uri(border=4, scale=4, dark="#000", light="#fff"),
        "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
    }


@require_POST
@page
def end_totp(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Off, for a code; a browser left open is not enough."""
    user = person(request)
    if not totp.is_on(user):
        return redirect("account")
    wait = throttle.before_code(str(user.pk), throttle.address_of(request))
    if wait:
        messages.error(request, str(throttle.TooMany(wait)))
        return redirect("account")
    form = CodeForm(request.POST)
    if form.is_valid() and totp.passes(user, form.cleaned_data["code"]):
        throttle.after_right_code(str(user.pk), throttle.address_of(request))
        totp.off(user)
        messages.success(request, _("The second step is off."))
    else:
        messages.error(request, form.wrong)
    return redirect("account")


@never_cache
@require_POST
@page
def passkey_options(request: HttpRequest, actor: Actor) -> JsonResponse:
    ask_fresh(request)
    options, request.session[ADDING] = passkeys.begin_adding(request, person(request))
    return JsonResponse(options)


@require_POST
@page
def add_passkey(request: HttpRequest, actor: Actor) -> HttpResponseRedirect:
    state = request.session.pop(ADDING, None)
    passkeys.add(
        request, person(request), request.POST.get("name", ""), state, request.POST.get("answer", "")
    )
    came_by(request, "passkey")
    messages.success(request, _("The passkey is there: sign in with it from now on."))
    return redirect("account")


@require_POST
@page
def remove_passkey(request: HttpRequest, actor: Actor, passkey_id: uuid.UUID) -> HttpResponseRedirect:
    passkeys.remove(actor, passkey_id)
    messages.success(request, _("The passkey is removed; it no longer opens anything."))
    return redirect("account")
