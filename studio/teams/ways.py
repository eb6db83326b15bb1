"""Other ways in than a password: a company's sign-in, a passkey; and the second step that the rest of them go through."""

from __future__ import annotations

import logging
import time
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.core import signing
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from studio.teams import identities, oidc, passkeys, throttle, totp
from studio.teams.actions import Refused, audit
from studio.teams.forms import CodeForm
from studio.teams.models import User
from studio.teams.pages import next_of, rests
from studio.teams.second_step import came_by

log = logging.getLogger(__name__)
BACKEND = "django.contrib.auth.backends.ModelBackend"
WAITING = "second_step"
"""The session's word for somebody who has still to give a code."""
WAITS_S = 600
SIGNING = "passkey_signing_in"
COOKIE = "oidc"
Link = tuple[str, str]


def enter(
    request: HttpRequest, user: User, onward: str, way: str = "", link: Link | None = None
) -> HttpResponseRedirect:
    """Sign in whoever has shown who they are, or ask for their second step first. A passkey has asked for it itself.

    `link`: the identity (issuer, subject) that becomes this person's once they are in.
    """
    if way != "passkey" and totp.is_on(user):
        request.session.cycle_key()
        request.session[WAITING] = {
            "user": str(user.pk),
            "next": onward,
            "way": way,
            "link": link,
            "at": time.time(),
        }
        return redirect("signin_code")
    return _let_in(request, user, onward, way, link)


def _let_in(
    request: HttpRequest, user: User, onward: str, way: str, link: Link | None
) -> HttpResponseRedirect:
    if link:
        identities.link(user, *link)
        messages.info(
            request,
            _("Your account now belongs to your sign-in at %(name)s. Earlier passwords and passkeys have ended; "
              "look whether every API token on your account page is yours.") % {"name": oidc.name()},
        )  # fmt: skip
    login(request, user, backend=BACKEND)
    came_by(request, way)
    if way:
        audit(None, user, f"signin.{way}", str(user.pk))
    return redirect(onward)


# ---------------------------------------------------------------- the second step


def _waiting(request: HttpRequest) -> tuple[User, dict[str, Any]] | None:
    kept = request.session.get(WAITING)
    if not kept or time.time() - kept["at"] > WAITS_S:
        return None
    user = User.objects.filter(pk=kept["user"], is_active=True).first()
    return (user, kept) if user and totp.is_on(user) else None


