"""Addresses of sign-in, account and team."""

from __future__ import annotations

from django.urls import path

from studio.teams import demand, secure, signin, views, ways

urlpatterns = [
    path("signin/", signin.SignIn.as_view(), name="signin"),
    path("signin/code/", ways.code, name="signin_code"),
    path("signin/passkey/", ways.passkey, name="passkey_signin"),
    path("signin/passkey/options/", ways.passkey_options, name="passkey_options"),
    path("signin/oidc/", ways.company, name="oidc"),
    path("signin/oidc/back/", ways.company_back, name="oidc_back"),
    path("signin/<str:token>/", signin.signin_by_link, name="signin_link"),
    path("signout/", signin.signout, name="signout"),
    path("reset/", signin.AskReset.as_view(), name="reset"),
    path("reset/sent/", signin.ResetSent.as_view(), name="reset_sent"),
    path("reset/<uidb64>/<token>/", signin.SetNewPassword.as_view(), name="reset_set"),
    path("join/<str:token>/", signin.join, name="join"),
    path("account/", views.account, name="account"),
    path("account/profile/", views.save_profile, name="account_profile"),
    path("account/password/", views.save_password, name="account_password"),
    path("account/totp/", secure.confirm_totp, name="totp"),
    path("account/totp/begin/", secure.begin_totp, name="totp_begin"),
    path("account/totp/off/", secure.end_totp, name="totp_off"),
    path("account/passkeys/", secure.add_passkey, name="passkey_add"),
    path("account/passkeys/options/", secure.passkey_options, name="passkey_adding"),
    path("account/passkeys/<uuid:passkey_id>/remove/", secure.remove_passkey, name="passkey_remove"),
    path("account/tokens/", views.make_token, name="token_make"),
    path("account/tokens/<uuid:token_id>/revoke/", views.revoke_token, name="token_revoke"),
    path("team/", views.team, name="team"),
    path("team/second-step/", demand.set_demand, name="team_second_step"),
    path("second-step/<uuid:team_id>/", demand.owed, name="second_step"),
    path("team/choose/", views.choose, name="team_choose"),
    path("team/new/", views.make_team, name="team_make"),
    path("team/invite/", views.invite, name="team_invite"),
    path("team/invitations/<uuid:invitation_id>/revoke/", views.revoke_invitation, name="invitation_revoke"),
    path("team/members/<uuid:user_id>/role/", views.change_role, name="member_role"),
    path("team/members/<uuid:user_id>/remove/", views.remove_member, name="member_remove"),
]
