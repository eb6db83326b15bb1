"""Forms of sign-in, account and team pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.forms import AuthenticationForm, PasswordResetForm, SetPasswordForm
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from studio.teams import actions
from studio.teams.models import PROMPT_IN_FILES, UNSEEN, Role, Team, User
from studio.teams.rights import SCOPES

if TYPE_CHECKING:
    PasswordForm = SetPasswordForm[User]
    UserForm = forms.ModelForm[User]
else:  # Django's own classes take no type arguments when they run
    PasswordForm, UserForm = SetPasswordForm, forms.ModelForm


class SignInForm(AuthenticationForm):
    """An address and a password; the same words whether the address or the password is wrong."""

    error_messages = {
        "invalid_login": _(
            "This address and password do not go together. Check both, or have a new password sent."
        ),
        "inactive": _("This account is switched off. Ask a manager of your team."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("E-mail address")
        self.fields["username"].widget = forms.EmailInput(
            attrs={"class": "input", "autocomplete": "username", "required": True, "maxlength": 254}
        )
        self.fields["password"].widget.attrs.update({"class": "input", "autocomplete": "current-password"})


class AskResetForm(PasswordResetForm):
    """Sends a link to a new password; also to people who have none yet (they sign in by link)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail address")
        self.fields["email"].widget.attrs.update({"class": "input"})

    def get_users(self, email: str) -> Iterator[Any]:
        return get_user_model().objects.filter(email__iexact=email, is_active=True).iterator()


class NewPasswordForm(PasswordForm):
    """A new password, twice. Saving goes through the verb, which also writes the audit entry."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new_password1"].help_text = _("At least 10 characters. A sentence is fine.")
        self.fields["new_password2"].label = _("Once more")
        self.fields["new_password2"].help_text = ""
        for name in ("new_password1", "new_password2"):
            self.fields[name].widget.attrs.update({"class": "input"})

    def save(self, commit: bool = True) -> User:
        actions.set_password(user=self.user, password=self.cleaned_data["new_password1"])
        return self.user


class ChangePasswordForm(NewPasswordForm):
    """As NewPasswordForm; who has a password says it first."""

    old_password = forms.CharField(
        label=_("Password now"),
        strip=False,
        widget=forms.PasswordInput(attrs={"class": "input", "autocomplete": "current-password"}),
    )
    field_order = ["old_password", "new_password1", "new_password2"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.user.has_usable_password():
            del self.fields["old_password"]

    def clean_old_password(self) -> str:
        old = str(self.cleaned_data["old_password"])
        if not self.user.check_password(old):
            raise ValidationError(_("That is not your password now."))
        return old


class CodeForm(forms.Form):
    """A code of the authenticator app, or one for recovery."""

    wrong = _("That code is not right, or it has been used. Wait for the next one.")
    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        help_text=_("Six digits from your authenticator app, or one of your recovery codes."),
        widget=forms.TextInput(
            attrs={
                "class": "input",
                "autocomplete": "one-time-code",
                "autocapitalize": "none",
                "spellcheck": "false",
            }
        ),
    )


class JoinForm(forms.Form):
    """A new person who follows an invitation: name, address, password."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"class": "input", "autocomplete": "username"}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        help_text=_("At least 10 characters. A sentence is fine."),
        widget=forms.PasswordInput(attrs={"class": "input", "autocomplete": "new-password"}),
    )

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"])
        if User.objects.filter(email__iexact=email).exists():
            raise ValidationError(
                _("There is an account with this address. Sign in, then follow the link again.")
            )
        return email

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        person = User(email=self.data.get("email", ""), name=self.data.get("name", ""))
        validate_password(password, person)
        return password


class ProfileForm(UserForm):
    """Name and address of the person, and whether their prompts go into the files that they make."""

    prompt_in_files = forms.BooleanField(
        label=_("Write the prompt into my files"),
        help_text=_(
            "Files always say that a model made them, and with which tool. The prompt goes along only where this is on."
        ),
        required=False,
    )

    seen = forms.BooleanField(
        label=_("Show others when I am here"),
        help_text=_(
            "Whoever is in a team with you sees that a page of it is open with you, and whether you look at the same thing."
        ),
        required=False,
    )

    class Meta:
        model = User
        fields = ["name", "email"]
        labels = {"name": _("Name"), "email": _("E-mail address")}
        widgets = {
            "name": forms.TextInput(attrs={"class": "input", "autocomplete": "name"}),
            "email": forms.EmailInput(attrs={"class": "input", "autocomplete": "email"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["prompt_in_files"].initial = bool(self.instance.preferences.get(PROMPT_IN_FILES))
        self.fields["seen"].initial = not self.instance.preferences.get(UNSEEN)

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"])
        if User.objects.filter(email__iexact=email).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("Another account has this address."))
        return email


SCOPE_WORDS = {
    "read": _("Read: see assets, jobs and models"),
    "write": _("Write: submit jobs, add and change assets"),
    "manage": _("Manage: members, models, nodes"),
}


class TokenForm(forms.Form):
    """A new API token: a name, a team (or all of the person's) and what it may do."""

    name = forms.CharField(
        label=_("What is it for"),
        max_length=120,
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off"}),
    )
    team = forms.ModelChoiceField(
        label=_("Team"),
        queryset=Team.objects.none(),
        required=False,
        empty_label=_("All of my teams"),
        widget=forms.Select(attrs={"class": "select"}),
    )
    scopes = forms.MultipleChoiceField(
        label=_("It may"),
        choices=[(scope, SCOPE_WORDS[scope]) for scope in SCOPES],
        required=False,
        help_text=_("None ticked: everything that you may."),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "token_%s")  # the page's other form has a name too
        super().__init__(*args, **kwargs)
        field = self.fields["team"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Team.objects.filter(memberships__user=user).order_by("name")


class TeamForm(forms.Form):
    """A team to be made."""

    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off"}),
    )


class InviteForm(forms.Form):
    """The role that who follows the link will have."""

    role = forms.ChoiceField(
        label=_("Role"),
        choices=Role.choices,
        initial=Role.CREATOR,
        widget=forms.Select(attrs={"class": "select"}),
    )
