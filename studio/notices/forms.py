"""The form that says when one is told by e-mail."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext_lazy as _

from studio.notices.preferences import AT_ONCE, DAILY, NEVER, Preferences


def _clock(label: Any, help_text: Any = "") -> forms.CharField:
    widget = forms.TextInput(attrs={"class": "input", "type": "time"})
    return forms.CharField(label=label, help_text=help_text, required=False, widget=widget)


class PreferencesForm(forms.Form):
    """What it refuses is said by the verb; here are only the kinds of fields."""

    email = forms.ChoiceField(
        label=_("How often"),
        choices=[(AT_ONCE, _("At once")), (DAILY, _("Once a day, all in one")), (NEVER, _("Never"))],
        widget=forms.Select(attrs={"class": "select"}),
    )
    digest_hour = forms.TypedChoiceField(
        label=_("The daily e-mail comes at"),
        coerce=int,
        choices=[(hour, f"{hour:02}:00") for hour in range(24)],
        widget=forms.Select(attrs={"class": "select"}),
    )
    quiet_from = _clock(_("Quiet from"))
    quiet_to = _clock(_("Quiet until"), _("No e-mail goes out in between; empty for no quiet hours."))
    time_zone = forms.ChoiceField(label=_("Time zone"), widget=forms.Select(attrs={"class": "select"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = sorted(name for name in available_timezones() if "/" in name or name == "UTC")
        self.fields["time_zone"].choices = [(name, name.replace("_", " ")) for name in zones]  # type: ignore[attr-defined]

    def wanted(self) -> Preferences:
        return Preferences(**self.cleaned_data)
