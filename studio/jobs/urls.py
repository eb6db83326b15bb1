"""Addresses of the queue, of jobs and of nodes."""

from __future__ import annotations

from django.urls import path

from studio.jobs import views, views_grid, views_quotas

urlpatterns = [
    path("queue/", views.queue, name="queue"),
    path("queue/clear/", views.clear, name="queue_clear"),
    path("jobs/<uuid:job_id>/", views.job, name="job"),
    path("batches/<uuid:batch_id>/grid/", views_grid.grid, name="batch_grid"),
    path("team/quotas/", views_quotas.team_quotas, name="team_quotas"),
    path("nodes/", views.nodes, name="nodes"),
    path("nodes/<str:name>/pause/", views.pause_node, name="node_pause"),
]
