"""Addresses of the pages over all rooms: home, search, notices."""

from django.urls import URLPattern, path

from chuangwen.doors.overview_pages import home_views, notice_views, search_views

urlpatterns: list[URLPattern] = [
    path("", home_views.home, name="home"),
    path("choose-round/", home_views.choose_round, name="choose_round"),
    path("search/", search_views.find, name="search"),
    path("notices/", notice_views.notices, name="notices"),
    path("notices/read/", notice_views.read, name="notices_read"),
]
