"""Addresses of leaving, handing over, deleting and taking along."""

from __future__ import annotations

from django.urls import path

from studio.owning import views_account, views_teams

urlpatterns = [
    path("account/export/", views_account.export, name="account_export"),
    path("account/delete/", views_account.delete, name="account_delete"),
    path("team/leave/", views_teams.leave, name="team_leave"),
    path("team/hand-over/", views_teams.hand_over, name="team_hand_over"),
    path("team/delete/", views_teams.delete, name="team_delete"),
    path("team/<uuid:team_id>/restore/", views_teams.restore, name="team_restore"),
]
