"""Pages of getting in and out: sign-in by link and by password, a new password by mail, sign-out, joining a team."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import login, logout
from django.contrib.auth import views as auth
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from studio.teams import actions, changes, oidc, throttle
from studio.teams.current import TEAM_KEY
from studio.teams.forms import AskResetForm, JoinForm, NewPasswordForm, SignInForm
from studio.teams.models import User
from studio.teams.pages import next_of, rests
from studio.teams.rights import NotThere
from studio.teams.ways import BACKEND, enter


class SignIn(auth.LoginView):
    """Address and password."""

    template_name = "teams/signin.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        account = request.POST.get("username", "")
        wait = throttle.before_password(account, throttle.address_of(request))
        if wait:
            form = self.get_form_class()(request, initial={"username": account})
            context = self.get_context_data(form=form, rests=True)
            return rests(request, self.template_name, context, wait)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: BaseForm) -> HttpResponse:
        throttle.after_right_password(
            self.request.POST.get("username", ""), throttle.address_of(self.request)
        )
        assert isinstance(form, SignInForm)
        return enter(self.request, form.get_user(), self.get_success_url())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        company = oidc.name() if oidc.configured() else ""
        return {**super().get_context_data(**kwargs), "company": company}

    def form_invalid(self, form: BaseForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


@never_cache
@require_http_methods(["GET", "POST"])
def signin_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """A one-time link. GET shows the way in and spends nothing (link previews only look); POST signs in."""
    if request.method == "POST":
        user = actions.use_signin_link(token)
        if user is not None:
            return enter(request, user, next_of(request, "/"))
        if request.user.is_authenticated:
            return redirect("/")
        wait = throttle.count("link", throttle.address_of(request))
        if wait:
            return rests(request, "teams/signin_link.html", {"spent": True, "rests": True}, wait)
        return render(request, "teams/signin_link.html", {"spent": True}, status=410)
    return render(request, "teams/signin_link.html", {"spent": False})


@require_POST
def signout(request: HttpRequest) -> HttpResponseRedirect:
    user = request.user
    logout(request)
    if isinstance(user, User):
        changes.tell(user.pk)  # not on the signal, which comes before the session is gone
    messages.info(request, _("You are signed out."))
    return redirect("signin")


class AskReset(auth.PasswordResetView):
    """Ask for a link to a new password; the answer is the same whether the address is known or not."""

    template_name = "teams/reset.html"
    form_class = AskResetForm
    email_template_name = "teams/mail/reset.txt"
    subject_template_name = "teams/mail/reset_subject.txt"
    success_url = reverse_lazy("reset_sent")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        wait = throttle.before_mail(request.POST.get("email", ""), throttle.address_of(request))
        if wait:
            context = self.get_context_data(form=self.get_form_class()(), rests=True)
            return rests(request, self.template_name, context, wait)
        return super().post(request, *args, **kwargs)


class ResetSent(auth.PasswordResetDoneView):
    template_name = "teams/reset_sent.html"


class SetNewPassword(auth.PasswordResetConfirmView):
    """The mailed link: a new password, and the person is signed in; a second step is asked as ever."""

    template_name = "teams/reset_set.html"
    form_class = NewPasswordForm
    success_url = reverse_lazy("account")

    def form_valid(self, form: BaseForm) -> HttpResponse:
        messages.success(self.request, _("Your new password is set."))
        super().form_valid(form)  # type: ignore[arg-type]
        assert isinstance(self.user, User)
        return enter(self.request, self.user, str(self.success_url))


@never_cache
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """An invitation: who is signed in joins with one click; somebody new makes an account."""
    invitation = actions.find_invitation(token)
    if invitation is None:
        wait = throttle.count("link", throttle.address_of(request))
        if wait:
            return rests(request, "teams/join.html", {"invitation": None, "rests": True}, wait)
        return render(request, "teams/join.html", {"invitation": None}, status=410)
    signed_in = isinstance(request.user, User)
    form = None if signed_in else JoinForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and (form is None or form.is_valid()):
        if form is None:
            assert isinstance(request.user, User)
            user = request.user
        else:
            data = form.cleaned_data
            user = actions.create_user(email=data["email"], name=data["name"], password=data["password"])
        try:
            member = actions.accept_invitation(user=user, token=token)
        except NotThere:
            raise Http404 from None
        if form is not None:
            login(request, user, backend=BACKEND)
        request.session[TEAM_KEY] = str(member.team_id)
        messages.success(request, _("You are in %(team)s now.") % {"team": invitation.team.name})
        return redirect("/")
    context = {
        "invitation": invitation,
        "form": form,
        "signin": f"{reverse('signin')}?next={request.path}",
        "member": isinstance(request.user, User)
        and invitation.team.memberships.filter(user=request.user).exists(),
    }
    return render(
        request, "teams/join.html", context, status=422 if form is not None and form.errors else 200
    )
