"""Addresses of GeoReport v2; the ending names the form."""

from django.urls import URLPattern, path, re_path

from chuangwen.doors.open311 import views

FORM = r"\.(?P<form>json|xml)$"
urlpatterns: list[URLPattern] = [
    re_path(rf"^services{FORM}", views.services, name="open311_services"),
    re_path(rf"^services/(?P<code>[^/]+?){FORM}", views.service, name="open311_service"),
    re_path(rf"^requests{FORM}", views.requests, name="open311_requests"),
    re_path(rf"^requests/(?P<number>[^/]+?){FORM}", views.one_request, name="open311_request"),
    re_path(rf"^tokens/(?P<code>[^/]+?){FORM}", views.token, name="open311_token"),
    re_path(rf"^servicerequestupdates{FORM}", views.updates, name="open311_updates"),
    path("media/<int:attachment_id>.jpg", views.media, name="open311_media"),
    path("openapi.json", views.openapi, name="open311_openapi"),
]
