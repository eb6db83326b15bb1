"""Addresses of reviews."""

from __future__ import annotations

from django.urls import path

from studio.review import views

urlpatterns = [
    path("review/", views.reviews, name="reviews"),
    path("review/new/", views.new, name="review_new"),
    path("review/<uuid:review_id>/", views.review, name="review"),
]
