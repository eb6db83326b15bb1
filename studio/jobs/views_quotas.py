"""The page of a team's quotas: what it has used, and for its owners what it may."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from studio.jobs import quotas
from studio.teams.current import current_team
from studio.teams.models import Team
from studio.teams.pages import page
from studio.teams.rights import Actor, NotThere, can, require

LABELS = {
    "jobs_a_day": (gettext_lazy("Jobs a day"), gettext_lazy("today")),
    "minutes_a_month": (gettext_lazy("Minutes of workers a month"), gettext_lazy("this month")),
    "disk_mb": (gettext_lazy("Disk, in MB"), gettext_lazy("now")),
}


class QuotasForm(forms.Form):
    """Three whole numbers; empty is none."""

    def __init__(self, team: Team, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, (label, _when) in LABELS.items():
            self.fields[name] = forms.IntegerField(
                label=label,
                required=False,
                min_value=0,
                max_value=quotas.MOST,
                initial=getattr(team, name),
                widget=forms.NumberInput(attrs={"class": "input", "placeholder": _("no limit")}),
            )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@page
def team_quotas(request: HttpRequest, actor: Actor) -> HttpResponse:
    team = current_team(request)
    if team is None:
        raise NotThere
    require(actor, "team.quotas" if request.method == "POST" else "team.view", team)
    form = QuotasForm(team, request.POST or None)
    if request.method == "POST" and form.is_valid():
        quotas.set_quotas(actor=actor, team=team, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("team_quotas")
    used = quotas.used(team)
    rows = [
        _row(getattr(team, name), getattr(used, of), *LABELS[name])
        for name, of in zip(quotas.NAMES, ("jobs", "minutes", "disk_mb"), strict=True)
    ]
    context = {"rows": rows, "form": form, "may_set": can(actor, "team.quotas", team)}
    return render(request, "jobs/quotas.html", context, status=422 if form.errors else 200)


def _row(most: int | None, used: float, label: Any, when: Any) -> dict[str, Any]:
    known = {"label": label, "when": when, "used": round(used), "most": most}
    return known | {"full": most is not None and used >= most, "scale": max(most or 0, 1)}
