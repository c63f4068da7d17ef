"""Addresses: every room's own, the sign-in pages, the API, and the sign of life."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from chuangwen.doors.api.api import addresses
from chuangwen.doors.site import health
from chuangwen.doors.site.patterns import patterns
from chuangwen.kit.doors import open_to_all

urlpatterns: list[URLPattern | URLResolver] = [
    path("language/", open_to_all(set_language), name="set_language"),
    path("healthz", health.healthz, name="healthz"),
    path("accounts/", include("allauth.urls")),
    path("api/", addresses()),
    path("p/", include("chuangwen.doors.portal.urls")),
    path("open/", include("chuangwen.doors.disclosure.urls")),
    path("open311/v2/", include("chuangwen.doors.open311.urls")),
    path("", include("chuangwen.doors.overview_pages.urls")),
    path("", include("chuangwen.doors.evaluation_pages.urls")),
    path("", include("chuangwen.doors.submission_pages.urls")),
    path("", include("chuangwen.doors.case_pages.urls")),
    path("", include("chuangwen.doors.office_pages.urls")),
    path("", include("chuangwen.doors.archive_pages.urls")),
]
if settings.DEBUG:
    urlpatterns.append(path("patterns", open_to_all(patterns)))
