"""Addresses of the residents' pages, under /p/."""

from django.urls import URLPattern, path

from chuangwen.doors.portal import reception_views, views

urlpatterns: list[URLPattern] = [
    path("", views.report, name="portal"),
    path("done/<str:code>/", views.done, name="portal_done"),
    path("t/", views.ask_code, name="portal_ask"),
    path("t/<str:code>/", views.track, name="portal_track"),
    path("near/", views.near, name="portal_near"),
    path("near/<str:number>/too/", views.me_too, name="portal_too"),
    path("reception/", reception_views.reception, name="portal_reception"),
    path("reception.ics", reception_views.feed, name="portal_reception_feed"),
    path("photo/<int:attachment_id>/", views.photo, name="portal_photo"),
    path("privacy/", views.privacy, name="portal_privacy"),
    path("elder/", views.elder, name="portal_elder"),
]
