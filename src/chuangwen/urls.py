"""Addresses: every room's own, the sign-in pages, and the sign of life."""

from django.urls import URLPattern, URLResolver, include, path

from chuangwen.doors.site import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("accounts/", include("allauth.urls")),
]
