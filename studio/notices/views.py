"""Pages of notices: the list, one's way from a notice to what it is about, and when one is told by e-mail."""

from __future__ import annotations

import uuid
from dataclasses import asdict, replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from studio.api_shapes import page as page_of
from studio.notices import actions
from studio.notices.forms import PreferencesForm
from studio.notices.preferences import KEY
from studio.problems import InvalidInputs
from studio.teams.models import as_uuid
from studio.teams.pages import page, person
from studio.teams.rights import Actor, NotThere

PAGE = 40


@require_safe
@never_cache
@page
def notices(request: HttpRequest, actor: Actor) -> HttpResponse:
    """/notices/: newest first, several about one thing as one; ?show=unread for those alone."""
    only_unread = request.GET.get("show") == "unread"
    rows = actions.folded(actor, only_unread=only_unread).select_related("team")
    found = page_of(rows, cursor=as_uuid(request.GET.get("cursor", "")), limit=PAGE)
    several = len(actor.team_ids) > 1
    context = {"rows": found.rows, "next": found.next, "only_unread": only_unread, "several_teams": several}
    return render(request, "notices/notices.html", context)


@require_safe
@never_cache
@page
def follow(request: HttpRequest, actor: Actor, notice_id: uuid.UUID) -> HttpResponse:
    """/notices/<id>/: on to what it is about; it is read then. Links in e-mails come here."""
    found = actions.mine(actor).filter(pk=notice_id).first()
    if found is None:
        raise NotThere
    actions.read(actor, ids=[found.pk])
    return HttpResponseRedirect(found.link)


@require_POST
@page
def read(request: HttpRequest, actor: Actor) -> HttpResponse:
    """All of them, or the one that the form names."""
    one = as_uuid(request.POST.get("id", ""))
    actions.read(actor, ids=[one] if one else None)
    return redirect("notices")


@method_decorator([never_cache, page], name="dispatch")
class Preferred(View):
    """/notices/preferences/."""

    def get(self, request: HttpRequest, actor: Actor) -> HttpResponse:
        kept = actions.preferences(actor)
        if KEY not in actor.user.preferences:  # nothing said yet: the browser knows the time zone
            kept = replace(kept, time_zone=request.COOKIES.get("tz") or kept.time_zone)
        return self._form(request, PreferencesForm(initial=asdict(kept)))

    def post(self, request: HttpRequest, actor: Actor) -> HttpResponse:
        form = PreferencesForm(request.POST)
        if form.is_valid():
            try:
                actions.prefer(actor, form.wanted())
            except InvalidInputs as problem:
                for error in problem.errors:
                    form.add_error(str(error["loc"][0]), str(error["msg"]))
            else:
                messages.success(request, _("Saved."))
                return redirect("notice_preferences")
        return self._form(request, form, status=422)

    @staticmethod
    def _form(request: HttpRequest, form: Any, status: int = 200) -> HttpResponse:
        context = {"form": form, "address": person(request).email}
        return render(request, "notices/preferences.html", context, status=status)