@never_cache
@require_http_methods(["GET", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """The code of the authenticator app, or one for recovery; only after a right password, link or company sign-in."""
    found = _waiting(request)
    if found is None:
        request.session.pop(WAITING, None)
        return redirect("signin")
    user, kept = found
    form = CodeForm(request.POST or None)
    if request.method == "POST":
        address = throttle.address_of(request)
        wait = throttle.before_code(str(user.pk), address)
        if wait:
            return rests(request, "teams/signin_code.html", {"form": CodeForm(), "rests": True}, wait)
        if form.is_valid() and totp.passes(user, form.cleaned_data["code"]):
            throttle.after_right_code(str(user.pk), address)
            del request.session[WAITING]
            link = (kept["link"][0], kept["link"][1]) if kept["link"] else None
            return _let_in(request, user, kept["next"], kept["way"], link)
        if form.is_valid():
            form.add_error("code", form.wrong)
    return render(request, "teams/signin_code.html", {"form": form}, status=422 if form.errors else 200)


# ---------------------------------------------------------------- passkeys


@never_cache
@require_POST
def passkey_options(request: HttpRequest) -> JsonResponse:
    wait = throttle.count("passkey", throttle.address_of(request))
    if wait:
        return JsonResponse({}, status=429, headers={"Retry-After": str(wait)})
    options, request.session[SIGNING] = passkeys.begin_signing_in(request)
    return JsonResponse(options)


@never_cache
@require_POST
def passkey(request: HttpRequest) -> HttpResponse:
    """The answer of the person's device; each question is good for one."""
    onward = next_of(request, "/")
    user = passkeys.person_of(request, request.session.pop(SIGNING, None), request.POST.get("answer", ""))
    if user is None:
        return _back_to_signin(request, _("That passkey opens no account here."), onward)
    throttle.take_back("passkey", throttle.address_of(request))  # a whole office may share the address
    return enter(request, user, onward, "passkey")


# ---------------------------------------------------------------- a company's sign-in


def _back() -> str:
    return reverse("oidc_back")


def _here(request: HttpRequest) -> str:
    """Where the provider sends the browser back to; it has to be told this address."""
    if settings.PUBLIC_URL:
        return f"{settings.PUBLIC_URL.rstrip('/')}{_back()}"
    return request.build_absolute_uri(_back())


def _back_to_signin(request: HttpRequest, words: str, onward: str = "/") -> HttpResponseRedirect:
    messages.error(request, words)
    return redirect(f"{reverse('signin')}?{urlencode({'next': onward})}" if onward != "/" else "signin")


@never_cache
@require_safe
def company(request: HttpRequest) -> HttpResponse:
    """On to the provider. What belongs to this one try lies signed in a cookie, so that nothing is written here."""
    if not oidc.configured():
        raise Http404
    wait = throttle.waits("oidc", throttle.address_of(request))
    if wait:
        return _back_to_signin(request, str(throttle.TooMany(wait)))
    onward = next_of(request, "/")
    try:
        address, kept = oidc.begin(_here(request))
    except oidc.NotSaid as error:
        return _not_said(request, error, onward)
    answer = redirect(address)
    answer.set_cookie(
        COOKIE,
        signing.dumps({**kept, "next": onward}, salt=COOKIE),
        max_age=WAITS_S,
        path=reverse("oidc"),
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",  # the provider sends the browser back by a link
    )
    return answer


@never_cache
@require_safe
def company_back(request: HttpRequest) -> HttpResponse:
    """Back from the provider: who is it? Every cookie is good for one answer."""
    if not oidc.configured():
        raise Http404
    answer = _company_back(request)
    answer.delete_cookie(COOKIE, path=reverse("oidc"))
    return answer


def _company_back(request: HttpRequest) -> HttpResponse:
    address = throttle.address_of(request)
    wait = throttle.count("oidc", address)
    if wait:
        return _back_to_signin(request, str(throttle.TooMany(wait)))
    onward = "/"
    try:
        kept = signing.loads(request.COOKIES.get(COOKIE, ""), salt=COOKIE, max_age=WAITS_S)
        onward = kept["next"]
        claims = oidc.finish(kept, {key: str(value) for key, value in request.GET.items()}, _here(request))
        user = identities.known(claims.issuer, claims.subject)
        link = None
        if user is None:
            user = identities.to_link(claims)
            link = (claims.issuer, claims.subject) if user else None
        user = user or identities.newcomer(claims)
        if not user.is_active:
            raise Refused(_("This account is switched off. Ask a manager of your team."))
        throttle.take_back("oidc", address)
        return enter(request, user, onward, "oidc", link)
    except signing.BadSignature:
        return _not_said(request, oidc.NotSaid("no sign-in was begun in this browser"), onward)
    except oidc.NotSaid as error:
        return _not_said(request, error, onward)
    except Refused as error:
        return _back_to_signin(request, str(error))
    except IntegrityError:  # two windows at once: the other one has made the account or the link
        return _not_said(request, oidc.NotSaid("another answer was first"), onward)


def _not_said(request: HttpRequest, error: oidc.NotSaid, onward: str) -> HttpResponseRedirect:
    log.warning("sign-in by OIDC: %s", error)
    words = _("%(name)s did not sign you in. Try again, or sign in another way.") % {"name": oidc.name()}
    return _back_to_signin(request, words, onward)
